"""A dump of statements fills an empty Roundbook, which then gives the same bytes and has the same records."""

import hashlib
import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from factories import make_rate, make_round, make_source, make_user, say, say_of_investor, usd
from test_exits import BOUGHT, tell_exit
from test_projection import snapshot

from companies.models import Alias, Company, Investor
from funding import recording
from funding.models import Doubt, Mark, Mention, Source, Statement
from funding.recording import dumps
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def dumped() -> bytes:
    return b"".join(piece for piece, _count in dumps.write())


def empty() -> None:
    """Take every row out of the database but those of rates and accounts, as a site has none at first."""
    kept = {"auth_user", "auth_group", "auth_user_groups", "django_migrations", "funding_rate", "funding_averagerate"}
    names = [f'"{name}"' for name in connection.introspection.table_names() if name not in kept]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY")


def fill() -> None:
    """Records of every sort, some of them merged, marked, judged and taken back."""
    make_rate("USD", "1.25", PartialDate(2024, 2, 20).first_day)
    ada = make_user("ada")
    text = 'Halden "Robotics"\\ raised\nabout €20m,\tsaid Il\u2028Foglio \x01. 💶'
    told = {
        "announced_on": PartialDate(2024, 2, 20),
        "raised": Money.about("20000000.10", "EUR"),
        "leads": ["Northgate"],
    }
    say(make_source(text, url="https://example.com/halden"), rounds={"0": told}, facts={"sector": Text("robotics")})
    make_round("Quillwork", raised=Undisclosed(), investors=["Fjordline"], valuation=usd(90_000_000))
    make_round("Quillworks", announced_on=PartialDate(2021), raised=usd(3))
    say_of_investor(make_source(), "Fjordline", arm_of_company="Kivik", kind="corporate_arm")
    gone = say(make_source(kind=Source.Kind.ENTRY, entered_by=ada), company="Tarnhelm", by=ada, rounds={"0": told})
    recording.undo(gone, by=ada)
    tell_exit(**BOUGHT)
    kept, other = Company.objects.get(name="Quillwork"), Company.objects.get(name="Quillworks")
    recording.merge(kept, other, by=ada, reason="The same company, “so to say”.")
    recording.mark(Statement.objects.filter(field="raised").first(), Mark.Kind.PIN, by=ada, reason="Asked them.")
    Alias.objects.create(company=kept, name="Quill & Co", key="quill co")
    a, b = Investor.objects.order_by("pk")[:2]
    Doubt.objects.create(left_investor=a, right_investor=b, score=70, reasons=["names"])


def test_a_dump_restored_gives_the_same_bytes_and_the_same_records(tmp_path):
    empty()  # so that sectors, which a restore numbers anew, have the same numbers
    fill()
    before, held = dumped(), snapshot()
    path = tmp_path / "all.jsonl"
    call_command("dump_statements", output=str(path))
    assert path.read_bytes() == before
    empty()
    call_command("restore_statements", str(path))
    assert dumped() == before
    assert snapshot() == held


def test_what_is_recorded_after_a_restore_goes_on_after_what_was_restored(tmp_path):
    fill()
    file, last = dumped(), Mention.objects.order_by("pk").last().pk
    empty()
    dumps.restore(file.splitlines(keepends=True))
    make_round("Newcomer")
    assert Mention.objects.order_by("pk").last().pk > last
    assert Company.objects.get(slug="quillworks").merged_into == Company.objects.get(slug="quillwork")


def test_people_who_are_not_there_get_accounts_that_nobody_can_sign_in_to(tmp_path):
    fill()
    file = dumped()
    empty()
    User.objects.filter(username="ada").delete()
    dumps.restore(file.splitlines(keepends=True))
    ada = User.objects.get(username="ada")
    assert not ada.is_active and not ada.has_usable_password() and not ada.groups.exists()
    assert Source.objects.get(kind="entry").entered_by == ada
    assert dumped() == file


def test_the_dump_of_an_empty_roundbook_is_whole_and_restores_to_nothing():
    file = dumped()
    assert len(file.splitlines()) == 2
    assert not any(dumps.restore(file.splitlines(keepends=True)).values())


def test_a_roundbook_that_holds_anything_is_not_filled():
    make_round()
    file, held = dumped(), snapshot()
    with pytest.raises(dumps.BadDump, match="Only an empty Roundbook can be filled; this one has rows of “change”"):
        dumps.restore(file.splitlines(keepends=True))
    assert snapshot() == held


def restored_with(change) -> None:
    make_round()
    lines = dumped().splitlines(keepends=True)
    empty()
    try:
        dumps.restore(change(lines))
    finally:
        assert not Source.objects.exists() and not Company.objects.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[:-1], "The dump is not whole: it ends after"),
        (lambda lines: [], "The dump is not whole: it ends after 0 lines"),
        (lambda lines: [*lines[:-2], lines[-1]], "its last line counts other rows than it has"),
        (lambda lines: [*lines, lines[1]], "is no row of a dump"),
        (lambda lines: lines[1:], "This is no dump of statements, or one of another version"),
        (lambda lines: [lines[0], b"{nonsense", *lines[1:]], "Line 2 is no row of a dump"),
        (lambda lines: [lines[0], b"[]", *lines[1:]], "Line 2 is no row of a dump"),
        (lambda lines: [lines[0], b'{"table":"auth_user","id":1}', *lines[1:]], "Line 2 is no row of a dump"),
        (lambda lines: [lines[0], b'{"table":"change","password":1}', *lines[1:]], "Line 2 is no row of a dump"),
    ],
)
def test_what_is_no_whole_dump_restores_nothing(change, message):
    with pytest.raises(dumps.BadDump, match=message):
        restored_with(change)


def test_rows_that_contradict_each_other_restore_nothing(tmp_path):
    def without_its_source(lines: list[bytes]) -> list[bytes]:
        kept = [line for line in lines if not line.startswith(b'{"table":"source"')]
        end = json.loads(kept[-1])
        end["end"]["source"] = 0
        return [*kept[:-1], json.dumps(end).encode()]

    with pytest.raises(dumps.BadDump, match="The rows do not fit together"):
        restored_with(without_its_source)


def test_the_commands_say_what_is_wrong(tmp_path, capsys):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("restore_statements", str(tmp_path / "nowhere"))
    (tmp_path / "words").write_text("words")
    with pytest.raises(CommandError, match="Nothing was restored. Line 1 is no row of a dump."):
        call_command("restore_statements", str(tmp_path / "words"))
    with pytest.raises(CommandError, match="cannot be written: No such file or directory."):
        call_command("dump_statements", output=str(tmp_path / "nowhere" / "out"))


def test_a_dump_tells_its_rows_and_hash(tmp_path, capsys):
    make_round()
    path = tmp_path / "all.jsonl"
    call_command("dump_statements", output=str(path))
    told = json.loads((tmp_path / "all.jsonl.sha256.json").read_text())
    assert told["rows"] == len(path.read_bytes().splitlines()) - 2
    assert (told["bytes"], told["sha256"]) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
