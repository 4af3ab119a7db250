"""The sources of a page, numbered in the order in which its figures need them, and the words behind each figure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from config.queries import Given, KeptQuery
from funding import figures
from funding.models import Assignment, Source, Statement
from funding.retelling import retold
from funding.values import PartialDate

from .quoting import Passages, Piece, quotation_marks

LANGUAGES = {
    "en": gettext_lazy("English"),
    "fr": gettext_lazy("French"),
    "de": gettext_lazy("German"),
    "es": gettext_lazy("Spanish"),
    "it": gettext_lazy("Italian"),
    "nl": gettext_lazy("Dutch"),
    "pt": gettext_lazy("Portuguese"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A raised sign after a figure: a number leads to the words of a source, `∴` to a proof, `≠` to a disagreement."""

    sign: str
    href: str
    label: str
    kind: str = ""  # the modifier class, `is-proof` or `is-conflict`
    panel: str = ""  # the address of the evidence panel that it opens beside the chart


@dataclass(frozen=True, slots=True)
class Quoted:
    """What one source says of a figure: its words, or none where a person entered it without."""

    source: Source
    pieces: tuple[Piece, ...]
    cite: str
    href: str

    @property
    def opening(self) -> str:
        """The quotation mark before the words, in their language."""
        return quotation_marks(self.source.language)[0]

    @property
    def closing(self) -> str:
        """The quotation mark after the words."""
        return quotation_marks(self.source.language)[1]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A source of the page with its number and how many facts it gave."""

    number: int
    source: Source
    facts: int
    meta: str


class Notes:
    """Numbers sources by first use and quotes them; holds all statements a page may need, loaded in two queries."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements = {one.pk: one for one in statements}
        self._numbers: dict[int, int] = {}
        self._passages: dict[int, Passages] = {}

    @classmethod
    def of(cls, ids: Iterable[int]) -> "Notes":
        """The statements with these ids, retracted ones too."""
        return cls(with_sources(Statement.objects.filter(pk__in=set(ids))))

    @classmethod
    def of_company(cls, company: Company) -> "Notes":
        """All live statements about a company, its rounds and its people."""
        return cls(_OF_COMPANY.ask(company=company.pk))

    def held(self, ids: Iterable[int]) -> list[Statement]:
        """The statements with these ids that the page holds, in that order."""
        return [self.statements[pk] for pk in ids if pk in self.statements]

    def number(self, source: Source) -> int:
        """The number of a source on this page; the next one where it has none yet."""
        return self._numbers.setdefault(source.pk, len(self._numbers) + 1)

    def marks(self, ids: Iterable[int]) -> list[Mark]:
        """The numbers of the sources of statements, and the word that one of them is pinned, leading to by whom."""
        told = list(ids)
        pinned = [
            Mark(
                _("pinned"),
                f"{reverse('funding:evidence')}?statement={one.pk}",
                _capital(retold(pin.words)),
                "is-pinned",
            )
            for one, pin in ((one, one.pin) for one in self.held(told))
            if pin
        ]
        return [*self.numbers(told), *pinned[:1]]

    def numbers(self, ids: Iterable[int]) -> list[Mark]:
        """One number for each source of the statements, leading to the words in its reader."""
        found: dict[int, Mark] = {}
        for one in self.held(ids):
            source = one.mention.source
            if source.pk not in found:
                label = _("Source %(number)d: %(cite)s") % {"number": self.number(source), "cite": cite(source)}
                found[source.pk] = Mark(str(self.number(source)), reader_address(one), label)
        return sorted(found.values(), key=lambda mark: int(mark.sign))

    def quoted(self, ids: Iterable[int], after: Source | None = None) -> list[Quoted]:
        """The words of the statements, those of one source together; `after` is the source quoted just before."""
        by_source: dict[int, list[Statement]] = defaultdict(list)
        for one in self.held(ids):
            by_source[one.mention.source_id].append(one)
        return [self._quoted(group, after) for group in by_source.values()]

    def _quoted(self, group: Sequence[Statement], after: Source | None) -> Quoted:
        source = group[0].mention.source
        passages = self._passages.setdefault(source.pk, Passages(source.text))
        found = passages.quote((quote["start"], quote["end"]) for one in group for quote in one.quotes)
        said = _("The same article") if after is not None and after.pk == source.pk else cite(source)
        if found is None:
            return Quoted(source, (), said, reader_address(group[0]))
        where = _("characters %(start)s–%(end)s") % {
            "start": figures.whole(found.start),
            "end": figures.whole(found.end),
        }
        return Quoted(source, found.pieces, f"{said}, {where}", reader_address(group[0]))

    @property
    def sources(self) -> list[Numbered]:
        """The sources in the order of their numbers; those no figure has asked for come after, oldest first."""
        facts = Counter(one.mention.source_id for one in self.statements.values())
        held = {one.mention.source_id: one.mention.source for one in self.statements.values()}
        for source in sorted(held.values(), key=lambda one: (str(one.published_on or "9999"), one.pk)):
            self.number(source)
        ordered = sorted(self._numbers.items(), key=lambda item: item[1])
        return [Numbered(number, held[pk], facts[pk], meta(held[pk])) for pk, number in ordered]


