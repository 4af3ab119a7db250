"""What a row of each format tells, by small files written for it."""

from decimal import Decimal

import pytest
from small_files import names, read_as, read_by, told

from funding.formats import FORMATS, UNMAPPED, Refused, open_table, read
from funding.tellings import Field, NewMention
from funding.values import Money, PartialDate, Quantity, Reference, Text, Undisclosed

MILLION, BILLION = 10**6, 10**9
UUIDS = [f"{at:08d}-0000-4000-8000-000000000000" for at in range(9)]


def usd(amount: int) -> Money:
    return Money.exact(amount, "USD")


# Crunchbase's snapshots

ROUNDS2 = {
    "company_permalink": "/ORGANIZATION/LUMIO-LABS-2",
    "funding_round_permalink": "/funding-round/9a01d05418af9f794eebff7ace91f638",
    "funding_round_type": "venture",
    "funding_round_code": "B",
    "funded_at": "05-01-2015",
    "raised_amount_usd": "10000000",
}


def test_a_round_of_2015_without_a_name_is_of_a_company_named_by_its_permalink():
    (row,) = read_as("crunchbase-2015-rounds2", ROUNDS2)
    assert row.id == "/funding-round/9a01d05418af9f794eebff7ace91f638"
    assert row.company == "company:lumio-labs-2"
    assert names(row, "company") == {"company:lumio-labs-2": "Lumio Labs 2"}
    assert told(row, "company") == {
        Field.NAME: [(Text("Lumio Labs 2"), {"derived_from": "lumio-labs-2"})],
        Field.CRUNCHBASE: [(Text("lumio-labs-2"), {})],
    }
    assert names(row, "round") == {"round:#9a01d05418af9f794eebff7ace91f638": "Lumio Labs 2 (venture, B)"}
    assert told(row, "round") == {
        Field.ANNOUNCED_ON: [(PartialDate(2015, 1, 5), {})],
        Field.RAISED: [(usd(10 * MILLION), {})],
        Field.STAGE: [(Text("series_b"), {"label": "venture, B"})],
    }
    assert {one.rule for one in row.tells if getattr(one, "field", "") == Field.RAISED} == {"column raised_amount_usd"}
    assert {one.rule for one in row.tells if getattr(one, "field", "") == Field.NAME} == {"name from permalink"}


def test_a_permalink_in_capitals_is_the_same_company():
    small = {**ROUNDS2, "company_permalink": "/organization/lumio-labs-2"}
    one, other = read_as("crunchbase-2015-rounds2", ROUNDS2, small)
    assert one.company == other.company
    assert told(one, "company") == told(other, "company")


@pytest.mark.parametrize(("amount", "raised"), [("", None), ("0", Undisclosed()), ("1", usd(1))])
def test_a_blank_amount_of_2015_is_not_stated_and_nought_is_kept_secret(amount, raised):
    (row,) = read_as("crunchbase-2015-rounds2", {**ROUNDS2, "raised_amount_usd": amount})
    assert told(row, "round").get(Field.RAISED, [(None, {})])[0][0] == raised


@pytest.mark.parametrize(
    ("words", "code", "stage"),
    [
        ("venture", "", "series_unknown"),
        ("seed", "A", "seed"),
        ("undisclosed", "", "undisclosed"),
        ("post_ipo_debt", "", "post_ipo_debt"),
        ("secondary_market", "C", "secondary_market"),
    ],
)
def test_the_type_of_a_round_decides_but_for_venture_rounds_with_a_letter(words, code, stage):
    (row,) = read_as("crunchbase-2015-rounds2", {**ROUNDS2, "funding_round_type": words, "funding_round_code": code})
    assert told(row, "round")[Field.STAGE][0][0] == Text(stage)


COMPANY = {
    "company_permalink": "/organization/lumio",
    "company_name": "Lumio",
    "company_category_list": "Analytics|Big Data",
    "company_country_code": "DEU",
    "company_state_code": "BE",
    "company_region": "Berlin",
    "company_city": "Berlin",
}
ROUND = {
    "funding_round_permalink": "/funding-round/1f",
    "funding_round_type": "seed",
    "funding_round_code": "",
    "funded_at": "2014-03-01",
    "raised_amount_usd": "700000",
}
INVESTOR = {
    "investor_permalink": "/person/ada-lind",
    "investor_name": "Ada Lind",
    "investor_country_code": "",
    "investor_state_code": "",
    "investor_region": "",
    "investor_city": "",
}


def test_rounds_and_investments_of_2015_speak_of_the_same_round():
    (row,) = read_as("crunchbase-2015-rounds", COMPANY | ROUND)
    (other,) = read_as("crunchbase-2015-investments", COMPANY | INVESTOR | ROUND)
    assert told(row, "company")[Field.SECTOR] == [(Text("Analytics"), {}), (Text("Big Data"), {})]
    assert told(row, "company")[Field.HEADQUARTERS] == [(Text("Berlin"), {})]
    assert told(row, "round").items() <= told(other, "round").items()
    assert names(other, "investor") == {"investor:person/ada-lind": "Ada Lind"}
    assert told(other, "round")[Field.PARTICIPATION] == [(Reference("investor:person/ada-lind"), {})]
    assert (row.id, other.id) == ("/funding-round/1f", "/funding-round/1f /person/ada-lind")


