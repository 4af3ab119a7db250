"""Give every round its investors: who led it, and who else put money in."""

from dataclasses import dataclass

from funding.extraction import vocabulary
from funding.extraction.companies import Cast, Group
from funding.extraction.events import Round
from funding.extraction.facts import Span
from funding.extraction.names import Name
from funding.extraction.parties import is_generic, list_after, list_before, list_within
from funding.extraction.reading import Reading
from funding.extraction.rounds import RoundFinder
from funding.extraction.vocabulary import Cue

PARTY_CUES = ("lead_by", "leads", "joins_after", "joins")
ENDS = (*PARTY_CUES, "raise", "valued", "inject", "total", "source", "undisclosed")
NEAR = 4  # sentences over which a cue without a word for the round still speaks of it


@dataclass(slots=True)
class Share:
    """One investor in one round; `cue` holds the words that say so."""

    group: Group
    name: Name
    cue: Span | None
    is_lead: bool
    rule: str


class InvestorFinder:
    """Finds who took part in the rounds of one text."""

    def __init__(self, reading: Reading, cast: Cast, finder: RoundFinder) -> None:
        self.reading = reading
        self.cast = cast
        self.finder = finder
        self.shares: dict[int, dict[str, Share]] = {}

    def find(self) -> None:
        """Read every sentence that speaks of parties."""
        for sentence in self.reading.sentences:
            self._read_subjects(sentence.index)
            cues = list(self.reading.cues_of(sentence.index, *PARTY_CUES))
            for number, cue in enumerate(cues):
                self._read_cue(cue, number, cues, sentence.index)
            self._read_sources(sentence.index)

    def by_key(self, found: Round) -> dict[str, Share]:
        """The investors that cues name for a round, by the key of their party."""
        return self.shares.get(id(found), {})

    def _read_cue(self, cue: Cue, number: int, cues: list[Cue], index: int) -> None:
        target = self._target(cue, index)
        if target is None:
            return
        if cue.tail > cue.last and any(c.kind == cue.kind and c.tail == cue.tail for c in cues[number + 1 :]):
            return
        sentence = self.reading.sentences[index]
        within = list_within(cue, self.reading) if cue.tail > cue.last else []
        if cue.kind in ("lead_by", "joins_after"):
            names = self._framed(cue, within) or list_after(cue, self.reading, self._limit(cue, index))
            if cue.kind == "joins_after" and not names:
                return
        else:
            start = sentence.first
            for earlier in cues[:number]:
                if earlier.kind in ("leads", "joins") and earlier.last <= cue.first:
                    start = earlier.last
            start = max([start, *self._boundaries(sentence.first, cue.first)])
            names = list_before(start, cue, self.reading) or within
            lists = [c for c in cues[:number] if c.kind in ("lead_by", "joins_after") and start <= c.last <= cue.first]
            if lists and cue.kind == "leads":
                names = names[-1:]
        is_lead = cue.kind in ("lead_by", "leads")
        if cue.kind == "leads" and self._is_passive(cue):
            return
        for name in names:
            self._add(
                target, name, cue, is_lead, f"{'lead' if is_lead else 'join'}.{cue.kind.partition('_')[2] or 'before'}"
            )

    def _framed(self, cue: Cue, within: list[Name]) -> list[Name]:
        """The list that the two parts of a cue frame: "von A und B angeführt", with nothing but it before the end."""
        is_framed = within and cue.tail - 1 - within[-1].last <= 1 and not self._opens_list(cue.tail)
        return within if is_framed else []

    def _opens_list(self, place: int) -> bool:
        """Whether a preposition of the doer follows, so that the list is still to come."""
        return place < len(self.reading.tokens) and self.reading.tokens[place].word in self.reading.lexicon["by_words"]

    def _boundaries(self, first: int, last: int) -> list[int]:
        """Where a list before a cue cannot reach back over: a semicolon, or a sum with its verb."""
        tokens = self.reading.tokens
        return [
            i + 1
            for i in range(first, last)
            if tokens[i].raw == ";" or (tokens[i].raw in "-–—" and i and tokens[i].start > tokens[i - 1].end)
        ]

    def _is_passive(self, cue: Cue) -> bool:
        """Whether the verb's subject follows, as in "led by"."""
        tokens = self.reading.tokens
        return cue.last < len(tokens) and tokens[cue.last].word in self.reading.lexicon["not_leading"]

    def _limit(self, cue: Cue, index: int) -> int:
        """Where the list after a cue ends at the latest."""
        sentence = self.reading.sentences[index]
        own = max(cue.last, cue.tail)
        later = [c.first for c in self.reading.cues_of(index, *ENDS) if c.first >= own + 1]
        marks = [i for i in range(own, sentence.last) if self.reading.tokens[i].raw in (";", "–", "—")]
        return min([*later, *marks, sentence.last])

    def _target(self, cue: Cue, index: int) -> Round | None:
        """The round that the cue speaks of, or None where nothing near speaks of one."""
        reading = self.reading
        found = self.finder.target(index, cue.first)
        if found is None:
            return None
        sentence = reading.sentences[index]
        names = reading.names_in(sentence.first, sentence.last)
        reach = NEAR if any(self.cast.is_investor(self.cast.group(name)) for name in names) else 1
        near = any(self.finder.by_sentence.get(i) for i in range(max(0, index - reach), index + 2))
        spoken = reading.has(index, "round") or bool(reading.stages_of[index])
        if cue.kind in ("lead_by", "joins") and (near or spoken) or cue.kind == "leads" and (near or spoken):
            return found
        return found if near and cue.kind == "joins_after" or spoken else None

    def _read_subjects(self, index: int) -> None:
        """The subject of a verb of investing: "Amazon invests $4 billion in X"."""
        reading = self.reading
        sentence = reading.sentences[index]
        for event in self.finder.by_sentence.get(index, []):
            found = self.finder.round_of.get(id(event))
            if found is None or event.amount is None or not event.rule.startswith("invest"):
                continue
            for cue in reading.cues_of(index, "inject", "leads"):
                if cue.first < event.amount.first:
                    start = max([sentence.first, event.first, *self._boundaries(sentence.first, cue.first)])
                    for name in list_before(start, cue, reading):
                        self._add(found, name, cue, cue.kind == "leads", "invest.subject")

    def _read_sources(self, index: int) -> None:
        """The names after "from" beside a raised sum: "raises £340m from CapitalG"."""
        reading = self.reading
        words = reading.lexicon["from_words"]
        for event in self.finder.by_sentence.get(index, []):
            found = self.finder.round_of.get(id(event))
            if found is None or event.amount is None:
                continue
            place = event.amount.last
            if place < event.last and reading.tokens[place].word in reading.lexicon["soft_from_words"]:
                near = reading.names_in(place + 1, min(place + 9, event.last))
                if near and near[0].first - place <= 2 and self.cast.is_investor(self.cast.group(near[0])):
                    self._add(found, near[0], Cue("joins_after", place, place + 1, "", place + 1), False, "join.from")
            for place in range(event.amount.last, min(event.amount.last + 7, event.last)):
                if place in reading.sum_starts and place != event.amount.first:
                    break
                if reading.tokens[place].word in words:
                    cue = Cue("joins_after", place, place + 1, "", place + 1)
                    for name in list_after(cue, reading, self._limit(cue, index)):
                        self._add(found, name, cue, False, "join.from")
                    break

    def _add(self, found: Round, name: Name, cue: Cue, is_lead: bool, rule: str) -> None:
        group = self.cast.group(name)
        if group.key == found.company.key or is_generic(name, self.reading) or self.cast.is_paper(group):
            return
        if self.cast.is_town(group) and not self.cast.is_investor(group) or name.text in vocabulary.places():
            return
        shares = self.shares.setdefault(id(found), {})
        known = shares.get(group.key)
        if known is None or (is_lead and not known.is_lead):
            shares[group.key] = Share(group, name, self.reading.cue_span(cue), is_lead, rule)
