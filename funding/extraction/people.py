"""Find people of the company: its founders and officers, with their roles in the words of the source."""

from dataclasses import dataclass

from funding.extraction.companies import Cast, Group
from funding.extraction.facts import Span
from funding.extraction.names import Name
from funding.extraction.parties import is_member, list_after
from funding.extraction.reading import Reading
from funding.extraction.subjects import subject_of_opening
from funding.extraction.vocabulary import Cue

ROLE_REACH = 10  # tokens that a role may have


@dataclass(slots=True)
class Person:
    """A person with the words that say what they do."""

    group: Group
    name: Name
    role: Span | None
    cue: Span
    is_founder: bool
    rule: str


class PeopleFinder:
    """Finds the people of one company in one text."""

    def __init__(self, reading: Reading, cast: Cast, company: Group, investors: frozenset[str]) -> None:
        self.reading = reading
        self.cast = cast
        self.company = company
        self.investors = investors
        self.found: dict[str, Person] = {}

    def find(self) -> list[Person]:
        """The people in the order they are named."""
        for sentence in self.reading.sentences:
            if not self._is_of_another(sentence.index):
                self._read_founded_by(sentence.index)
                self._read_founds(sentence.index)
            self._read_roles(sentence.index)
        return sorted(self.found.values(), key=lambda person: person.name.first)

    def _is_of_another(self, index: int) -> bool:
        """Whether the sentence has another company as its subject and not this one."""
        sentence = self.reading.sentences[index]
        groups = [self.cast.group(n) for n in self.reading.names_in(sentence.first, sentence.last)]
        if any(group.key == self.company.key for group in groups) or not groups:
            return False
        verbs = [c.first for c in self.reading.cues_of(index, "founded", "founded_by", "founds")]
        if not verbs:
            return False
        if verbs[0] == sentence.first:
            return subject_of_opening(verbs[0], sentence.last, self.reading, self.cast) is not None
        names = self.reading.names_in(sentence.first, verbs[0])
        return (
            bool(names)
            and not self.cast.is_person(self.cast.group(names[0]))
            and is_member(names[0], sentence.first, self.reading)
        )

    def _read_founded_by(self, index: int) -> None:
        """The list after "founded by"."""
        for cue in self.reading.cues_of(index, "founded_by"):
            limit = self._list_end(max(cue.last, cue.tail), index)
            for name in list_after(cue, self.reading, limit):
                if self._is_personal(name):
                    self._add(name, None, cue, True, "founder.list")

    def _list_end(self, start: int, index: int) -> int:
        sentence = self.reading.sentences[index]
        ends = [
            c.first for c in self.reading.cues_of(index, "based", "raise", "employs", "founds") if c.first > start + 1
        ]
        return min([*ends, sentence.last])

    def _read_founds(self, index: int) -> None:
        """The people who "founded", "launched" or "started" the company, before the verb."""
        reading = self.reading
        sentence = reading.sentences[index]
        for cue in reading.cues_of(index, "founds"):
            after = reading.tokens[cue.last] if cue.last < sentence.last else None
            if after is None or after.word in reading.lexicon["by_words"]:
                continue
            objects = reading.names_in(cue.last, min(cue.last + 5, sentence.last))
            is_own = any(self.cast.group(name).key == self.company.key for name in objects)
            is_pronoun = after.word in reading.lexicon["object_pronouns"]
            if not (is_own or is_pronoun):
                continue
            for name in reading.names_in(sentence.first, cue.first):
                if (
                    self._is_personal(name)
                    and is_member(name, sentence.first, reading)
                    and cue.first - name.last <= 14
                ):
                    self._add(name, None, cue, True, "founder.verb")
            self._read_pronoun(cue, index)
            for joined in reading.cues_of(index, "joins_after"):
                if joined.first > cue.last:
                    for name in list_after(joined, reading, sentence.last):
                        if self._is_personal(name):
                            self._add(name, None, cue, True, "founder.with")

    def _read_pronoun(self, cue: Cue, index: int) -> None:
        """The person spoken of before, where a pronoun is the subject: "In 2019, he launched Acme"."""
        reading = self.reading
        first = reading.sentences[index].first
        pronouns = reading.lexicon.get("person_pronouns", frozenset())
        places = [i for i in range(first, cue.first) if reading.tokens[i].word in pronouns]
        if not places or any(self._is_personal(name) for name in reading.names_in(first, places[0])):
            return
        for name in reversed(reading.names_in(0, first)):
            group = self.cast.group(name)
            if self.cast.is_person(group):
                full = next((n for n in group.names if n.text == group.text), name)
                self._add(full, None, cue, True, "founder.verb")
                return

    def _read_roles(self, index: int) -> None:
        """A founder's or officer's title beside a name: "X, co-founder and CEO", "founder X"."""
        reading = self.reading
        sentence = reading.sentences[index]
        names = reading.names_in(sentence.first, sentence.last)
        for cue in reading.cues_of(index, "founder", "officer"):
            if cue.kind == "founder":
                self._read_partners(cue, index)
            before = [
                n
                for n in names
                if n.last <= cue.first and cue.first - n.last <= 3 and self._touches(n.last, cue.first)
            ]
            after = [
                n for n in names if n.first >= cue.last and n.first - cue.last <= 6 and self._leads(cue.last, n.first)
            ]
            before = [n for n in before if n.last < cue.first]
            nearest = before[-1:] or after[:1]
            if cue.kind == "founder" and after and not before:
                nearest = self._listed(after[0], names)
            for name in nearest:
                if self._is_personal(name) and not self._is_elsewhere(name, cue, sentence.last):
                    role = self._role(cue, name, sentence.first, sentence.last)
                    is_founder = cue.kind == "founder" or self._says_founder(role, index)
                    self._add(name, role, cue, is_founder, f"role.{'after' if before else 'before'}")

    def _read_partners(self, cue: Cue, index: int) -> None:
        """The names of "co-founder with A and B"."""
        reading = self.reading
        if cue.last < len(reading.tokens) and reading.tokens[cue.last].word in reading.lexicon["with_words"]:
            joined = Cue(cue.kind, cue.first, cue.last + 1, cue.label, cue.last + 1)
            for name in list_after(joined, reading, reading.sentences[index].last):
                if self._is_personal(name):
                    self._add(name, None, cue, True, "founder.with")

    def _says_founder(self, role: Span, index: int) -> bool:
        """Whether a word for a founder is part of the title."""
        spans = (self.reading.cue_span(cue) for cue in self.reading.cues_of(index, "founder"))
        return any(role.start <= span.start and span.end <= role.end for span in spans)

    def _listed(self, first: Name, names: list[Name]) -> list[Name]:
        """The names of "founders A, B and C"."""
        listed = [first]
        for name in names:
            gap = (
                [self.reading.tokens[i] for i in range(listed[-1].last, name.first)]
                if name.first > first.first
                else []
            )
            if (
                gap
                and len(gap) <= 2
                and all(t.raw == "," or t.word in self.reading.lexicon["conjunctions"] for t in gap)
            ):
                listed.append(name)
        return listed

    def _touches(self, last: int, first: int) -> bool:
        """Whether only a comma, a bracket or "the" stands between a name and the title after it."""
        allowed = self.reading.lexicon["determiners"]
        return all(
            self.reading.tokens[i].raw in ",(" or self.reading.tokens[i].word in allowed for i in range(last, first)
        )

    def _leads(self, last: int, first: int) -> bool:
        """Whether a title runs up to the name after it: "co-founder and CEO X"."""
        titles = self.reading.lexicon["titles"]
        words = {part for title in titles for part in title.casefold().split()}
        conjunctions = self.reading.lexicon["conjunctions"]
        allowed = words | conjunctions | self.reading.lexicon["determiners"] | {"-", ",", "/"}
        return all(self.reading.tokens[i].word in allowed for i in range(last, first))

    def _is_personal(self, name: Name) -> bool:
        group = self.cast.group(name)
        if group.key == self.company.key or name.known or self.cast.is_investor(group):
            return False
        return self.cast.is_person(group) or 2 <= len(name.text.split()) <= 4 and not name.text.isupper()

    def _is_elsewhere(self, name: Name, cue: Cue, limit: int) -> bool:
        """Whether the title is held at another house: "co-founder of Tesla", "Tesla co-founder X"."""
        reading = self.reading
        if cue.first and any(n.last == cue.first for n in reading.names_in(max(0, cue.first - 8), cue.first)):
            near = next(n for n in reading.names_in(max(0, cue.first - 8), cue.first) if n.last == cue.first)
            if near.first != name.first and self.cast.group(near).key != self.company.key:
                return True
        for near in reading.names_in(max(0, cue.first - 8), max(0, cue.first - 1)):
            is_whose = near.last + 2 == cue.first and reading.tokens[near.last].raw == "'"
            if is_whose and near.first != name.first and self.cast.group(near).key != self.company.key:
                return True
        place = cue.last
        while place < limit and place - cue.last < ROLE_REACH:
            token = reading.tokens[place]
            if token.word in reading.lexicon["of_words"]:
                houses = reading.names_in(place + 1, min(place + 9, limit))
                if houses and houses[0].first - place <= 2:
                    group = self.cast.group(houses[0])
                    return group.key != self.company.key and not self.cast.is_person(group)
            if token.raw in ",.;":
                return False
            place += 1
        return False

    def _role(self, cue: Cue, name: Name, first: int, last: int) -> Span:
        """The whole title around its first word."""
        reading = self.reading
        words = {part for title in reading.lexicon["titles"] for part in title.casefold().split()}
        words |= set(reading.lexicon["title_words"])
        start, end = cue.first, cue.last
        while (
            start > max(first, name.last if name.last <= cue.first else first)
            and reading.tokens[start - 1].word in words
        ):
            start -= 1
        stop = name.first if name.first >= cue.last else last
        place = end
        while place < stop and place - cue.first < ROLE_REACH:
            token = reading.tokens[place]
            if token.word in words:
                end = place + 1
            elif not (
                token.word in reading.lexicon["conjunctions"]
                or token.word in reading.lexicon["title_links"]
                or token.raw in "-/"
            ):
                break
            place += 1
        return reading.span(start, end)

    def _add(self, name: Name, role: Span | None, cue: Cue, is_founder: bool, rule: str) -> None:
        group = self.cast.group(name)
        known = self.found.get(group.key)
        if group.key in self.investors and not is_founder:
            return
        if known is None:
            self.found[group.key] = Person(group, name, role, self.reading.cue_span(cue), is_founder, rule)
            return
        if is_founder and not known.is_founder:
            known.is_founder, known.cue = True, self.reading.cue_span(cue)
        known.role = known.role or role