def test_a_company_of_2015_has_its_facts():
    (row,) = read_as(
        "crunchbase-2015-companies",
        {
            "permalink": "/organization/lumio",
            "name": "Lumio",
            "homepage_url": "http://lumio.example",
            "category_list": "Analytics",
            "funding_total_usd": "-",
            "status": "operating",
            "country_code": "FRA",
            "state_code": "",
            "region": "Paris",
            "city": "Saint-Lumio",
            "funding_rounds": "2",
            "founded_at": "2011-05-01",
            "first_funding_at": "",
            "last_funding_at": "",
        },
    )
    assert told(row, "company") == {
        Field.NAME: [(Text("Lumio"), {})],
        Field.CRUNCHBASE: [(Text("lumio"), {})],
        Field.WEBSITE: [(Text("http://lumio.example"), {})],
        Field.HEADQUARTERS: [(Text("Saint-Lumio, France"), {})],
        Field.FOUNDED_ON: [(PartialDate(2011, 5, 1), {})],
        Field.SECTOR: [(Text("Analytics"), {})],
    }


ACQUISITION = COMPANY | {
    "acquirer_permalink": "/organization/nolt",
    "acquirer_name": "Nolt",
    "acquirer_category_list": "",
    "acquirer_country_code": "",
    "acquirer_state_code": "",
    "acquirer_region": "",
    "acquirer_city": "",
    "acquired_at": "2012-07-23",
    "acquired_month": "2012-07",
    "price_amount": "9000000",
    "price_currency_code": "EUR",
}


def test_an_acquisition_of_2015_is_an_exit():
    (row,) = read_as("crunchbase-2015-acquisitions", ACQUISITION)
    assert told(row, "exit") == {
        Field.EXIT_KIND: [(Text("acquisition"), {})],
        Field.ANNOUNCED_ON: [(PartialDate(2012, 7, 23), {})],
        Field.ACQUIRER: [(Text("Nolt"), {})],
        Field.PRICE: [(Money.exact(9 * MILLION, "EUR"), {})],
    }


def test_a_row_whose_name_swallowed_others_is_refused_and_the_rest_read():
    swallowed, whole = read_as(
        "crunchbase-2015-acquisitions", {**ACQUISITION, "acquirer_name": "><b>\n" * 200}, ACQUISITION
    )
    assert "a name of 999 characters is none" in swallowed.refusal
    assert not swallowed.tells
    assert not whole.refusal


def test_monthly_counts_are_refused_as_a_file():
    table = open_table(b"content,month_str,year_str,value\nAcquisitions,1960-01,1960,1\n")
    with pytest.raises(Refused, match="counts how many records"):
        next(read(table, FORMATS["crunchbase-2015-additions"]))


def test_the_excel_files_of_2013_have_padding_and_commas():
    cells = COMPANY | ROUND | {"funded_month": "2014-03", "funded_quarter": "2014-Q1", "funded_year": "2014"}
    cells = {f" {column} ": f" {cell} " for column, cell in cells.items()} | {" raised_amount_usd ": " 17,50,000 "}
    (row,) = read_as("crunchbase-2014-rounds", cells)
    assert told(row, "round")[Field.RAISED] == [(usd(1_750_000), {})]
    (row,) = read_as("crunchbase-2014-rounds", cells | {" raised_amount_usd ": "  -   "})
    assert Field.RAISED not in told(row, "round")


# The snapshot of 2013

OBJECT = {
    "id": "c:1",
    "entity_type": "Company",
    "entity_id": "1",
    "name": "Lumio",
    "normalized_name": "lumio",
    "permalink": "/company/lumio",
    "category_code": "web",
    "founded_at": "2005-10-17",
    "homepage_url": "http://lumio.example",
}


def test_objects_of_2013_give_names_by_their_numbers():
    company, fund, person, product = read_as(
        "crunchbase-2013-objects",
        OBJECT,
        OBJECT | {"id": "f:1", "entity_type": "FinancialOrg", "name": "Ada Capital"},
        OBJECT | {"id": "p:1", "entity_type": "Person", "name": "Bea Lind"},
        OBJECT | {"id": "r:1", "entity_type": "Product", "name": "Lamp"},
    )
    assert company.names == {"company:c:1": "Lumio", "investor:c:1": "Lumio"}
    assert told(company, "company")[Field.CRUNCHBASE] == [(Text("lumio"), {})]
    assert fund.names == {"investor:f:1": "Ada Capital"}
    assert person.names == {"person:p:1": "Bea Lind", "investor:p:1": "Bea Lind"}
    assert not fund.company
    assert product.refusal == "The row is about a “Product”, of which Roundbook holds nothing."


