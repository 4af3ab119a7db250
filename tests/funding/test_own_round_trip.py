"""Our own exports of every kind of record, imported into an empty Roundbook, give the same exports again."""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from factories import fact, make_rate, make_source, make_user, say, tell, usd
from test_dumps import empty
from test_exits import BOUGHT, LISTED, tell_exit

from companies.models import Alias, Company, Investor
from funding import entry, exports, importing, intake, jobs, reviewing, samples
from funding.models import Import, Review, Round
from funding.values import Money, Multiple, PartialDate, Quantity, Reference, Text, Undisclosed

pytestmark = pytest.mark.django_db
FILES = ("companies", "investors", "people", "rounds", "participations", "valuations", "exits")
# What is of the source, which is an article in one database and a file in the other, or of what sources differ on.
OF_SOURCE = {"source_url", "source_title", "source_kind", "publisher", "published_on", "published_on_precision",
             "quote", "quote_of", "has_source", "valuation_origin", "has_conflict"}  # fmt: skip
OF_IDS = {"round_id", "exit_id", "company_id", "investor_id", "participation_id", "valuation_id", "statement_id",
          "person_id", "part_of_id", "recorded_at"}  # fmt: skip
ARTICLES = ("05-contentsquare-series-f.fr", "14-deepl-unicorn.en")


def exported(name: str, query: str) -> bytes:
    return b"".join(exports.read(name, QueryDict(query)).chunks())


