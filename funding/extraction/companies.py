"""Tell which names are one party, and which of these are people, papers, investors or places."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from funding.extraction import vocabulary
from funding.extraction.names import Name, name_key
from funding.extraction.parties import is_member
from funding.extraction.reading import Reading

MOST_FORMS = 50  # longer names that are looked at for one short form
SHORT = 4  # letters below which a paper's name may be part of any other


@dataclass(frozen=True, slots=True)
class Group:
    """All the names of one party; `text` is its fullest common form."""

    key: str
    text: str
    names: tuple[Name, ...]


class Cast:
    """The parties of one text."""

    def __init__(self, reading: Reading, publisher: str | None) -> None:
        self.reading = reading
        self.publisher = name_key(publisher) if publisher else ""
        by_key: dict[str, list[Name]] = defaultdict(list)
        for name in reading.names:
            by_key[name.key].append(name)
        owner = _short_forms(by_key) | _aliases(by_key)
        groups: dict[str, list[Name]] = defaultdict(list)
        for key, names in by_key.items():
            groups[owner.get(key, key)] += names
        self.groups: Mapping[str, Group] = {
            key: Group(key, _fullest(names), tuple(sorted(names, key=lambda name: name.first)))
            for key, names in groups.items()
        }
        self.people = self._find_people()
        self._verdicts: dict[tuple[str, str], bool] = {}
        self._group_of = {name.key: group for group in self.groups.values() for name in group.names}
        self._give_surnames()

    def group(self, name: Name) -> Group:
        """The party that a name belongs to."""
        return self._group_of[name.key]

    def _find_people(self) -> frozenset[str]:
        """The parties that are people: by their first name, by a title beside them, or by a surname alone."""
        firm = self.reading.lexicon["firm_words"]
        institutions = self.reading.lexicon["institutions"]
        people = set()
        surnames = set()
        for group in self.groups.values():
            words = group.text.split()
            if len(words) == 1 and any(map(self._has_title, group.names)):
                surnames.add(group.text)
            if not 2 <= len(words) <= 4 or any(word in firm for word in words) or words[-1] in institutions:
                continue
            if words[0].casefold() in vocabulary.first_names() or any(map(self._has_title, group.names)):
                people.add(group.key)
                surnames.add(words[-1])
        for group in self.groups.values():
            words = group.text.split()
            if group.text in surnames or len(words) == 2 and words[-1] in surnames:
                people.add(group.key)
        return frozenset(people)

    def _give_surnames(self) -> None:
        """Let a surname alone stand for the only person of that name."""
        full: dict[str, list[Group]] = defaultdict(list)
        for key in self.people:
            words = self.groups[key].text.split()
            if len(words) > 1:
                full[words[-1]].append(self.groups[key])
        for key in self.people:
            owners = full.get(self.groups[key].text, [])
            if len(owners) == 1:
                self._group_of[key] = owners[0]

    def _has_title(self, name: Name) -> bool:
        """Whether a founder's or officer's title stands right beside the name."""
        for cue in self.reading.cues_of(self.reading.sentence_of(name.first), "founder", "officer"):
            if cue.last == name.first:
                return True
            gap = range(name.last, cue.first)
            if 0 <= len(gap) <= 3 and gap and self.reading.tokens[name.last].raw in ",(":
                return all(self.reading.tokens[i].word in self.reading.lexicon["title_gaps"] for i in gap)
        return False

    def by_key(self, key: str) -> Group | None:
        """The party of a key, or None."""
        return self.groups.get(key)

    def is_person(self, group: Group) -> bool:
        """Whether the fullest name reads as a person's: a first name and more, nothing of a firm's."""
        return group.key in self.people

    def is_paper(self, group: Group) -> bool:
        """Whether the name is the paper's own."""
        if len(self.publisher) < SHORT:
            return bool(self.publisher) and group.key == self.publisher
        return group.key in self.publisher and len(group.key) >= SHORT or group.key.startswith(self.publisher)

    def is_investor(self, group: Group) -> bool:
        """Whether the name is a well-known investor's, or made like one."""
        return self._verdict("is_investor", group, self._is_investor)

    def _is_investor(self, group: Group) -> bool:
        if any(name.known for name in group.names):
            return True
        words = group.text.split()
        return len(words) > 1 and words[-1] in self.reading.lexicon["firm_words"]

    def is_place(self, group: Group) -> bool:
        """Whether the name mostly stands as a place does: after "in", or before "-based"."""
        return self._verdict("is_place", group, self._is_place)

    def _is_place(self, group: Group) -> bool:
        return self._stands_after(group, self.reading.lexicon["place_words"])

    def is_town(self, group: Group) -> bool:
        """Whether the name mostly stands where only a place can: "à Lyon", "based in Leeds", "Leeds-based"."""
        return self._verdict("is_town", group, self._is_town)

    def _is_town(self, group: Group) -> bool:
        return group.text in vocabulary.places() or self._stands_after(group, self.reading.lexicon["town_words"])

    def _verdict(self, question: str, group: Group, ask: Callable[[Group], bool]) -> bool:
        """An answer about a party, worked out once."""
        if (question, group.key) not in self._verdicts:
            self._verdicts[question, group.key] = ask(group)
        return self._verdicts[question, group.key]

    def _stands_after(self, group: Group, words: frozenset[str]) -> bool:
        reading = self.reading
        hits = 0
        for name in group.names:
            before = reading.tokens[name.first - 1].word if name.first else ""
            after = reading.tokens[name.last].raw if name.last < len(reading.tokens) else ""
            hits += (
                before in words
                or name.first in reading.seat_starts
                or (after == "-" and not is_member(name, name.first, reading))
            )
        return hits * 2 > len(group.names)


def _short_forms(by_key: Mapping[str, Sequence[Name]]) -> dict[str, str]:
    """Short form -> the full one that begins with it ("Naïo" -> "Naïo Technologies"), investors apart."""
    owner: dict[str, str] = {}
    firm = vocabulary.firm_words()
    texts = {key: names[0].text.split() for key, names in by_key.items()}
    by_head: dict[str, list[str]] = defaultdict(list)
    for key, words in texts.items():
        by_head[words[0]].append(key)
    places = vocabulary.places()
    for key, words in texts.items():
        if by_key[key][0].text in places:
            continue
        for other in by_head[words[0]][:MOST_FORMS]:
            longer = texts[other]
            if len(longer) <= len(words) or longer[: len(words)] != words:
                continue
            is_arm = any(word in firm for word in longer[len(words) :])
            known = {names[0].known for names in (by_key[key], by_key[other])}
            if not is_arm and (known == {None}) and len(longer) - len(words) <= 2 and len(key) > 2:
                owner.setdefault(key, other)
    return {key: owner.get(full, full) for key, full in owner.items()}


def _aliases(by_key: Mapping[str, Sequence[Name]]) -> dict[str, str]:
    """Alias -> the other form that the text has of the same well-known investor ("a16z" -> "Andreessen Horowitz")."""
    forms: dict[str, str] = {}
    for key, names in by_key.items():
        if names[0].known is not None:
            own = name_key(names[0].known)
            forms.setdefault(names[0].known, own if own in by_key else key)
    known = {key: names[0].known for key, names in by_key.items()}
    return {key: forms[name] for key, name in known.items() if name is not None and forms[name] != key}


def _fullest(names: Sequence[Name]) -> str:
    """The longest form; of equally long ones that which is not all capitals."""
    return max(names, key=lambda name: (len(name.text.split()), not name.text.isupper(), -name.first)).text