def test_rounds_of_2013_are_of_numbers_that_other_files_name():
    cells = {
        "id": "1",
        "funding_round_id": "77",
        "object_id": "c:1",
        "funded_at": "2008-03-19",
        "funding_round_type": "series-c+",
        "funding_round_code": "d",
        "raised_amount_usd": "0.00",
        "raised_amount": "0.00",
        "raised_currency_code": "USD",
        "pre_money_valuation": "0.00",
        "pre_money_currency_code": "",
        "post_money_valuation": "4000000",
        "post_money_currency_code": "EUR",
        "source_url": "https://news.example/lumio",
    }
    (row,) = read_as("crunchbase-2013-funding-rounds", cells)
    assert row.source_url == "https://news.example/lumio"
    assert names(row, "company") == {"company:c:1": ""}
    assert told(row, "round") == {
        Field.ANNOUNCED_ON: [(PartialDate(2008, 3, 19), {})],
        Field.RAISED: [(Undisclosed(), {})],
        Field.STAGE: [(Text("series_d"), {"label": "series-c+, d"})],
        Field.VALUATION: [(Money.exact(4 * MILLION, "EUR"), {"basis": "post"})],
    }
    (share,) = read_as(
        "crunchbase-2013-investments",
        {"id": "5", "funding_round_id": "77", "funded_object_id": "c:1", "investor_object_id": "f:1"},
    )
    assert told(share, "round") == {Field.PARTICIPATION: [(Reference("investor:f:1"), {})]}
    assert set(names(share, "round")) == set(names(row, "round"))


def test_exits_of_2013_name_their_buyer_by_number():
    (row,) = read_as(
        "crunchbase-2013-acquisitions",
        {
            "id": "1",
            "acquisition_id": "7",
            "acquiring_object_id": "c:11",
            "acquired_object_id": "c:1",
            "term_code": "",
            "price_amount": "0",
            "price_currency_code": "USD",
            "acquired_at": "2007-05-30",
        },
    )
    assert told(row, "exit")[Field.ACQUIRER] == [(Reference("company:c:11"), {})]
    assert told(row, "exit")[Field.PRICE] == [(Undisclosed(), {})]
    (listing,) = read_as(
        "crunchbase-2013-ipos",
        {
            "id": "1",
            "ipo_id": "3",
            "object_id": "c:1",
            "valuation_amount": "104000000000",
            "valuation_currency_code": "USD",
            "raised_amount": "5",
            "raised_currency_code": "USD",
            "public_at": "2012-05-18",
            "stock_symbol": "NASDAQ:LUM",
        },
    )
    assert told(listing, "exit")[Field.VALUATION] == [(usd(104 * BILLION), {})]
    assert told(listing, "exit")[Field.TICKER] == [(Text("NASDAQ:LUM"), {})]


RELATION = {
    "id": "1",
    "relationship_id": "9",
    "person_object_id": "p:1",
    "relationship_object_id": "c:1",
    "is_past": "0",
    "title": "Co-Founder/CEO",
}


def test_people_of_2013_are_joined_to_companies_by_relationships():
    (person,) = read_as(
        "crunchbase-2013-people",
        {"id": "1", "object_id": "p:1", "first_name": "Bea", "last_name": "Lind", "affiliation_name": "Lumio"},
    )
    assert person.names["person:p:1"] == "Bea Lind"
    now, past, founded, of_fund = read_as(
        "crunchbase-2013-relationships",
        RELATION,
        RELATION | {"title": "CFO", "is_past": "1"},
        RELATION | {"is_past": "1"},
        RELATION | {"relationship_object_id": "f:1"},
    )
    assert names(now, "person") == {"person:p:1@c:1": ""}
    assert told(now, "person")[Field.ROLE] == [(Text("Co-Founder/CEO"), {"is_founder": True})]
    assert not told(past, "person")
    assert past.warnings == ("Column “title”: “CFO” has no place in what the row tells; it is left in the row.",)
    assert told(founded, "person")
    assert "“f:1”" in of_fund.refusal


# Crunchbase's bulk export

V4 = {"uuid": UUIDS[0], "name": "Seed Round - Lumio", "type": "funding_round", "permalink": "", "cb_url": ""}


def test_a_round_of_the_bulk_export_has_its_own_currency_or_dollars():
    cells = V4 | {
        "investment_type": "series_a",
        "announced_on": "2020-02-03",
        "raised_amount_usd": "1100000",
        "raised_amount": "1000000",
        "raised_amount_currency_code": "EUR",
        "post_money_valuation_usd": "9000000",
        "post_money_valuation": "",
        "post_money_valuation_currency_code": "",
        "org_uuid": UUIDS[1],
        "org_name": "Lumio",
        "lead_investor_uuids": f"{UUIDS[2]},{UUIDS[3]}",
    }
    first, second = read_as("crunchbase-v4-funding-rounds", cells, cells | {"raised_amount_currency_code": ""})
    assert told(first, "round")[Field.RAISED] == [(Money.exact(MILLION, "EUR"), {})]
    assert told(second, "round")[Field.RAISED] == [(usd(1_100_000), {})]
    assert told(first, "round")[Field.VALUATION] == [(usd(9 * MILLION), {"basis": "post"})]
    assert [qualifiers for _, qualifiers in told(first, "round")[Field.PARTICIPATION]] == [{"is_lead": True}] * 2
    assert set(names(first, "investor").values()) == {""}
    cells["raised_amount_usd"] = ""
    (without,) = read_as("crunchbase-v4-funding-rounds", cells | {"raised_amount_currency_code": ""})
    assert without.refusal == "Column “raised_amount”: “1000000” has no currency."