def with_sources(statements: QuerySet[Statement], *, marks: bool = True) -> QuerySet[Statement]:
    """The statements with who said, recorded and marked them; each text is loaded once, whatever it gave."""
    sources = Prefetch("mention__source", Source.objects.select_related("entered_by"))
    found = statements.select_related("mention", "added_in__by").prefetch_related(sources)
    found = found.with_marks() if marks else found  # type: ignore[attr-defined]
    return found.order_by("pk")


def _of_company() -> QuerySet[Statement]:
    own = Assignment.objects.live().filter(company=Given("company")).values("mention")
    about = Q(mention__in=own) | Q(mention__company__in=own)
    return with_sources(Statement.objects.live().filter(about))


_OF_COMPANY: Final = KeptQuery(_of_company)


def reader_address(one: Statement) -> str:
    """The reader of a statement's source, at the statement's first words."""
    address = reverse("funding:source_detail", args=[one.mention.source_id])
    return f"{address}#c{min(quote['start'] for quote in one.quotes)}" if one.quotes else address


def cite(source: Source) -> str:
    """Who says it, whom they cite, and when: `The Daily Round, citing Le Figaro, 24 Aug 2023`."""
    if source.kind == Source.Kind.ENTRY:
        return f"{source.headline}, {figures.date(PartialDate.of(source.created_at.date()))}"
    parts = [publisher(source)]
    parts += [_("citing %(names)s") % {"names": get_text_list(source.cites, _("and"))}] if source.cites else []
    parts += [figures.date(source.published)] if source.published else []
    return ", ".join(parts)


def meta(source: Source) -> str:
    """The second line of a source in a list: publisher, date and language, as far as they are known."""
    if source.kind == Source.Kind.ENTRY:
        return details(source)
    return " · ".join([publisher(source), details(source)])


def details(source: Source) -> str:
    """What is to be known of a source besides who published it: whom it cites, its date, its language."""
    if source.kind == Source.Kind.ENTRY:
        entered = figures.date(PartialDate.of(source.created_at.date()))
        return " · ".join(
            [
                _("By hand"),
                entered,
                _("from %(site)s") % {"site": host(source.url)} if source.url else _("own knowledge"),
            ]
        )
    parts = [_("citing %(names)s") % {"names": get_text_list(source.cites, _("and"))}] if source.cites else []
    parts += [figures.date(source.published) or _("not dated")]
    parts += [str(LANGUAGES.get(source.language, source.language))] if source.language else []
    parts += [] if source.title else [_("no title, first words shown")]
    return " · ".join(parts)


def publisher(source: Source) -> str:
    """Who published a source, in a few words."""
    if source.kind == Source.Kind.ENTRY:
        return source.headline
    return source.publisher or host(source.url) or _("Publisher not given")


def host(url: str) -> str:
    """The name of the site of an address, for want of a publisher."""
    return url.split("://", 1)[-1].split("/", 1)[0].removeprefix("www.") if "://" in url else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
