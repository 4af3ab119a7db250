"""Pages, charts and exports as of a date: what they show, what they leave out, and where their links lead."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import company, make_source, make_user, say, usd

from companies.models import Company
from funding import as_of, recording
from funding.checks import may_make_temporary_tables
from funding.models import Change, Round, Source, Valuation
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
PAGE = "/companies/halden-robotics/"


def on(day: str) -> time_machine.travel:
    return time_machine.travel(f"{day}T09:00:00Z", tick=False)


def words(answer) -> str:
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(text.replace("&gt;", ">").replace("&lt;", "<").replace("\u00a0", " ").split())


@pytest.fixture
def story() -> dict[str, Change]:
    """Halden: told of in March, corrected and told more in May, by hand in June, an undo in July."""
    found = {}
    seed = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000), "stage": Text("seed")}
    more = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(12_000_000), "stage": Text("seed"),
            "valuation": usd(80_000_000), "leads": ["Northgate"]}  # fmt: skip
    a = {"announced_on": PartialDate(2024, 5, 2), "raised": usd(40_000_000), "stage": Text("series_a")}
    with on("2024-03-01"):
        source = make_source(published=PartialDate(2024, 2, 20), publisher="Early Bird")
        found["march"] = say(source, rounds={"0": seed})
    with on("2024-05-03"):
        source = make_source(published=PartialDate(2024, 5, 2), kind=Source.Kind.RELEASE)
        found["may"] = say(source, rounds={"0": more, "1": a})
    with on("2024-06-10"):
        by = make_user("enid", "editor")
        source = make_source("", kind=Source.Kind.ENTRY, entered_by=by, published=None)
        found["june"] = say(source, by=by, rounds={"0": {**a, "raised": usd(41_000_000)}})
    with on("2024-07-01"):
        found["july"] = recording.undo(found["may"], None)
    return found


def test_a_company_page_shows_what_was_known_on_a_day(reader_client: Client, story: dict[str, Change]) -> None:
    early, may, june, now = (
        words(reader_client.get(f"{PAGE}{query}"))
        for query in ("?known=2024-04-30", "?known=2024-05-03", "?known=2024-06-30", "")
    )
    assert "As known on 30 Apr 2024." in early
    assert "$10m is the sum of 1 closed round." in early
    assert "Series A" not in early
    assert "$52m is the sum of 2 closed rounds." in may
    assert "Valuation $80m" in may
    assert "$53m is the sum of 2 closed rounds." in june
    assert "As known on" not in now
    assert "$51m is the sum of 2 closed rounds." in now
    assert "Valuation $80m" not in now


def test_what_was_public_leaves_out_what_nobody_published_and_counts_it(
    reader_client: Client, story: dict[str, Change]
) -> None:
    say(make_source(published=None), rounds={"0": {"announced_on": PartialDate(2020), "raised": usd(1_000_000)}})
    page = words(reader_client.get(f"{PAGE}?public=2024-03-15"))
    assert "As public on 15 Mar 2024." in page
    assert "1 entry by hand and 1 undated source." in page
    assert "$10m is the sum of 1 closed round." in page


def test_a_month_was_public_when_it_was_over(reader_client: Client) -> None:
    say(make_source(published=PartialDate(2024, 4)), rounds={"0": {"announced_on": PartialDate(2024, 4)}})
    assert reader_client.get(f"{PAGE}?public=2024-04-29").status_code == 404
    page = reader_client.get(f"{PAGE}?public=2024-04-30")
    assert page.status_code == 200
    assert "No entry by hand, file or undated source had to be left out." in words(page)


def test_both_dates_may_be_given_at_once(reader_client: Client, story: dict[str, Change]) -> None:
    # On 20 May we had recorded the release of 2 May; of what was public by April only the first article.
    page = words(reader_client.get(f"{PAGE}?known=2024-05-20&public=2024-04-01"))
    assert "As known on 20 May 2024 of what was public on 1 Apr 2024." in page
    assert "$10m is the sum of 1 closed round." in page
    # By hand it was entered later than that, so there was nothing to leave out.
    assert "had to be left out" in page
    assert "1 entry by hand" in words(reader_client.get(f"{PAGE}?known=2024-06-20&public=2024-04-01"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("known=2024-13-01", "“2024-13-01” is no date. Write a day, such as 2024-05-03."),
        ("known=2024-02-30", "is no date"),
        ("known=2024-05", "is no date"),
        ("public=2024-W01-1", "is no date"),
        ("public=yesterday", "“yesterday” is no date"),
        ("known=" + "9" * 500, "is no date"),
        ("known=<script>", "&lt;script&gt;"),
        ("known=9999-12-31", "31 Dec 9999 has not come yet."),
        ("known=2024-05-01&known=2024-05-02", "Given more than once; one date is needed."),
        ("known=nope&public=2999-01-01", "These dates cannot be gone back to"),
    ],
)
@pytest.mark.parametrize(
    "address", [PAGE, "/rounds/", "/companies/", "/investors/", "/investors/northgate/", "/export/rounds.csv"]
)
def test_a_date_that_cannot_be_read_is_said_in_place(
    analyst_client: Client, story: dict[str, Change], address: str, query: str, message: str
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = analyst_client.get(f"{address}?{query}", headers=headers)
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert 'name="known"' in answer.content.decode()


@pytest.mark.parametrize("query", ["known=", "public=", "known=&public=", "known=%20"])
def test_no_date_at_all_is_now_and_says_so(reader_client: Client, story: dict[str, Change], query: str) -> None:
    answer = reader_client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    assert "No date was given, so this is what is known now." in words(answer)


@pytest.mark.parametrize("name", ["known", "public"])
@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31"])
def test_before_everything_there_is_nothing(
    analyst_client: Client, story: dict[str, Change], name: str, day: str
) -> None:
    page = analyst_client.get(f"{PAGE}?{name}={day}")
    assert page.status_code == 404
    assert "Nothing was held of Halden Robotics as of that date." in words(page)
    assert "so nothing is shown." in words(page)
    for address in ("/companies/", "/rounds/", "/investors/"):
        answer = analyst_client.get(f"{address}?{name}={day}")
        assert answer.status_code == 200
        assert "so nothing is shown." in words(answer)
        assert "Halden" not in words(answer)
    rows = b"".join(analyst_client.get(f"/export/rounds.csv?{name}={day}").streaming_content)
    assert rows.count(b"\r\n") == 1


def test_lists_are_of_the_date(reader_client: Client, story: dict[str, Change]) -> None:
    with on("2024-08-01"):
        say(
            make_source(),
            company="Mirelle",
            rounds={"0": {"announced_on": PartialDate(2024, 8, 1), "leads": ["Bruma"]}},
        )
    companies = words(reader_client.get("/companies/?known=2024-05-10"))
    assert "1 company ; the latest round first." in companies
    assert "$52" in companies
    assert "2 rounds ; the newest first." in words(reader_client.get("/rounds/?known=2024-05-10"))
    assert "1 round " in words(reader_client.get("/rounds/?known=2024-05-10&stage=series_a"))
    assert "Northgate" in words(reader_client.get("/investors/?known=2024-05-10"))
    assert "Northgate" not in words(reader_client.get("/investors/?known=2024-04-10"))
    assert "Bruma" not in words(reader_client.get("/investors/?known=2024-05-10"))


def test_an_investor_has_the_rounds_of_the_date(reader_client: Client, story: dict[str, Change]) -> None:
    assert "Closed rounds 1 " in words(reader_client.get("/investors/northgate/?known=2024-05-10"))
    gone = reader_client.get("/investors/northgate/?known=2024-04-10")
    assert gone.status_code == 404
    assert "Nothing was held of Northgate as of that date." in words(gone)


def test_a_round_has_the_figures_and_the_history_of_the_date(reader_client: Client, story: dict[str, Change]) -> None:
    seed = Round.objects.get(stage="seed")
    page = words(reader_client.get(f"/rounds/{seed.pk}/?known=2024-04-10"))
    assert "Announced 20 Feb 2024; $10m raised." in page
    assert "statements taken back" not in page
    assert "$80m" not in page
    later = Round.objects.get(stage="series_a")
    answer = reader_client.get(f"/rounds/{later.pk}/?known=2024-04-10")
    assert answer.status_code == 404
    assert "Nothing was held of this round as of that date." in words(answer)


def test_exports_are_of_the_date_and_say_so_in_their_name(analyst_client: Client, story: dict[str, Change]) -> None:
    answer = analyst_client.get("/export/rounds.csv?known=2024-05-10&company=halden-robotics")
    assert 'filename="roundbook-rounds-known-2024-05-10.csv"' in answer["Content-Disposition"]
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert "12000000" in rows[2]
    assert "41000000" not in "".join(rows)
    for kind, expected in (
        ("companies", 1),
        ("investors", 1),
        ("participations", 1),
        ("valuations", 2),
        ("statements", 13),
    ):
        answer = analyst_client.get(f"/export/{kind}.csv?known=2024-05-10")
        assert len(b"".join(answer.streaming_content).decode().splitlines()) == expected + 1, kind
    answer = analyst_client.head("/export/rounds.csv?known=2024-05-10")
    assert answer.status_code == 200


def test_the_chart_alone_is_of_the_date_too(reader_client: Client, story: dict[str, Change]) -> None:
    answer = reader_client.get(f"{PAGE}?known=2024-05-10&scale=log", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "$80m" in words(answer)
    assert "$80m" not in words(reader_client.get(f"{PAGE}?scale=log", headers={"HX-Request": "true"}))


def test_evidence_and_readers_are_of_the_date(reader_client: Client, story: dict[str, Change]) -> None:
    with on("2024-05-10"):
        pass
    page = reader_client.get(f"{PAGE}?known=2024-05-10").content.decode()
    address = re.search(r'"(/evidence/\?valuation=[^"]*)"', page)
    assert address is not None
    panel = reader_client.get(address[1].replace("&amp;", "&"))
    assert panel.status_code == 200
    assert "$80m" in words(panel)
    source = re.search(r'href="(/sources/\d+/\?[^"#]*)', page)
    assert source is not None
    assert reader_client.get(source[1]).status_code == 200


def test_links_within_the_page_keep_the_date_and_one_leads_back_to_now(
    editor_client: Client, story: dict[str, Change]
) -> None:
    page = editor_client.get(f"{PAGE}?known=2024-05-10&scale=log").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = re.findall(r'(?:href|hx-get)="([/?][^"]*)"', main)
    has_past = re.compile(r"/(rounds/\d+/(?!history)|investors/|export|evidence|sources)")
    with_past = [one for one in links if has_past.match(one)]
    assert len(with_past) > 8
    assert [one for one in with_past if "known=2024-05-10" not in one] == []
    assert [one for one in links if one.startswith("?") and "known=2024-05-10" not in one] == []
    assert [one for one in links if one.startswith("/rounds/new") and "known" in one] == []
    assert f'data-now href="{PAGE}?scale=log"' in main
    assert "known" not in page[: page.index("<main")]


def test_forms_and_pages_of_a_list_keep_the_date(reader_client: Client, story: dict[str, Change]) -> None:
    page = reader_client.get("/rounds/?known=2024-05-10&stage=seed").content.decode()
    filters = page[page.index('id="filters"') :]
    assert filters[filters.index(">") :].startswith('><input type="hidden" name="known" value="2024-05-10">')
    partial = reader_client.get("/rounds/?known=2024-05-10&stage=seed", headers={"HX-Request": "true"})
    assert partial["HX-Push-Url"] == "/rounds/?stage=seed&known=2024-05-10"
    assert 'href="/rounds/?known=2024-05-10"' in partial.content.decode()


def test_a_merged_company_leads_on_at_the_same_date(reader_client: Client, story: dict[str, Change]) -> None:
    Company.objects.create(name="Halden", key="halden", slug="halden", merged_into=company())
    answer = reader_client.get("/companies/halden/?known=2024-05-10")
    assert (answer.status_code, answer["Location"]) == (301, f"{PAGE}?known=2024-05-10")


def test_pages_without_a_past_take_no_notice(editor_client: Client, story: dict[str, Change]) -> None:
    for address in ("/review/", "/articles/", "/rounds/new/", "/jobs/"):
        assert editor_client.get(f"{address}?known=2024-13-01").status_code == 200


def test_a_long_list_says_that_it_has_no_past(
    analyst_client: Client, story: dict[str, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funding.as_of.scopes.MOST_ROWS", 1)
    for address in ("/rounds/", "/companies/", "/investors/", "/export/rounds.csv", "/export/companies.csv"):
        answer = analyst_client.get(f"{address}?known=2024-05-10")
        assert answer.status_code == 422
        assert "More than 1 rounds are held." in words(answer)
    # One company's are few, however many there are in all.
    assert analyst_client.get("/rounds/?known=2024-05-10&company=halden-robotics").status_code == 200
    assert analyst_client.get("/export/rounds.csv?known=2024-05-10&company=halden-robotics").status_code == 200
    assert analyst_client.get(f"{PAGE}?known=2024-05-10").status_code == 200


def test_the_slider_has_the_days_on_which_something_changed(reader_client: Client, story: dict[str, Change]) -> None:
    page = reader_client.get(f"{PAGE}?known=2024-05-10").content.decode()
    assert 'data-days="2024-03-01 2024-05-03 2024-06-10 2024-07-01"' in page
    assert 'value="1" aria-valuetext="10 May 2024"' in page
    assert f'href="{PAGE}?known=2024-05-03"' in page
    assert f'href="{PAGE}?known=2024-06-10"' in page
    # By what was published, where that is asked for.
    page = reader_client.get(f"{PAGE}?public=2024-05-10").content.decode()
    assert 'data-days="2024-02-20 2024-05-02" data-field="public"' in page


def test_the_page_of_now_loads_its_slider_when_it_is_opened(reader_client: Client, story: dict[str, Change]) -> None:
    page = reader_client.get(PAGE).content.decode()
    assert 'hx-get="?days=1" hx-trigger="toggle once"' in page
    assert "data-days" not in page
    form = reader_client.get(f"{PAGE}?days=1", headers={"HX-Request": "true"}).content.decode()
    assert 'data-days="2024-03-01 2024-05-03 2024-06-10 2024-07-01"' in form


def test_nothing_can_be_written_in_the_past_and_nothing_is(reader_client: Client, story: dict[str, Change]) -> None:
    before = list(Round.objects.order_by("pk").values()), list(Valuation.objects.order_by("pk").values())
    reader_client.get(f"{PAGE}?known=2024-04-10")
    reader_client.get("/rounds/?public=2024-04-10")
    assert (list(Round.objects.order_by("pk").values()), list(Valuation.objects.order_by("pk").values())) == before
    assert not Change.objects.filter(pk=0).exists()
    with as_of.shown(as_of.Moment.of(PartialDate(2024, 4, 10).first_day), as_of.scopes.of_company("halden-robotics")):
        assert Round.objects.live().count() == 1
        with pytest.raises(InternalError, match="read-only transaction"), transaction.atomic():
            make_source()
    assert Round.objects.live().count() == 2


def test_the_command_exports_as_of_a_date(tmp_path: Path, story: dict[str, Change]) -> None:
    path = tmp_path / "rounds.csv"
    call_command("export", "rounds", filter="known=2024-04-30&stage=seed", output=str(path))
    assert "10000000" in path.read_text()
    assert "12000000" not in path.read_text()
    for query in ("known=soon", "known=2999-01-01"):
        with pytest.raises(CommandError, match="There is no export of that date"):
            call_command("export", "rounds", filter=query, output=str(path))


def test_a_company_page_asks_no_more_where_more_companies_changed(
    reader_client: Client, story: dict[str, Change]
) -> None:
    counts = []
    for number in (1, 20):
        for at in range(number):
            said = {"announced_on": PartialDate(2024, 8, 1), "leads": ["Northgate"]}
            say(make_source(), company=f"Other {number} {at}", rounds={"0": said})
        with CaptureQueriesContext(connection) as asked:
            assert reader_client.get(f"{PAGE}?known=2024-05-10").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 150


@pytest.fixture
def reads_only(db: None) -> Iterator[None]:
    """An account of the database that may read, and make no temporary tables."""
    with connection.cursor() as cursor:
        cursor.execute("create role reads_only")
        cursor.execute("grant select on all tables in schema public to reads_only")
        cursor.execute(f'revoke temporary on database "{connection.settings_dict["NAME"]}" from public')
        yield
        cursor.execute("reset role")


def test_an_account_that_may_make_no_temporary_tables_is_told_of(
    reader_client: Client, story: dict[str, Change], reads_only: None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local role reads_only")
    answer = reader_client.get(f"{PAGE}?known=2024-05-10")
    assert answer.status_code == 503
    assert "The account of the database may not make temporary tables." in words(answer)
    assert reader_client.get(PAGE).status_code == 200
    (warning,) = may_make_temporary_tables(databases=["default"])
    assert "The account reads_only may not make temporary tables" in warning.msg


def test_the_check_is_content_with_an_account_that_may(db: None) -> None:
    assert may_make_temporary_tables(databases=["default"]) == []
    assert may_make_temporary_tables(databases=None) == []
