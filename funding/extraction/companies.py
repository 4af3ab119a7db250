"""Tell which names are one company, and which company a text is about."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from funding.extraction import vocabulary
from funding.extraction.names import Name, name_key
from funding.extraction.parties import is_member
from funding.extraction.reading import PlacedAmount, Reading

# What speaks for and against a name being the company that raises.
IN_TITLE, OPENS_TITLE, EACH_TIME, MOST_TIMES = 3.0, 1.5, 0.6, 8
IS_SUBJECT, IS_TARGET, HAS_HEAD = 4.0, 4.0, 2.0
IS_INVESTOR, IS_FIRM, IS_PERSON, IS_PAPER, IS_PLACE = -4.0, -3.0, -7.0, -9.0, -4.0
TITLE, LEDE, LEDE_ENDS = 1.5, 1.3, 3  # how much more a sentence counts at the top of the text
MOST_FORMS = 50  # longer names that are looked at for one short form
SHORT = 4  # letters below which a paper's name may be part of any other
LEAST = 2.0  # below this no name is the company


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
        owner = _short_forms(by_key)
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
    for key, words in texts.items():
        for other in by_head[words[0]][:MOST_FORMS]:
            longer = texts[other]
            if len(longer) <= len(words) or longer[: len(words)] != words:
                continue
            is_arm = any(word in firm for word in longer[len(words) :])
            known = {names[0].known for names in (by_key[key], by_key[other])}
            if not is_arm and (known == {None}) and len(longer) - len(words) <= 2 and len(key) > 2:
                owner.setdefault(key, other)
    return {key: owner.get(full, full) for key, full in owner.items()}


def _fullest(names: Sequence[Name]) -> str:
    """The longest form; of equally long ones that which is not all capitals."""
    return max(names, key=lambda name: (len(name.text.split()), not name.text.isupper(), -name.first)).text


def subject_before(first: int, last: int, reading: Reading, cast: Cast, main: Group | None) -> Name | None:
    """The company that a verb starting at `last` is said of: the main one, the name beside the verb, or the first."""
    candidates = [name for name in reading.names_in(first, last) if is_candidate(name, first, reading, cast)]
    if not candidates:
        return None
    near = candidates[-1]
    if _is_pronoun(near.last, last, reading):
        return None
    if _touches(near.last, last, reading):
        return near
    for name in candidates:
        if main is not None and cast.group(name).key == main.key:
            return name
    heads = reading.lexicon["company_heads"]
    for name in candidates:
        before = [reading.tokens[i] for i in range(max(first, name.first - 2), name.first)]
        if before and (before[-1].word in heads or before[-1].raw == "," and before[0].word in heads):
            return name
    return candidates[0]


def _touches(first: int, last: int, reading: Reading) -> bool:
    """Whether only helping words stand between a name and its verb: "X has now", "X, whose"."""
    light = reading.lexicon["auxiliaries"] | reading.lexicon["relatives"] | reading.lexicon["determiners"]
    words = [reading.tokens[i] for i in range(first, last)]
    if len(words) > 5:
        return False
    return all(token.word in light or token.raw == "," for token in words) or (
        len(words) <= 3 and not any(token.raw in ",;:(" for token in words)
    )


def _is_pronoun(first: int, last: int, reading: Reading) -> bool:
    """Whether words that stand for the company come right before the verb, after the last name."""
    while last > first and reading.tokens[last - 1].word in reading.lexicon["auxiliaries"]:
        last -= 1
    text = " ".join(reading.tokens[i].word for i in range(max(first, last - 6), last))
    return any(text.endswith(f" {form}") for form in reading.pronouns)


def is_candidate(name: Name, start: int, reading: Reading, cast: Cast) -> bool:
    """Whether a name may be the subject of its clause."""
    group = cast.group(name)
    if (
        cast.is_person(group)
        or cast.is_paper(group)
        or cast.is_town(group)
        or not is_member(name, name.first, reading)
    ):
        return False
    place = name.first - 1
    if place >= start and reading.tokens[place].raw == "(":
        return False
    while place >= start and reading.tokens[place].word in reading.lexicon["determiners"]:
        place -= 1
    return place < start or reading.tokens[place].word not in reading.lexicon["blockers"] | reading.lexicon["by_words"]


def target_after(first: int, last: int, reading: Reading, cast: Cast) -> Name | None:
    """The company that money goes into: the first name after a preposition of direction."""
    into = reading.lexicon["into"]
    seen = False
    names = {name.first: name for name in reading.names_in(first, last)}
    for place in range(first, last):
        token = reading.tokens[place]
        if token.word in into:
            seen = True
        elif token.raw in ",;:(" and seen:
            seen = False
        if place in names and seen:
            name = names[place]
            group = cast.group(name)
            if not cast.is_person(group) and not cast.is_town(group) and is_member(name, name.first, reading):
                return name
    return None


def choose_main(reading: Reading, cast: Cast, raised: Sequence[PlacedAmount]) -> Group | None:
    """The company that the text is about, or None where no name is enough like one."""
    scores: dict[str, float] = defaultdict(float)
    for group in cast.groups.values():
        if cast.is_town(group) or cast.is_person(group):
            continue
        scores[group.key] += _standing(group, reading, cast)
    for placed in raised:
        sentence = reading.sentences[placed.sentence]
        weight = TITLE if sentence.is_title else LEDE if sentence.index <= LEDE_ENDS else 1.0
        _weigh(scores, placed, weight, reading, cast)
    for sentence in reading.sentences[: LEDE_ENDS + 1]:
        for cue in reading.cues_of(sentence.index, "inject"):
            beside = reading.names_in(cue.last, min(cue.last + 4, sentence.last))
            if beside and beside[0].first == cue.last and reading.tokens[cue.last - 1].word in reading.lexicon["into"]:
                scores[cast.group(beside[0]).key] += IS_TARGET
    if not scores:
        return None
    best = max(scores, key=lambda key: (scores[key], -cast.groups[key].names[0].first))
    return cast.groups[best] if scores[best] >= LEAST else None


def _standing(group: Group, reading: Reading, cast: Cast) -> float:
    """What a name's places in the text say for it."""
    score = min(len(group.names), MOST_TIMES) * EACH_TIME
    titled = [reading.sentences[reading.sentence_of(name.first)].is_title for name in group.names]
    for name, is_titled in zip(group.names, titled, strict=True):
        sentence = reading.sentences[reading.sentence_of(name.first)]
        if is_titled and (not all(titled) or len(reading.sentences) == 1):
            score += IN_TITLE + (OPENS_TITLE if name.first - sentence.first <= 1 else 0)
            break
    heads = reading.lexicon["company_heads"]
    if any(name.first and reading.tokens[name.first - 1].word in heads for name in group.names):
        score += HAS_HEAD
    score += IS_INVESTOR * any(name.known for name in group.names)
    score += IS_FIRM * (cast.is_investor(group) and not any(name.known for name in group.names))
    return (
        score
        + IS_PERSON * cast.is_person(group)
        + IS_PAPER * cast.is_paper(group)
        + IS_PLACE * (cast.is_place(group) or cast.is_town(group))
    )


def _weigh(scores: dict[str, float], placed: PlacedAmount, weight: float, reading: Reading, cast: Cast) -> None:
    """Add what the sentence of a raised sum says: who is its subject, or whom the money goes into."""
    sentence = reading.sentences[placed.sentence]
    invests = [cue for cue in reading.cues_of(placed.sentence, "inject", "leads") if cue.first < placed.first]
    if invests:
        target = target_after(invests[-1].last, min(sentence.last, placed.last + 14), reading, cast)
        if target is not None:
            scores[cast.group(target).key] += weight * IS_TARGET
            return
    verbs = [cue for cue in reading.cues_of(placed.sentence, "raise") if cue.first < placed.first]
    if (verbs or sentence.is_title) and not invests:
        verb = verbs[-1].first if verbs else placed.first
        subject = subject_before(sentence.first, verb, reading, cast, None)
        if subject is not None:
            scores[cast.group(subject).key] += weight * IS_SUBJECT
            return
        target = target_after(placed.last, min(sentence.last, placed.last + 14), reading, cast)
        if target is not None:
            scores[cast.group(target).key] += weight * IS_TARGET