@pytest.mark.parametrize(
    ("answer", "lead"), [("true", {"is_lead": True}), ("f", {"is_lead": False}), ("", {}), ("maybe", {})]
)
def test_an_investment_of_the_bulk_export_says_yes_no_or_nothing_of_the_lead(answer, lead):
    (row,) = read_as(
        "crunchbase-v4-investments",
        V4
        | {
            "funding_round_uuid": UUIDS[1],
            "funding_round_name": "Seed Round - Lumio",
            "investor_uuid": UUIDS[2],
            "investor_name": "Ada Capital",
            "investor_type": "organization",
            "is_lead_investor": answer,
        },
    )
    ((reference, said),) = told(row, "round")[Field.PARTICIPATION]
    assert said == lead
    assert row.names == {reference.key: "Ada Capital"}
    assert bool(row.warnings) == (answer == "maybe")
    # The round is of a company that another file names.
    assert [one.company for one in row.tells if isinstance(one, NewMention) and one.kind == "round"] == [""]


def test_files_of_the_bulk_export_share_their_keys():
    organization = V4 | {
        "name": "Lumio",
        "cb_url": "https://www.crunchbase.com/organization/lumio",
        "legal_name": "Lumio GmbH",
        "roles": "investor,company",
        "homepage_url": "https://lumio.example",
        "country_code": "DEU",
        "city": "Berlin",
        "category_list": "Analytics,Big Data",
        "total_funding": "",
        "total_funding_usd": "5000000",
        "total_funding_currency_code": "",
        "founded_on": "2011",
        "employee_count": "51-100",
    }
    (row,) = read_as("crunchbase-v4-organizations", organization)
    facts = told(row, "company")
    assert facts[Field.CRUNCHBASE] == [(Text("lumio"), {})]
    assert facts[Field.EMPLOYEES] == [(Quantity(Decimal(51), Decimal(100)), {})]
    assert facts[Field.TOTAL_RAISED] == [(usd(5 * MILLION), {})]
    assert facts[Field.FOUNDED_ON] == [(PartialDate(2011), {})]
    assert len(facts[Field.SECTOR]) == 2
    acquisition = V4 | {
        "acquiree_uuid": UUIDS[0],
        "acquiree_name": "Lumio",
        "acquirer_uuid": UUIDS[5],
        "acquirer_name": "Nolt",
        "acquired_on": "2021-01-02",
        "price_usd": "",
        "price": "",
        "price_currency_code": "",
    }
    (exit_row,) = read_as("crunchbase-v4-acquisitions", acquisition)
    assert exit_row.company == row.company
    assert Field.PRICE not in told(exit_row, "exit")
    listing = V4 | {"org_uuid": UUIDS[0], "org_name": "Lumio", "went_public_on": "2022-01-02", "stock_symbol": "LUM"}
    assert read_as("crunchbase-v4-ipos", listing)[0].company == row.company
    person = V4 | {
        "first_name": "Bea",
        "last_name": "Lind",
        "featured_job_organization_uuid": UUIDS[0],
        "featured_job_organization_name": "Lumio",
        "featured_job_title": "CEO",
    }
    (of_person,) = read_as("crunchbase-v4-people", person)
    assert of_person.company == row.company
    assert told(of_person, "person")[Field.ROLE] == [(Text("CEO"), {})]
    (alone,) = read_as("crunchbase-v4-people", person | dict.fromkeys([*person][-3:], ""))
    assert not alone.tells
    assert "Seed Round - Lumio" in alone.names.values()


def test_an_investor_of_the_bulk_export_has_the_first_kind_that_is_known():
    cells = V4 | {"name": "Ada Capital", "investor_types": "syndicate,micro_vc,angel", "investment_count": "3"}
    known, unknown = read_as("crunchbase-v4-investors", cells, cells | {"investor_types": "syndicate"})
    assert told(known, "investor")[Field.INVESTOR_KIND] == [(Text("venture_capital"), {})]
    assert "no kind of investor that is known" in unknown.warnings[0]


def test_version_three_has_investors_as_a_list_in_braces():
    (row,) = read_as(
        "crunchbase-v3-funding-rounds",
        {
            "company_name": "Lumio",
            "country_code": "DEU",
            "city": "Berlin",
            "funding_round_type": "venture",
            "funding_round_code": "A",
            "announced_on": "2012-01-02",
            "raised_amount_usd": "",
            "raised_amount": "3000000",
            "raised_amount_currency_code": "USD",
            "investor_names": '{"Ada Capital, Inc.","Bea"}',
            "company_uuid": UUIDS[0],
            "funding_round_uuid": UUIDS[1],
        },
    )
    assert sorted(names(row, "investor").values()) == ["Ada Capital, Inc.", "Bea"]
    assert told(row, "round")[Field.STAGE][0][0] == Text("series_a")


