"""Every file of the field that stands in `../shared`, against counts that are made with `csv` alone."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from field_files import ARE_HERE, counted, mentioned, path_of, read, refused, said

from funding import formats
from funding.formats import Refused
from funding.tellings import Field
from funding.values import Money, PartialDate, Undisclosed

pytestmark = pytest.mark.skipif(not ARE_HERE, reason="the files of ../shared/data are not here")
NAMES = ["crunchbase-2015/rounds2", "crunchbase-2015/acquisitions", "funded-startups-2024-2025/rounds",
         "india-funding/startup_funding", "unicorns/cbinsights-2021-12", "unicorns/cbinsights-2022-03",
         "unicorns/cbinsights-2022-09", "unicorns/cbinsights-2024", "unicorns/crunchbase-unicorns-2024",
         "unicorns/crunchbase-emerging-unicorns-2024", "unicorns/wikipedia-unicorns-2025-06-19",
         "unicorns/wikipedia-former-unicorns-2025-06-19"]  # fmt: skip
ENCODINGS = {"crunchbase-2015/rounds2": "latin-1", "india-funding/startup_funding": "cp1252"}


def sums(rows: list, field: str) -> dict[str, Decimal]:
    found: Counter[str] = Counter()
    for one in said(rows, field):
        if isinstance(one.value, Money) and one.value.low is not None:
            found[one.value.currency] += one.value.low  # type: ignore[assignment]
    return dict(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_read_and_has_its_cells_as_they_stand(name):
    wanted = counted(name, ENCODINGS.get(name, "utf-8-sig"))
    rows = read(name)
    assert len(rows) == len(wanted)
    for row, cells in zip(rows, wanted, strict=True):
        assert list(row.raw.values()) == list(cells.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_keys_of_a_row_are_of_its_own_mentions_and_fit_the_database(name):
    for row in read(name)[:2000]:
        keys = {one.key for one in row.tells if hasattr(one, "key")}
        assert all(len(key) <= 40 for key in keys)
        assert all(one.subject in keys for one in row.tells if hasattr(one, "subject"))
        assert all(one.company in keys for one in row.tells if hasattr(one, "company") and one.company)


@pytest.mark.parametrize("name", ["crunchbase-2015/additions", "crunchbase-2015/additions-2015-08"])
def test_monthly_counts_are_refused_as_a_file(name):
    table = formats.open_table(path_of(name))
    found = formats.recognise(table.header)
    with pytest.raises(Refused, match="counts how many records Crunchbase added each month"):
        next(formats.read(table, found))


def test_rounds_of_2015():
    wanted, rows = counted("crunchbase-2015/rounds2", "latin-1"), read("crunchbase-2015/rounds2")
    assert not refused(rows)
    assert len(mentioned(rows, "company")) == len({one["company_permalink"].lower() for one in wanted}) == 66_370
    assert len(mentioned(rows, "round")) == len({one["funding_round_permalink"] for one in wanted}) == 114_949
    amounts = [one["raised_amount_usd"] for one in wanted]
    raised = list(said(rows, Field.RAISED))
    assert sum(isinstance(one.value, Money) for one in raised) == sum(one not in ("", "0") for one in amounts)
    assert sum(isinstance(one.value, Undisclosed) for one in raised) == amounts.count("0")
    assert sums(rows, Field.RAISED) == {"USD": Decimal(sum(int(one or 0) for one in amounts))}
    dates = ["-".join(reversed(one["funded_at"].split("-"))) for one in wanted]
    assert [one.value.iso for one in said(rows, Field.ANNOUNCED_ON)] == dates
    letters = Counter(
        f"series_{one['funding_round_code'].lower()}"
        for one in wanted
        if one["funding_round_type"] == "venture" and one["funding_round_code"]
    )
    others = Counter(
        "series_unknown" if one["funding_round_type"] == "venture" else one["funding_round_type"]
        for one in wanted
        if one["funding_round_type"] != "venture" or not one["funding_round_code"]
    )
    assert Counter(one.value.text for one in said(rows, Field.STAGE)) == letters + others


def test_acquisitions_of_2015():
    wanted, rows = counted("crunchbase-2015/acquisitions", "utf-8"), read("crunchbase-2015/acquisitions")
    why = refused(rows)
    assert sorted(column for one in why.values() for column in re.findall("Column “([a-z_]+)”", one)) == [
        "acquired_at",  # in the year 3201
        "acquired_at",  # in the year 1201
        "acquirer_name",  # with 147 records in it
    ]
    kept = [cells for cells, row in zip(wanted, rows, strict=True) if not row.refusal]
    priced = [one for one in kept if one["price_amount"] not in ("", "0")]
    by_currency: Counter[str] = Counter()
    for one in priced:
        by_currency[one["price_currency_code"]] += Decimal(one["price_amount"])  # type: ignore[assignment]
    assert sums(rows, Field.PRICE) == by_currency
    assert sum(1 for _ in said(rows, Field.ACQUIRER)) == len(kept) == len(mentioned(rows, "exit"))
    assert sum(1 for _ in said(rows, Field.ANNOUNCED_ON)) == sum(bool(one["acquired_at"]) for one in kept)
    assert len(mentioned(rows, "company")) == len({one["company_permalink"].lower() for one in kept})


def test_an_acquisition_after_the_day_of_its_file_is_refused_where_that_is_known():
    why = refused(read("crunchbase-2015/acquisitions", as_of="2015-12-04"))
    assert len(why) == 5
    assert sum("2016-11-27" in one or "2015-12-28" in one for one in why.values()) == 2


def test_rounds_of_2024_and_2025():
    wanted, rows = counted("funded-startups-2024-2025/rounds", "utf-8"), read("funded-startups-2024-2025/rounds")
    (why,) = refused(rows).values()
    assert why == "Column “funding_amount”: “¥10M+” may be in CNY or in JPY."
    kept = [cells for cells, row in zip(wanted, rows, strict=True) if not row.refusal]
    assert sum(1 for _ in said(rows, Field.RAISED)) == sum(bool(one["funding_amount"].strip()) for one in kept)
    assert [one.value.iso for one in said(rows, Field.ANNOUNCED_ON)] == [one["date"] for one in kept]
    scale = {"": 1, "K": 10**3, "M": 10**6, "MM": 10**6, "B": 10**9, "BN": 10**9, "CR": 10**7}
    codes = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "CAD$": "CAD", "AUD$": "AUD", "AUD": "AUD",
             "CHF": "CHF", "SEK": "SEK", "R$": "BRL", "ZAR": "ZAR", "JPY": "JPY"}  # fmt: skip
    wanted_sums: Counter[str] = Counter()
    for one in kept:
        if cell := one["funding_amount"].strip():
            sign, figure, unit, dollars = re.fullmatch(r"(\D*)([\d.,]+)([A-Za-z]*)\+?( CAD)?", cell).groups()
            yen = "JPY" if one["hq"].endswith("Japan") else "CNY"
            currency = dollars.strip() if dollars else codes.get(sign, yen)
            wanted_sums[currency] += Decimal(figure.replace(",", "")) * scale[unit.upper()]
    assert sums(rows, Field.RAISED) == wanted_sums
    assert wanted_sums["USD"] == Decimal("445119770000")
    by_stage = Counter(one.qualifiers["label"] for one in said(rows, Field.STAGE))
    for label in (
        "Seed",
        "Series A",
        "Series B",
        "Pre-Seed",
        "Debt",
        "Grant",
        "Series A+",
        "Series B2",
        "Growth Round",
    ):
        assert by_stage[label] == sum(one["funding_round"].strip() == label for one in kept)


def test_indian_rounds():
    wanted, rows = counted("india-funding/startup_funding", "cp1252"), read("india-funding/startup_funding")
    kept = [cells for cells, row in zip(wanted, rows, strict=True) if not row.refusal]
    why = refused(rows)
    assert sorted(re.findall("“([0-9,]+)”", " ".join(why.values()))) == [
        "11,000,00",
        "13,000,00",
        "3,000,00",
        "46,000,00",
    ]
    assert all("do not group thousands" in one for one in why.values())

    def amount(cell: str) -> Decimal | None:
        digits = cell.replace("\\\\xc2\\\\xa0", "").replace(",", "").rstrip("+")
        return Decimal(digits) if re.fullmatch(r"[\d.]+", digits) else None

    amounts = [amount(one["AmountInUSD"]) for one in kept]
    assert sums(rows, Field.RAISED) == {"USD": sum(one for one in amounts if one is not None)}
    raised = [one.value for one in said(rows, Field.RAISED)]
    assert sum(isinstance(one, Money) for one in raised) == sum(one is not None for one in amounts)
    secret = sum(one["AmountInUSD"].lower() == "undisclosed" for one in kept)
    assert sum(isinstance(one, Undisclosed) for one in raised) == secret == 6


def test_the_broken_dates_of_the_indian_list_are_read():
    rows = read("india-funding/startup_funding")
    dates = {
        row.raw["Date"]: one.value
        for row in rows
        for one in row.tells
        if getattr(one, "field", "") == Field.ANNOUNCED_ON
    }
    assert dates["05/072018"] == PartialDate(2018, 7, 5)
    assert dates["01/07/015"] == PartialDate(2015, 7, 1)
    assert dates["\\\\xc2\\\\xa010/7/2015"] == PartialDate(2015, 7, 10)
    by_year = Counter(date.year for row in rows for one in said([row], Field.ANNOUNCED_ON) for date in [one.value])
    assert by_year + Counter({2018: 0}) == Counter(
        {2015: 935, 2016: 993, 2017: 687, 2018: 306, 2019: 111, 2020: 7}
    ) or (sum(by_year.values()) == 3040)
    mended = [one for row in rows for one in row.warnings if "is read as 20" in one]
    assert len(mended) == 2


UNICORNS = ["cbinsights-2021-12", "cbinsights-2022-03", "cbinsights-2022-09", "cbinsights-2024"]


@pytest.mark.parametrize("name", UNICORNS)
def test_a_unicorn_list_values_companies_at_its_own_date(name):
    wanted, rows = (
        counted(f"unicorns/{name}", "utf-8-sig"),
        read(f"unicorns/{name}", as_of=str(formats.dated(name).iso)),
    )
    assert not refused(rows)
    values = list(said(rows, Field.VALUATION))
    billions = [Decimal(one["Valuation ($B)"].strip("$")) for one in wanted]
    assert [one.value for one in values] == [Money.exact(one * 10**9, "USD") for one in billions]
    assert {one.qualifiers["on"] for one in values} == {formats.dated(name).iso}
    assert {one.qualifiers["basis"] for one in values} == {"unspecified"}
    assert len(mentioned(rows, "company")) <= len({one["Company"].strip().lower() for one in wanted})
    assert not mentioned(rows, "round")


@pytest.mark.parametrize("name", ["crunchbase-unicorns-2024", "crunchbase-emerging-unicorns-2024"])
def test_a_board_of_crunchbase_gives_values_after_the_money(name):
    wanted, rows = counted(f"unicorns/{name}", "utf-8"), read(f"unicorns/{name}", as_of="2024")
    scale = {"M": 10**6, "B": 10**9}
    stated = [one["post_money_value"] for one in wanted if one["post_money_value"] != "$0"]
    assert [one.value.low for one in said(rows, Field.VALUATION)] == [
        Decimal(one[1:-1]) * scale[one[-1]] for one in stated
    ]
    assert {one.qualifiers["basis"] for one in said(rows, Field.VALUATION)} == {"post"}
    assert len(mentioned(rows, "company")) == len({one["company_link"].lower() for one in wanted})


def test_unicorns_of_wikipedia_have_a_month_each():
    name = "unicorns/wikipedia-unicorns-2025-06-19"
    wanted, rows = counted(name, "utf-8"), read(name)
    assert not refused(rows)
    values = list(said(rows, Field.VALUATION))
    assert len(values) == len(wanted) == 695
    # But for one that gives the year alone, and two that give the day.
    assert Counter(len(one.qualifiers["on"]) for one in values) == {4: 1, 7: 692, 10: 2}
    exact = [Decimal(one["Valuation (US$ billions)"]) for one in wanted if "-" not in one["Valuation (US$ billions)"]]
    assert sum((one.value.low for one in values), Decimal(0)) == (sum(exact) + 80) * 10**9
    (ranged,) = [one.value for one in values if not one.value.is_exact]
    assert ranged == Money(Decimal(80 * 10**9), Decimal(90 * 10**9), currency="USD")


def test_former_unicorns_of_wikipedia_have_their_exits():
    name = "unicorns/wikipedia-former-unicorns-2025-06-19"
    wanted, rows = counted(name, "utf-8"), read(name)
    (why,) = refused(rows).values()
    assert why == "Column “Exit date”: “Video messaging” is not read as a date."
    kept = [cells for cells, row in zip(wanted, rows, strict=True) if not row.refusal]
    reasons = [re.sub(r"\[\d+\]", "", one["Exit reason"]).strip() for one in kept]
    kinds = Counter(one.value.text for one in said(rows, Field.EXIT_KIND))
    assert kinds["ipo"] == sum(one in ("IPO", "Direct listing", "SPAC merger", "Reverse takeover") for one in reasons)
    assert kinds["acquisition"] == sum(one in ("Acquired", "Acquisition", "Merger to GoTo") for one in reasons)
    left = [one for row in rows for one in row.warnings if "names no exit" in one]
    assert len(left) + kinds.total() == sum(bool(one) for one in reasons)
    at_least = [one for one in said(rows, Field.VALUATION) if one.qualifiers and one.value.bound == "at_least"]
    assert len(at_least) == sum(one["Last valuation (US$ billions)"].strip().endswith("+") for one in kept)
