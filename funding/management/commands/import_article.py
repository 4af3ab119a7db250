"""`import_article`: articles from a file, standard input, an address or many lines of JSON."""

import argparse
import json
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from funding import arrivals, intake
from funding.models import Article
from funding.values import PartialDate
from funding.web.addresses import AddressRefused

LONGEST_FILE = 4 * intake.LONGEST + 4  # bytes; one that is longer has more characters than are read
LONGEST_LINE = 6 * intake.LONGEST + 50_000  # bytes of one line of JSON, should each character be escaped
HELD = "held already, nothing changed."


def confidence(text: str) -> Decimal:
    """A number from 0 to 1 as the command line gives it."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= 1 or number != round(number, 2):
        raise argparse.ArgumentTypeError(f"“{text}” is no confidence; it is a number from 0 to 1, such as 0.85")
    return number


def published(text: str) -> PartialDate | None:
    """A date of publication as the command line gives it."""
    try:
        return intake.read_published(text)
    except intake.Unreadable as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def language(text: str) -> str:
    """Two letters, as ISO 639-1 has them."""
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"“{text}” is no language; it is two letters such as en or fr")
    return text.lower()


class Command(BaseCommand):
    help = "Import an article, or many: queue it to be read, and with --wait say what became of it."
    needs = "jobs"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("article", nargs="?", help="a text file, - for standard input, or an http(s) address")
        parser.add_argument("--jsonl", metavar="FILE", help="many: one article a line (- for standard input)")
        parser.add_argument("--published-on", type=published, metavar="DATE", help="2023-08-24, 2023-08 or 2023")
        parser.add_argument("--publisher", default="", help="who published it")
        parser.add_argument("--title", default="", help="its title")
        parser.add_argument("--language", type=language, help="en, fr; recognised where not given")
        parser.add_argument(
            "--accept-above", type=confidence, metavar="N", help="accept facts of this confidence, 0 to 1"
        )
        parser.add_argument(
            "--wait", action="store_true", help="return when all are done, and say what became of each"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["article"]) == bool(options["jsonl"]):
            raise CommandError("Give one article (a file, - or an address), or many by --jsonl FILE.")
        self.options, self.bad = options, 0
        self.new: set[int] = set()
        self.about = {
            "published": options["published_on"],
            "publisher": options["publisher"],
            "title": options["title"],
            "language": options["language"] or "",
        }
        taken = list(self._many(options["jsonl"])) if options["jsonl"] else [self._one(options["article"])]
        lost = self._wait(taken) if options["wait"] else 0
        if self.bad or lost:
            raise CommandError(self._summary(len(taken), lost))

    def _summary(self, taken: int, lost: int) -> str:
        words = [f"{self.bad} of {taken + self.bad} lines could not be taken in."] if self.bad else []
        words += [f"{lost} of {taken} articles could not be read."] if lost else []
        return " ".join(words)

    def _one(self, given: str) -> Article:
        try:
            if given.lower().startswith(("http://", "https://")):
                return self._said(*intake.add_address(given, **self.about, accept_above=self.options["accept_above"]))
            with _open(given) as file:
                text = intake.read_file(file.read(LONGEST_FILE))
            return self._said(*intake.add_text(text, **self.about, accept_above=self.options["accept_above"]))
        except (intake.Unreadable, AddressRefused) as error:
            raise CommandError(f"{given}: {error}") from None

    def _many(self, name: str) -> Iterator[Article]:
        """One article for each good line; for each bad one a sentence, and the rest goes on."""
        with _open(name) as file:
            for number, line in enumerate(_lines(file), start=1):
                if not line.strip():
                    continue
                try:
                    yield self._said(*self._add_line(line))
                except (intake.Unreadable, AddressRefused) as error:
                    self.bad += 1
                    self.stderr.write(f"line {number}: {error}")

    def _add_line(self, line: bytes) -> tuple[Article, bool]:
        row = _row(line)
        about: dict[str, Any] = {
            "published": intake.read_published(row["published_on"]) or self.about["published"],
            "publisher": row["publisher"] or self.about["publisher"],
            "title": row["title"] or self.about["title"],
            "language": row["language"] or self.about["language"],
        }
        return intake.add_text(row["text"], **about, url=row["url"], accept_above=self.options["accept_above"])

    def _said(self, article: Article, is_new: bool) -> Article:
        """Say at once what will not be said after the waiting."""
        if is_new:
            self.new.add(article.pk)
        if not self.options["wait"]:
            self.stdout.write(f"{article}: {'queued.' if is_new else HELD}")
        return article

    def _wait(self, articles: list[Article]) -> int:
        """Wait for the articles, say what became of each, and return how many of them could not be read."""
        arrivals.await_all(articles, lambda done, of: None, self.stderr.write)
        order = list(dict.fromkeys(article.pk for article in articles))
        held = Article.objects.select_related("source", "job").in_bulk(order)
        lost = 0
        for one in arrivals.arrivals(held[pk] for pk in order):
            held_before = "" if one.article.pk in self.new else f"{HELD} "
            self.stdout.write(f"{one.article}: {held_before}{one.note or one.state}")
            lost += one.has_failed
        return lost


def _open(name: str) -> BinaryIO:
    """A file, or standard input for `-`. Raises CommandError where it cannot be read."""
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, none held longer than just over what is read."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield line


def _row(line: bytes) -> dict[str, str]:
    """The fields of one line of the extraction contract's input. Raises Unreadable for any other line."""
    if len(line) > LONGEST_LINE:
        raise intake.Unreadable(f"It has more than {LONGEST_LINE:,} bytes.")
    try:
        row = json.loads(intake.read_file(line))
    except (ValueError, RecursionError):
        raise intake.Unreadable("It is no JSON.") from None
    if not isinstance(row, dict):
        raise intake.Unreadable("It is no JSON object.")
    fields = ("text", "title", "language", "published_on", "publisher", "url")
    for field in fields:
        if not isinstance(row.get(field), str | None):
            raise intake.Unreadable(f"Its “{field}” is neither text nor null.")
    row = {field: row.get(field) or "" for field in fields}
    if not row["text"].strip():
        raise intake.Unreadable("It has no “text”.")
    try:
        row["language"] = language(row["language"]) if row["language"] else ""
    except argparse.ArgumentTypeError as error:
        raise intake.Unreadable(f"{error}.") from None
    return row