# The website of Crunchbase

WEB = {
    "Transaction Name": "Series B - Lumio",
    "Transaction Name URL": "https://www.crunchbase.com/funding_round/lumio-series-b--1f",
    "Organization Name": "Lumio",
    "Organization Name URL": "https://www.crunchbase.com/organization/lumio",
    "Organization Location": "Berlin, Berlin, Germany, Europe",
    "Funding Type": "Series B",
    "Money Raised": "12000000",
    "Money Raised Currency": "EUR",
    "Money Raised Currency (in USD)": "13000000",
    "Announced Date": "2021-05-06",
    "Lead Investors": "Ada Capital",
    "Investor Names": "Ada Capital, Bea, LLC, Cy",
    "Pre-Money Valuation": "—",
    "Pre-Money Valuation Currency": "",
    "Pre-Money Valuation Currency (in USD)": "",
}


def test_a_round_of_the_website_names_its_leads_beside_the_others():
    (row,) = read_as("crunchbase-web-rounds", WEB)
    investors = names(row, "investor")
    assert {investors[one.key]: said for one, said in told(row, "round")[Field.PARTICIPATION]} == {
        "Ada Capital": {"is_lead": True},
        "Bea, LLC": {},
        "Cy": {},
    }
    assert told(row, "round")[Field.RAISED] == [(Money.exact(12 * MILLION, "EUR"), {})]
    assert Field.VALUATION not in told(row, "round")
    assert told(row, "company")[Field.HEADQUARTERS] == [(Text("Berlin, Berlin, Germany, Europe"), {})]


def test_columns_of_the_website_are_the_users_to_choose():
    cells = {column: WEB[column] for column in ("Announced Date", "Organization Name", "Transaction Name")}
    (row,) = read_as("crunchbase-web-rounds", cells)
    assert told(row, "round") == {Field.ANNOUNCED_ON: [(PartialDate(2021, 5, 6), {})]}
    (company,) = read_as(
        "crunchbase-web-companies",
        {
            "Organization Name": "Lumio",
            "Organization Name URL": "https://www.crunchbase.com/organization/lumio",
            "Number of Employees": "11-50",
            "Founded Date": "2011-03",
            "Total Funding Amount": "5000000",
            "Total Funding Amount Currency": "EUR",
        },
    )
    assert told(company, "company")[Field.FOUNDED_ON] == [(PartialDate(2011, 3), {})]
    assert told(company, "company")[Field.TOTAL_RAISED] == [(Money.exact(5 * MILLION, "EUR"), {})]


# Dealroom and PitchBook

DEALROOM = {
    "ID": "1",
    "Name": "Lumio",
    "Dealroom URL": "https://app.dealroom.co/companies/lumio",
    "Website": "https://lumio.example",
    "HQ city": "Berlin",
    "HQ country": "Germany",
    "Each round type": "SEED;SERIES A;n/a;ACQUISITION",
    "Each round amount": "1.5;n/a;undisclosed;100",
    "Each round currency": "EUR;n/a;n/a;USD",
    "Each round date": "mar/2015;2017;n/a;jun/2020",
    "Each round investors": "Ada Capital++Bea;n/a;Cy;Nolt",
    "VALUATION": "90-110",
    "VALUATION CURRENCY": "EUR",
    "VALUATION DATE": "mar/2019",
    "HISTORICAL VALUATIONS - DATES": "mar/2015;2017",
    "HISTORICAL VALUATIONS - VALUES USD M": "6-9;n/a",
}


def test_parallel_lists_are_rounds_in_their_places():
    (row,) = read_as("dealroom-companies", DEALROOM)
    rounds = {one.key: one.name for one in row.tells if isinstance(one, NewMention) and one.kind == "round"}
    assert list(rounds.values()) == ["Lumio (SEED)", "Lumio (SERIES A)", "Lumio"]
    facts = told(row, "round")
    assert [value for value, _ in facts[Field.RAISED]] == [Money.exact(1_500_000, "EUR"), Undisclosed()]
    assert [value for value, _ in facts[Field.ANNOUNCED_ON]] == [PartialDate(2015, 3), PartialDate(2017)]
    assert sorted(names(row, "investor").values()) == ["Ada Capital", "Bea", "Cy"]
    assert told(row, "exit") == {
        Field.EXIT_KIND: [(Text("acquisition"), {})],
        Field.ANNOUNCED_ON: [(PartialDate(2020, 6), {})],
        Field.ACQUIRER: [(Text("Nolt"), {})],
        Field.PRICE: [(usd(100 * MILLION), {})],
    }
    assert told(row, "company")[Field.VALUATION] == [
        (
            Money(Decimal(90 * MILLION), Decimal(110 * MILLION), currency="EUR"),
            {"basis": "unspecified", "on": "2019-03"},
        ),
        (Money(Decimal(6 * MILLION), Decimal(9 * MILLION), currency="USD"), {"basis": "unspecified", "on": "2015-03"}),
    ]