def lines_of(file: bytes) -> list[bytes]:
    """The lines of an export without what cannot be the same, in one order."""
    rows = csv.DictReader(io.StringIO(file.decode(), newline=""))
    text = io.StringIO()
    kept = [name for name in rows.fieldnames or () if name not in OF_SOURCE | OF_IDS]
    writer = csv.DictWriter(text, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    head, *lines = text.getvalue().encode().splitlines(keepends=True)
    return [head, *sorted(lines)]


def take_in(name: str, file: bytes) -> dict[str, int]:
    kept = importing.arrive(f"{name}.csv", [file])
    counts = importing.check(kept)
    Import.objects.filter(pk=kept.pk).update(state=Import.State.CHECKED)
    importing.begin(kept, None)
    importing.record(kept)
    return counts


def fill(by: User) -> None:
    """Records of every kind, read in articles and entered by hand."""
    make_rate("USD", "1.25", PartialDate(2024, 2, 20).first_day)
    for name in ARTICLES:
        path = samples.FOLDER / f"{name}.txt"
        article, _ = intake.add_text(path.read_text("utf-8"), published=PartialDate(2023, 12, 11), by=by)
        jobs.run(article.job_id)
        reviewing.accept(Review.objects.get(source=article.source), by=by)
    by_hand(by)
    tell_exit(name="Nolt", **BOUGHT)
    tell_exit(name="Lumio", **LISTED)


def by_hand(by: User) -> None:
    told = entry.Entry(
        company="=Halden, Inc.",
        stage="series_b",
        announced=PartialDate(2024, 2, 20),
        closed=PartialDate(2024, 3),
        raised=Money.about(20_000_000, "EUR"),
        pre=usd(80_000_000),
        post=usd(100_000_000),
        ratio=Multiple(Decimal(2), None, low_open=True),
        investors=(
            entry.Share("'+Northgate, Ltd.", True),
            entry.Share("Ada Byron"),
            entry.Share("Fjordline and others"),
        ),
    )
    entry.save(told, by=by, form_key="a" * 32)
    earlier = entry.Entry(
        company="=Halden, Inc.", stage="series_a", announced=PartialDate(2022, 5), raised=usd(4_000_000)
    )
    entry.save(earlier, by=by, form_key="b" * 32)
    more = entry.Entry(
        company="=Halden, Inc.",
        stage="series_b",
        announced=PartialDate(2024, 9, 3),
        raised=usd(1_500_000),
        is_extension=True,
    )
    entry.save(more, by=by, form_key="c" * 32)
    secret = entry.Entry(
        company="Quillwork", status="rumoured", raised=Undisclosed(), investors=(entry.Share("Ada Byron"),)
    )
    entry.save(secret, by=by, form_key="d" * 32)
    facts = entry.CompanyEntry(
        company="=Halden, Inc.",
        website="https://halden.example",
        founded=PartialDate(2016, 5),
        headquarters=("Zürich", "Aarhus", "Oslo, Norway"),
        employees=Quantity(Decimal(140), None),
        sectors=("robotics", "artificial_intelligence"),
        total_raised=Money.at_least(30_000_000, "USD", strictly=True),
    )
    entry.record_once(facts, by=by, form_key="e" * 32)
    for at, person in enumerate(("Ada Byron", "Édouard Lam; Jr.")):
        told_of = entry.PersonEntry("=Halden, Inc.", person, "CTO, co-founder" if at else "", is_founder=not at)
        entry.record_once(told_of, by=by, form_key=f"{at}f" * 16)
    northgate = Investor.objects.get(name="'+Northgate, Ltd.")
    of_company = entry.InvestorEntry(northgate.name, "Kivik", True, "corporate_arm")
    entry.save_investor(of_company, northgate, Company(name="Kivik"), by=by, form_key="g" * 32)
    ada = Investor.objects.get(name="Ada Byron")
    entry.save_investor(
        entry.InvestorEntry("Ada Byron", northgate.name, False, "angel"), ada, northgate, by=by, form_key="h" * 32
    )
    for basis, on, value in (("", "2023", usd(50_000_000)), ("pre", "2023-11", Money.at_most(60_000_000, "USD"))):
        valued = entry.ValuationEntry("=Halden, Inc.", value, PartialDate.from_iso(on), basis)
        entry.save_valuation(valued, by=by, form_key=f"{basis or 'i':i<32}")
    Alias.objects.create(
        company=Company.objects.get(name="=Halden, Inc."), name="-Halden (Norway)", key="halden norway"
    )
    Alias.objects.create(investor=ada, name="Countess of L.", key="countess of l")
    source = make_source(published=PartialDate(2024, 4, 2))
    tell(
        source,
        fact("company:0", "employees", Quantity(Decimal(100), Decimal(120), is_approx=True)),
        fact("company:0", "revenue", Money.about(7_000_000, "EUR"), year=2023, is_expected=True),
        fact("company:0", "crunchbase", Text("Quillwork-2")),
        fact("company:0", "wikidata", Text("Q42")),
        fact("round:0", "stage", Text("extension"), label="a further part of its seed"),
        fact("round:0", "announced_on", PartialDate(2024, 4)),
        fact("round:0", "is_unicorn", Text("yes")),
        fact("round:0", "participation", Reference("investor:0"), is_lead=False),
        company="Quillwork",
        names={"investor:0": "GV"},
    )
    tell(
        make_source(published=PartialDate(2023, 4, 2)),
        fact("round:0", "stage", Text("seed")),
        fact("round:0", "announced_on", PartialDate(2023, 4)),
        fact("round:0", "raised", usd(2_000_000)),
        company="Quillwork",
    )


def moved(query: str) -> tuple[dict[str, list[bytes]], dict[str, list[bytes]]]:
    """The lines of all exports before and after they were imported into an empty Roundbook."""
    before = {name: exported(name, query) for name in FILES}
    empty()
    assert not Company.objects.exists()
    for name in FILES:
        counts = take_in(name, before[name])
        assert not counts.get("refused") and not counts.get("warnings"), counts
    after = {name: exported(name, query) for name in FILES}
    return {name: lines_of(file) for name, file in before.items()}, {
        name: lines_of(file) for name, file in after.items()
    }


@pytest.mark.parametrize("query", ["", "ids=1"])
def test_every_kind_of_record_comes_back(query: str) -> None:
    fill(make_user("ana"))
    before, after = moved(query)
    assert after == before
    assert all(len(lines) > 1 for lines in before.values())
    assert set(Alias.objects.values_list("name", flat=True)) >= {"-Halden (Norway)", "Countess of L."}
    assert Investor.objects.get(name="'+Northgate, Ltd.").parent_company == Company.objects.get(name="Kivik")
    extended = Round.objects.live().get(raised_low=1_500_000)
    assert extended.parent == Round.objects.live().get(raised_low=20_000_000)


def tell_of_namesakes() -> None:
    """Two companies of one name, with rounds that only their numbers tell apart, and two founders of one role."""
    for site, amount in (("halden.example", 1_000_000), ("halden-robotics.example", 3_000_000)):
        told = {"raised": usd(amount), "stage": Text("seed"), "investors": ["Fjordline"]}
        also = {"announced_on": PartialDate(2024, 5), "raised": usd(4_000_000), "leads": ["Fjordline"]}
        facts = {"website": Text(f"https://{site}")}
        say(make_source(), company="Bolt", facts=facts, rounds={"0": told, "1": told | also}, names_seen=False)


def test_numbers_tell_apart_whom_names_do_not() -> None:
    tell_of_namesakes()
    assert Company.objects.live().filter(name="Bolt").count() == 2
    before, after = moved("ids=1")
    assert after == before


def test_without_their_numbers_namesakes_are_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    tell_of_namesakes()
    monkeypatch.setattr("funding.recording.telling.known_as", lambda mention: "")
    before, after = moved("ids=1")
    assert after != before


def test_two_people_of_one_role_are_two() -> None:
    people = (("person:0", "Ada Byron"), ("person:1", "Édouard Lam"))
    tell(
        make_source(), *(fact(key, "role", Text("founder"), is_founder=True) for key, _ in people), names=dict(people)
    )
    before, after = moved("")
    assert after == before and len(after["people"]) == 3


def test_the_same_files_again_change_nothing() -> None:
    tell_of_namesakes()
    files = {name: exported(name, "ids=1") for name in FILES}
    empty()
    for name in FILES:
        take_in(name, files[name])
    held = {name: exported(name, "ids=1") for name in FILES}
    counts = [take_in(name, files[name]) for name in FILES]
    assert not any(one.get("new") or one.get("changed") for one in counts), counts
    assert {name: exported(name, "ids=1") for name in FILES} == held
