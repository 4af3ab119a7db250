"""Which companies of a file nobody spoke of before, so that `bulk` can record hundreds of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from companies.models import Identifier
from funding.company_matching import name_key, tells_by_name
from funding.models import Assignment, Mention, Source, Statement
from funding.tellings import Field, NewMention, NewStatement

from .settling import aliases_by_hand
from .telling import IDENTIFYING, identifier_of


@dataclass(slots=True)
class Told:
    """What a file tells of one company: its mention, those of its rounds, exits and investors, and the statements."""

    company: NewMention
    mentions: dict[str, NewMention] = field(default_factory=dict)
    statements: list[NewStatement] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)  # raw cells by the key of the mention that they are

    @property
    def investors(self) -> dict[str, NewMention]:
        """The mentions of investors, by key."""
        return {key: one for key, one in self.mentions.items() if one.kind == Mention.Kind.INVESTOR}


def fresh(told: Sequence[Told], source: Source | None, origin: str) -> list[bool]:
    """Of each company, whether it can be recorded here: nobody spoke of it or of its website, and nothing is doubtful.

    Its investors have to be new, known by their names alone, or those that the file named before.
    """
    keys = [name_key("company", one.company.name[:200]) for one in told]
    known = _known_names(set(keys))
    given = [_identifiers(one) for one in told]
    known_ids = _known_identifiers(set().union(*given))
    seen: set[str] = set()
    named = known_investors(source, origin, told)
    found = []
    for one, key, own in zip(told, keys, given, strict=True):
        is_fresh = (
            key not in known
            and not own & known_ids
            and not own & seen
            and all(mention.kind in PLAIN for mention in one.mentions.values())
            and not any(statement.qualifiers.get("is_extension") for statement in one.statements)
            and not any(statement.field == Field.ALIAS for statement in one.statements)
            and all(_is_plain(mention, named) for mention in one.investors.values())
            and sum(mention.kind == Mention.Kind.EXIT for mention in one.mentions.values()) <= 1
            and bool(one.statements)
        )
        seen |= own
        found.append(is_fresh)
    return found


# What matching has nothing to say of within one file. People are told apart within their company.
PLAIN: Final = (Mention.Kind.COMPANY, Mention.Kind.ROUND, Mention.Kind.INVESTOR, Mention.Kind.EXIT)


def _known_names(keys: set[str]) -> set[str]:
    """Those names, without their spaces, that a company goes by."""
    told = Mention.objects.filter(kind=Mention.Kind.COMPANY, name_key__among=list(keys))
    by_hand = aliases_by_hand("company", keys)
    return set(told.values_list("name_key", flat=True)) | set(by_hand.values_list("joined", flat=True))


def _identifiers(one: Told) -> set[str]:
    """The website and outside numbers that a company's own statements give, as `kind:value`."""
    own = (statement for statement in one.statements if statement.subject == one.company.key)
    return {found for statement in own if (found := identifier_of(statement.field, statement.value))}


def _known_identifiers(wanted: set[str]) -> set[str]:
    """Those of `wanted` that a record has."""
    values = [text.partition(":")[2] for text in wanted]
    held = Identifier.objects.filter(value__among=values).values_list("kind", "value") if values else ()
    return wanted & {f"{kind}:{value}" for kind, value in held}


@dataclass(frozen=True, slots=True)
class Known:
    """What is held of the investors that rows name: by key of the file, by name, and the names that are doubtful."""

    of_file: Mapping[str, int]  # the investor that a mention of this file is taken for
    by_name: Mapping[str, int]  # the one investor that all mentions of a name are taken for
    doubtful: frozenset[str]
    let_go: frozenset[str]  # keys of mentions of this file that are taken for nobody now


def known_investors(source: Source | None, origin: str, told: Iterable[Told]) -> Known:
    """What is held of the investors that these rows name."""
    mentions = {key: mention for one in told for key, mention in one.investors.items()}
    names = {name_key("investor", mention.name[:200]) for mention in mentions.values()}
    live = Assignment.objects.live().filter(investor__isnull=False)
    own = live.filter(mention__source=source, mention__origin=origin, mention__key__among=list(mentions))
    of_file = dict(own.values_list("mention__key", "investor"))
    records: dict[str, set[int]] = defaultdict(set)
    held = live.filter(mention__kind="investor", mention__name_key__among=list(names))
    disputed = set()
    for key, record, is_decided in held.values_list("mention__name_key", "investor", "is_decided"):
        records[key].add(record)
        disputed |= {key} if is_decided else set()
    disputed |= set(aliases_by_hand("investor", names).values_list("joined", flat=True))
    identified = Statement.objects.counted().filter(
        mention__kind="investor", mention__name_key__among=list(names), field__in=IDENTIFYING
    )
    disputed |= set(identified.values_list("mention__name_key", flat=True))
    keys_of: dict[str, set[str]] = defaultdict(set)
    for mention in mentions.values():
        keys_of[name_key("investor", mention.name[:200])].add(mention.key)
    disputed |= {name for name, keys in keys_of.items() if len(keys) > 1}
    several = {key for key, found in records.items() if len(found) > 1}
    by_name = {key: next(iter(found)) for key, found in records.items() if len(found) == 1}
    spoken = Mention.objects.filter(source=source, origin=origin, key__among=list(mentions))
    let_go = set(spoken.values_list("key", flat=True)) - of_file.keys()
    return Known(of_file, by_name, frozenset(disputed | several), frozenset(let_go))


def _is_plain(mention: NewMention, known: Known) -> bool:
    """Whether an investor is one that the file named before, a new name, or one known by a name that tells."""
    key = name_key("investor", mention.name[:200])
    if mention.key in known.of_file:
        return True
    if key in known.doubtful or mention.key in known.let_go:
        return False
    return key not in known.by_name or tells_by_name(mention.name)