def test_lists_of_different_lengths_are_refused():
    (row,) = read_as("dealroom-companies", {**DEALROOM, "Each round date": "mar/2015;2017"})
    assert row.refusal == (
        "The lists of the row are not equally long: stages 4, amounts 4, currencies 4, dates 2, investors 4."
    )


PITCHBOOK = {
    "Deal ID": "100-1T",
    "Companies": "Lumio",
    "Deal Date": "04-Mar-2021",
    "Deal Type": "Later Stage VC (Series D)",
    "Deal Type 2": "",
    "Deal Size": "12.50",
    "Deal Status": "Completed",
    "Pre-money Valuation": "100.00",
    "Post Valuation": "112.50",
    "Investors": "Ada Capital, Bea",
    "Lead/Sole Investors": "Ada Capital",
    "HQ Location": "Berlin, Germany",
}


def test_amounts_of_pitchbook_are_in_millions():
    (row,) = read_as("pitchbook-deals", PITCHBOOK)
    assert told(row, "round") | {Field.PARTICIPATION: []} == {
        Field.ANNOUNCED_ON: [(PartialDate(2021, 3, 4), {})],
        Field.RAISED: [(usd(12_500_000), {})],
        Field.STAGE: [(Text("series_d"), {"label": "Later Stage VC (Series D)"})],
        Field.STATUS: [(Text("closed"), {})],
        Field.VALUATION: [(usd(100 * MILLION), {"basis": "pre"}), (usd(112_500_000), {"basis": "post"})],
        Field.PARTICIPATION: [],
    }
    (euros,) = read_as("pitchbook-deals", PITCHBOOK, currency="EUR")
    assert told(euros, "round")[Field.RAISED] == [(Money.exact(12_500_000, "EUR"), {})]


def test_the_second_type_of_pitchbook_is_more_exact_than_the_first():
    (row,) = read_as("pitchbook-deals", {**PITCHBOOK, "Deal Type": "Early Stage VC", "Deal Type 2": "Series A1"})
    assert told(row, "round")[Field.STAGE] == [(Text("series_a"), {"label": "Early Stage VC, Series A1"})]


def test_a_buyout_among_deals_is_an_exit_and_a_listing_has_no_price():
    bought, listed = read_as(
        "pitchbook-deals",
        {**PITCHBOOK, "Deal Type": "Buyout/LBO", "Investors": "Nolt", "Lead/Sole Investors": ""},
        {**PITCHBOOK, "Deal Type": "IPO"},
    )
    assert not names(bought, "round")
    assert told(bought, "exit")[Field.ACQUIRER] == [(Text("Nolt"), {})]
    assert told(bought, "exit")[Field.PRICE] == [(usd(12_500_000), {})]
    assert told(listed, "exit").keys() == {Field.EXIT_KIND, Field.EXIT_STATUS, Field.ANNOUNCED_ON}
    assert len(listed.warnings) == 2


# Lists of unicorns

UNICORN = {"Company": "Lumio", "Valuation ($B)": "$1.5", "Date Joined": "04-07-2017", "Country": "Germany",
           "City": "Berlin", "Industry": "Fintech"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("unicorns-cbinsights-2021", {"": "0", "Select Investors": "Ada, Bea"}),
        (
            "unicorns-cbinsights-2022-03",
            {
                "Select Inverstors": "Ada",
                "Founded Year": "None",
                "Total Raised": "$7.44B",
                "Financial Stage": "None",
                "Investors Count": "3",
                "Deal Terms": "None",
                "Portfolio Exits": "None",
            },
        ),
        ("unicorns-cbinsights-2022-09", {"Investors": "Ada"}),
    ],
)
def test_a_unicorn_is_valued_at_the_date_of_its_list_and_joins_no_round(name, more):
    (row,) = read_as(name, UNICORN | more, as_of="2021-11-30")
    assert told(row, "company")[Field.VALUATION] == [
        (usd(1500 * MILLION), {"basis": "unspecified", "on": "2021-11-30"})
    ]
    assert not names(row, "round")
    assert not names(row, "investor")
    assert row.raw["Date Joined"] == "04-07-2017"
    if "Total Raised" in more:
        assert told(row, "company")[Field.TOTAL_RAISED] == [(usd(7440 * MILLION), {})]
        assert Field.FOUNDED_ON not in told(row, "company")


def test_the_list_of_2024_has_plain_numbers():
    (row,) = read_as(
        "unicorns-cbinsights-2024",
        {
            "Company": "Lumio",
            "Valuation ($B)": "350",
            "Total Equity Funding ($)": "9000000000",
            "Unicorn Date": "12/1/2012",
            "Date Founded": "2002",
            "Years to Unicorn": "10y 3m",
            "Industry": "Enterprise Tech",
            "Country": "The Netherlands",
            "City": "",
            "Select Investors": "Ada",
        },
    )
    assert told(row, "company")[Field.VALUATION] == [(usd(350 * BILLION), {"basis": "unspecified"})]
    assert told(row, "company")[Field.HEADQUARTERS] == [(Text("Netherlands"), {})]


