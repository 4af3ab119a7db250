"""What a row tells of an investor or a person."""

from typing import Any

from funding.tellings import Field
from funding.values import Text

from . import cells, naming, stages
from .record import Record
from .sentences import LEFT, NO_INVESTOR, NO_KIND, NO_PERSON, Refused


def investor_of(record: Record) -> str:
    """The key of the investor that the row is about. Refuses a row that names none."""
    number, permalink = record.text("investor.id"), record.text("investor.permalink")
    name = record.name("investor.name") or (naming.name_of(permalink) if permalink else "")
    known_by = number or naming.slug_of(permalink) or (naming.folded(name) if name else "")
    if not known_by:
        raise Refused(NO_INVESTOR)
    if record.plan.is_own:
        known_by = naming.numbered(known_by, name)
    key = record.mention(naming.key_of("investor", known_by), "investor", name)
    if name and known_by != naming.folded(name):
        record.names[key] = name
    return key


def say_investor(record: Record, key: str) -> None:
    """Say what sort of investor it is, and whose arm."""
    words = record.text("investor.kind")
    # Several kinds stand in one cell; the first that is known is the one that the database puts first.
    known = [found for part in words.split(",") if (found := stages.words_of("investor_kind").get(stages.flat(part)))]
    if known:
        record.say(key, Field.INVESTOR_KIND, Text(known[0]), "investor.kind")
    elif words and not record.plan.groups & {"round"}:
        record.warn(NO_KIND, "investor.kind", words=cells.shown(words))
    for name in record.listed("investor.aliases"):
        record.say(key, Field.ALIAS, Text(name), "investor.aliases")
    if parent := record.name("investor.parent"):
        record.refer(key, Field.PARENT, _parent(record, parent), "investor.parent")


def _parent(record: Record, name: str) -> str:
    """The key of whom an investor is an arm of: an investor, unless the row says that it is a company."""
    kind = "company" if record.text("investor.parent_kind") == "company" else "investor"
    number = record.text("investor.parent_id")
    known_by = naming.numbered(number, name) if number else naming.folded(name)
    key = record.mention(naming.key_of(kind, known_by), kind, name)
    if kind == "company":
        # The row is still about the investor, which stands last among those it speaks of.
        record.mentions = {key: record.mentions.pop(key), **record.mentions}
        record.say_words(key, Field.NAME, name, "investor.parent")
    return key


def say_person(record: Record, company: str) -> None:
    """Say what a person is to the company; where the row names no company, only whose number it is."""
    number = record.text("person.id")
    given = " ".join(one for one in (record.name("person.first_name"), record.name("person.last_name")) if one)
    name = record.name("person.name") or given
    if not number and not name:
        raise Refused(NO_PERSON)
    if number and name:
        record.names[naming.key_of("person", number)] = name
        record.names[naming.key_of("investor", number)] = name
    if company:
        # One person at two companies is two mentions, for each is of one company; the number stands before the "@".
        known_by = f"{number or naming.folded(name)}@{company.partition(':')[2]}"
        title = " ".join(record.text("person.title").split())[: naming.LONGEST_NAME]
        if not title:
            return
        is_founding = "founder" in title.casefold()
        if record.answer("person.is_past") and not is_founding:
            # Whoever founded a company always did; any other role is over, and nothing here would say so.
            record.warn(LEFT, "person.title", words=title)
            return
        key = record.mention(naming.key_of("person", known_by), "person", name, company)
        if "person.is_founder" in record.plan.at:
            is_founding = record.answer("person.is_founder") is True
        is_founder: dict[str, Any] = {"is_founder": True} if is_founding else {}
        record.say(key, Field.ROLE, Text(title), "person.title", **is_founder)
