"""Own rates: read row by row, used where the European Central Bank has none, and followed by the records."""

import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from alert_jobs import run_jobs
from django.core.management import call_command
from django.core.management.base import CommandError
from factories import company, make_rate, make_round, make_user

from funding import own_rates, rates, recording
from funding.models import AverageRate, Change, Job, OwnRate, Rate, Round, Valuation
from funding.rates import Rates
from funding.values import Money, PartialDate

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 5, 31)
HEAD = "date,currency,rate,base\n"


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank that knows the dollar on a Friday and a Monday, and the rouble until it gave it up."""
    known = {
        "USD": {"2024-05-31": "1.25", "2024-06-03": "1.5"},
        "RUB": {"2022-03-01": "100"},
    }

    def fixings(history: Any, currency: str) -> rates.Fixings:
        found = known.get("USD" if currency == "EUR" else currency, {})
        value = (lambda text: Decimal(1)) if currency == "EUR" else Decimal
        return {datetime.date.fromisoformat(day): rates.Fixing(value(text)) for day, text in found.items()}

    monkeypatch.setattr(rates, "_of_bank", fixings)
    rates.reload(["EUR", "USD", "RUB"])
    Rate.objects.exclude(currency__in=["EUR", "USD", "RUB"]).delete()


def take(text: str, **options: Any) -> own_rates.Read:
    found = own_rates.read(HEAD + text, **options)
    own_rates.store(found, None)
    return found


def reasons(text: str) -> list[str]:
    return [f"{one.line}: {one.reason}" for one in own_rates.read(HEAD + text).refused]


def dollars(amount: int, currency: str, *day: int) -> Decimal | None:
    found = Rates().convert(Money.exact(amount, currency), "USD", PartialDate(*day))
    return found.low if found else None


def test_a_currency_that_the_bank_does_not_have_is_converted_at_the_own_rate(bank: None) -> None:
    assert dollars(14_000, "KES", 2024, 5, 31) is None
    take("2024-05-31,KES,140,EUR\n")
    assert dollars(14_000, "KES", 2024, 5, 31) == 125
    between = Rates().between("KES", "USD", PartialDate(2024, 5, 31))
    assert between is not None and between.is_own


def test_a_rate_with_another_base_is_told_for_the_euro_through_that_base(bank: None) -> None:
    take("2024-05-31,KES,112,USD\n")
    assert OwnRate.objects.get().per_euro == 140


def test_an_own_rate_is_held_as_long_as_any_other(bank: None) -> None:
    take("2024-05-31,KES,140\n")
    for day, is_there in ((DAY + rates.HELD, True), (DAY + rates.HELD + rates.ONE_DAY, False)):
        assert Rate.objects.filter(currency="KES", day=day).exists() is is_there


def test_a_month_between_two_own_rates_has_the_average_of_what_is_held(bank: None) -> None:
    take("2024-05-31,KES,140\n2024-07-31,KES,160\n")
    june = AverageRate.objects.get(currency="KES", precision="month", first_day="2024-06-01")
    assert (june.per_euro, june.is_own) == (140, True)


def test_an_own_rate_stands_beside_the_banks_unless_it_is_to_come_first(bank: None) -> None:
    found = take("2024-05-31,USD,2\n")
    assert found.beside == 1
    assert Rate.objects.get(currency="USD", day=DAY).per_euro == Decimal("1.25")
    take("2024-05-31,USD,2\n", is_overriding=True)
    assert Rate.objects.get(currency="USD", day=DAY).per_euro == 2
    assert Rate.objects.get(currency="USD", day="2024-06-03").per_euro == Decimal("1.5")


def test_a_day_on_which_the_bank_holds_the_fixing_before_is_the_banks(bank: None) -> None:
    take("2024-06-01,USD,2\n")
    assert Rate.objects.get(currency="USD", day="2024-06-01").per_euro == Decimal("1.25")


def test_a_currency_that_the_bank_gave_up_goes_on_with_own_rates(bank: None) -> None:
    take("2022-05-02,RUB,75\n2022-02-28,RUB,1\n")
    held = dict(Rate.objects.filter(currency="RUB").values_list("day", "per_euro"))
    assert held[datetime.date(2022, 3, 1)] == 100
    assert datetime.date(2022, 3, 2) not in held
    assert held[datetime.date(2022, 5, 3)] == 75


def test_loading_the_banks_rates_again_keeps_the_own(bank: None) -> None:
    take("2024-05-31,KES,140\n")
    rates.load_rates()
    assert dollars(14_000, "KES", 2024, 5, 31) == 125


def test_the_records_follow_by_a_job(bank: None) -> None:
    fields = {"announced_on": PartialDate(2024, 5, 31), "raised": Money.exact(14_000, "KES"), "basis": "post"}
    one = make_round(**fields, valuation=Money.exact(280_000, "KES"))
    other = make_round("Fjellvarme", announced_on=PartialDate(2024, 5, 31))
    assert (one.raised_usd, other.raised_usd) == (None, 10_000_000)

    job = own_rates.store(own_rates.read(f"{HEAD}2024-05-31,KES,140\n"), make_user())

    assert job is not None and job.total_count == 1
    assert [ran.result for ran in run_jobs("rates")] == [
        "1 of 1 companies are up to date",
        "All amounts are converted at the present rates",
    ]
    one.refresh_from_db()
    assert (one.raised_usd, one.raised_eur, one.is_own_rate) == (125, 100, True)
    valuation = Valuation.objects.get(round=one)
    assert (valuation.usd, valuation.is_own_rate) == (2500, True)
    assert company().raised_usd == 125
    assert not Change.objects.filter(kind="matching").exists()
    before = Round.objects.values().get(pk=one.pk)
    recording.rebuild()
    assert Round.objects.values().get(pk=one.pk) == before


def test_the_companies_come_in_several_jobs(bank: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_rates, "BATCH", 2)
    raised = {"announced_on": PartialDate(2024, 5, 31), "raised": Money.exact(14_000, "KES")}
    for name in ("Alder", "Birch", "Cedar"):
        make_round(name, **raised)
    take("2024-05-31,KES,140\n")
    assert len(run_jobs("rates")) == 3
    assert list(Round.objects.values_list("raised_usd", flat=True)) == [125] * 3


def test_a_rate_that_comes_before_the_banks_dollar_converts_every_amount_anew(bank: None) -> None:
    one = make_round(announced_on=PartialDate(2024, 5, 31), raised=Money.exact(100, "EUR"))
    assert (one.raised_usd, one.is_own_rate) == (125, False)
    take("2024-05-31,USD,2\n", is_overriding=True)
    run_jobs("rates")
    one.refresh_from_db()
    assert (one.raised_usd, one.is_own_rate) == (200, True)


def test_taking_the_rates_of_a_currency_back_leaves_its_amounts_as_they_are_stated(bank: None) -> None:
    take("2024-05-31,KES,140\n")
    one = make_round(announced_on=PartialDate(2024, 5, 31), raised=Money.exact(14_000, "KES"))
    assert one.raised_usd == 125
    assert own_rates.remove("KES", None) is not None
    run_jobs("rates")
    one.refresh_from_db()
    assert (one.raised_usd, one.raised.low, one.is_own_rate) == (None, 14_000, False)
    assert own_rates.remove("KES", None) is None


def test_the_same_file_again_changes_nothing(bank: None) -> None:
    take("2024-05-31,KES,140\n")
    again = own_rates.read(f"{HEAD}2024-05-31,KES,140.00\n")
    assert (again.new, again.changed, again.unchanged) == ([], [], 1)
    assert own_rates.store(again, None) is None
    assert len(own_rates.read(f"{HEAD}2024-05-31,KES,141\n").changed) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-5-31,KES,140", "“2024-5-31” is no date such as 2024-05-31."),
        ("1998-05-31,KES,140", "Rates are of days from 4 January 1999, when the euro began, until today."),
        ("2999-05-31,KES,140", "Rates are of days from 4 January 1999, when the euro began, until today."),
        ("2024-05-31,KSH,140", "“KSH” is no currency; it is a code such as KES."),
        ("2024-05-31,,140", "“” is no currency; it is a code such as KES."),
        ("2024-05-31,KES,140,XX", "“XX” is no currency; it is a code such as KES."),
        ("2024-05-31,KES,140,KES", "A rate is between two currencies, and both are KES."),
        ("2024-05-31,EUR,0.8,USD", "Give the rate of the other currency, with the euro as its base."),
        ('2024-05-31,KES,"1,40"', "“1,40” is no number such as 139.52."),
        ("2024-05-31,KES,-1", "“-1” is no number such as 139.52."),
        ("2024-05-31,KES,1e3", "“1e3” is no number such as 139.52."),
        ("2024-05-31,KES,NaN", "“NaN” is no number such as 139.52."),
        ("2024-05-31,KES,٣", "“٣” is no number such as 139.52."),
        ("2024-05-31,KES,", "“” is no number such as 139.52."),
        ("2024-05-31,KES,0", "A rate is more than zero, below ten thousand million, with at most eight decimals."),
        (
            "2024-05-31,KES,1.123456789",
            "A rate is more than zero, below ten thousand million, with at most eight decimals.",
        ),
        (
            "2024-05-31,KES,140,RUB",
            "No rate of RUB is held for that day, so nothing follows for the euro.",
        ),
        ("2024-05-31,KES", "“” is no number such as 139.52."),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(bank: None, row: str, reason: str) -> None:
    assert reasons(f"2024-05-30,KES,139\n{row}\n") == [f"3: {reason}"]


def test_two_rates_of_one_day_are_refused_but_the_first(bank: None) -> None:
    assert reasons("2024-05-31,KES,140\n2024-05-31,KES,141\n2024-05-31,KES,140\n") == [
        "3: Line 2 gives another rate for this day."
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "“date” is missing"),
        ("date,currency\n", "“rate” is missing"),
        ("date,currency,rate,who\n", "“who” is no column"),
        ("date,currency,rate,rate\n", "“rate” is no column of a file of rates, or is there twice"),
        ('date,currency,rate\n2024-05-31,"KES\n', "cannot be read"),
        ("x" * (own_rates.LONGEST + 1), "longer than"),
    ],
)
def test_a_file_that_is_none_of_rates_is_refused_whole(text: str, reason: str) -> None:
    with pytest.raises(own_rates.BadFile, match=reason):
        own_rates.read(text)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_an_order_of_ones_own_are_read(bank: None, delimiter: str) -> None:
    text = "Rate,Date,Currency\r\n140,2024-05-31,kes\r\n".replace(",", delimiter)
    (one,) = own_rates.read(text).rates
    assert (one.currency, one.rate, one.day) == ("KES", 140, DAY)


def test_the_command_says_what_it_would_do_and_does_it(bank: None, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}2024-05-31,KES,140\n2024-05-31,XYZ,1\n2024-05-31,USD,2\n".encode())
    said, refused = StringIO(), StringIO()
    call_command("import_rates", file, "--dry-run", stdout=said, stderr=refused)
    assert said.getvalue().splitlines() == [
        "2 new, 0 changed, 0 as they were, 1 refused.",
        "1 stand beside a rate of the European Central Bank, which is used.",
    ]
    assert refused.getvalue().startswith("line 3: 2024-05-31, XYZ, 1")
    assert not OwnRate.objects.exists()
    call_command("import_rates", file, "--override", stdout=said, stderr=refused)
    assert OwnRate.objects.filter(is_overriding=True).count() == 2
    assert Job.objects.filter(kind="rates").count() == 1


def test_the_command_refuses_what_is_no_file_of_rates(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"date,currency,rate\n\xe9")
    with pytest.raises(CommandError, match="no text in UTF-8"):
        call_command("import_rates", tmp_path / "latin")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_rates", tmp_path / "missing")


def test_every_figure_that_an_own_rate_converts_says_so(bank: None, reader_client: Any) -> None:
    take("2024-05-31,KES,140\n")
    fields = {"announced_on": PartialDate(2024, 5, 31), "valuation": Money.exact(140_000_000, "KES"), "basis": "post"}
    one = make_round(**fields)
    page = reader_client.get(one.get_absolute_url()).content.decode()
    assert "$1.25m at this site&#x27;s own rate of 31 May 2024." in page
    page = reader_client.get(company().get_absolute_url()).content.decode()
    assert "$1.25m at this site&#x27;s own rate." in page
    make_rate("GBP", "1", DAY)
    assert not Rate.objects.get(currency="GBP", day=DAY).is_own