def test_crunchbases_board_gives_values_after_the_money():
    (row,) = read_as(
        "unicorns-crunchbase",
        {
            "": "0",
            "country": "India",
            "region": "Asia",
            "lead_investors": "Ada",
            "company_link": "https://www.crunchbase.com/organization/lumio",
            "img_src": "",
            "company_name": "Lumio",
            "post_money_value": "$986M",
            "total_eq_funding": "$0",
        },
    )
    assert told(row, "company")[Field.VALUATION] == [(usd(986 * MILLION), {"basis": "post"})]
    assert row.company == "company:lumio"


WIKIPEDIA = {
    "Company": "Lumio ",
    "Valuation (US$ billions)": "80-90 ",
    "Valuation date": "March 2025 [23] ",
    "Industry": "Internet",
    "Country": "France ",
    "Founder(s)": "Ada Lind, Bea Nyström[9]",
}


def test_a_unicorn_of_wikipedia_has_its_own_date_and_founders():
    (row,) = read_as("unicorns-wikipedia", WIKIPEDIA)
    ((value, said),) = told(row, "company")[Field.VALUATION]
    assert value == Money(Decimal(80 * BILLION), Decimal(90 * BILLION), currency="USD")
    assert said == {"basis": "unspecified", "on": "2025-03"}
    assert sorted(names(row, "person").values()) == ["Ada Lind", "Bea Nyström"]
    assert told(row, "person")[Field.ROLE] == [(Text("founder"), {"is_founder": True})] * 2


@pytest.mark.parametrize(
    ("reason", "kind", "field"),
    [
        ("IPO[845] ", "ipo", Field.VALUATION),
        ("Direct listing", "ipo", Field.VALUATION),
        ("Acquired ", "acquisition", Field.PRICE),
        ("Defunct ", None, None),
        ("IPO, Acquired ", None, None),
    ],
)
def test_a_former_unicorn_of_wikipedia_left_by_an_exit(reason, kind, field):
    (row,) = read_as(
        "unicorns-wikipedia-former",
        {
            "Company": "Lumio",
            "Last valuation (US$ billions)": "1+ ",
            "Valuation date": "August 2018[624] ",
            "Exit date": "May 2019[625] ",
            "Exit reason": reason,
            "Exit valuation (US$ billions)": "1.9[823] ",
            "Country": "Germany",
            "Founders": "",
        },
    )
    assert told(row, "company")[Field.VALUATION] == [
        (Money.at_least(BILLION, "USD"), {"basis": "unspecified", "on": "2018-08"})
    ]
    if kind is None:
        assert "names no exit" in row.warnings[0]
        assert not names(row, "exit")
    else:
        assert told(row, "exit")[Field.EXIT_KIND] == [(Text(kind), {})]
        assert told(row, "exit")[field] == [(usd(1900 * MILLION), {})]


# Lists that people keep

INDIA = {
    "Sr No": "7",
    "Date ": "05/072018",
    "StartupName": r"\\xc2\\xa0Lumio\\xe2\\x80\\x99s",
    "IndustryVertical": "E-Tech",
    "SubVertical": "Lamps",
    "CityLocation": "Bengaluru",
    "InvestorsName": "Ada Capital, Undisclosed Investors",
    "InvestmentType": r"Seed\\nFunding",
    "AmountInUSD": r"\\xc2\\xa020,00,00,000",
    "Remarks": "Pre-Series A",
}


def test_a_row_of_the_indian_list_is_freed_of_its_debris():
    (row,) = read_as("india-funding", INDIA)
    assert row.id == "7"
    assert list(names(row, "company").values()) == ["Lumio’s"]
    facts = told(row, "round")
    assert facts[Field.ANNOUNCED_ON] == [(PartialDate(2018, 7, 5), {})]
    assert facts[Field.RAISED] == [(usd(200 * MILLION), {})]
    assert facts[Field.STAGE] == [(Text("pre_series_a"), {"label": "Seed Funding, Pre-Series A"})]
    assert list(names(row, "investor").values()) == ["Ada Capital"]
    assert row.raw["StartupName"] == r"\\xc2\\xa0Lumio\\xe2\\x80\\x99s"
    assert [warning.partition(":")[0] for warning in row.warnings] == ["Column “Date”", "Column “InvestorsName”"]


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("Date ", "31/02/2015", "“31/02/2015” is no day of the calendar"),
        ("Date ", "soon", "“soon” is not read as a date"),
        ("AmountInUSD", "3,000,00", "the marks in “3,000,00” do not group thousands"),
        ("StartupName", "", "No column of the row names a company"),
    ],
)
def test_a_doubt_about_the_round_refuses_the_row_alone(column, cell, why):
    refused, taken = read_as("india-funding", {**INDIA, column: cell}, INDIA)
    assert why in refused.refusal
    assert not refused.tells
    assert not taken.refusal


@pytest.mark.parametrize("cell", ["N/A", "unknown", "nan", ""])
def test_what_the_indian_list_does_not_know_is_not_stated(cell):
    (row,) = read_as("india-funding", {**INDIA, "AmountInUSD": cell})
    assert Field.RAISED not in told(row, "round")
    (secret,) = read_as("india-funding", {**INDIA, "AmountInUSD": "Undisclosed"})
    assert told(secret, "round")[Field.RAISED] == [(Undisclosed(), {})]


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        (
            "india-funding-spaced",
            ["Sr No", "Date dd/mm/yyyy", "Startup Name", "Industry Vertical", "SubVertical", "City  Location",
             "Investors Name", "InvestmentnType", "Amount in USD", "Remarks"],
        ),
        (
            "india-funding-older",
            ["SNo", "Date", "StartupName", "IndustryVertical", "SubVertical", "CityLocation", "InvestorsName",
             "InvestmentType", "AmountInUSD", "Remarks"],
        ),
    ],
)  # fmt: skip
def test_other_headers_of_the_indian_list_say_the_same(name, headings):
    (usual,) = read_as("india-funding", INDIA)
    (other,) = read_as(name, dict(zip(headings, INDIA.values(), strict=True)))
    assert told(other, "round") == told(usual, "round")


STARTUP = {
    "source_file": "lumio.md",
    "title": "Lumio",
    "website": "https://lumio.example",
    "funding_round": "Series A+",
    "funding_amount": "¥300M",
    "investors": "Ada Capital, Bea",
    "about": "",
    "markets": "PropTech, Robotics",
    "hq": "Tokyo, Japan",
    "founded_year": "2019",
    "date": "2024-02-06",
    "date_display": "06-Feb-2024",
    "crunchbase": "https://www.crunchbase.com/organization/lumio/",
    "pitchbook": "",
    "linkedin": "",
}


def test_a_recently_funded_startup_has_money_of_its_country():
    (row,) = read_as("funded-startups-2024", STARTUP)
    assert told(row, "round")[Field.RAISED] == [(Money.exact(300 * MILLION, "JPY"), {})]
    assert told(row, "round")[Field.STAGE] == [(Text("series_a"), {"label": "Series A+"})]
    assert told(row, "company")[Field.CRUNCHBASE] == [(Text("lumio"), {})]


def test_a_stage_that_is_not_known_leaves_the_round_without_one():
    (row,) = read_as("funded-startups-2024", {**STARTUP, "funding_round": "Seed & Series A"})
    assert Field.STAGE not in told(row, "round")
    assert "“Seed & Series A” names no stage that is known" in row.warnings[0]


def test_a_doubt_about_the_company_is_a_warning():
    (row,) = read_as("funded-startups-2024", {**STARTUP, "founded_year": "twenty"})
    assert "“twenty” is not read as a date" in row.warnings[0]
    assert Field.FOUNDED_ON not in told(row, "company")


# By hand

BY_HAND = UNMAPPED.with_mapping(
    {"firm": "company.name", "sum": "round.raised", "day": "round.announced_on", "who": "round.investors"},
    {"currency": "EUR", "unit": "1000000", "date_order": "dmy", "separator": "/"},
)


def test_a_file_of_another_kind_is_mapped_by_hand():
    row = read_by(BY_HAND, {"firm": "Lumio", "sum": "1.5", "day": "3.4.2020", "who": "Ada/Bea", "note": "x"})
    assert told(row, "round")[Field.RAISED] == [(Money.exact(1_500_000, "EUR"), {})]
    assert told(row, "round")[Field.ANNOUNCED_ON] == [(PartialDate(2020, 4, 3), {})]
    assert row.raw["note"] == "x"


def test_rows_that_do_not_fit_the_header_are_refused_and_never_stop_the_rest():
    table = open_table(b'firm,sum\nLumio,1\nNolt,2,3\nShort\nOpen,"1\n2\n3\n4\n5\n6",7\nLast,4\n')
    rows = list(read(table, BY_HAND))
    assert [row.number for row in rows] == [2, 3, 4, 5, 11]
    assert [row.refusal for row in rows] == [
        "",
        "Cells of the row: 3; of the header: 2.",
        "Cells of the row: 1; of the header: 2.",
        "Cells of the row: 3; of the header: 2. It runs over 6 lines: a quotation mark may not be closed.",
        "",
    ]


def test_no_date_after_the_day_of_the_file_is_taken():
    (late,) = read_as("crunchbase-2015-rounds2", {**ROUNDS2, "funded_at": "28-11-2026"})
    assert late.refusal == "Column “funded_at”: “28-11-2026” is after 2026-11-27, the last day it can be."
    (later,) = read_as("crunchbase-2015-rounds2", ROUNDS2, as_of="2014")
    assert "is after 2014-12-31" in later.refusal
