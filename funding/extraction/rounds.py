"""Join what the sentences say into rounds: one for every raise of a company that the text speaks of."""

from decimal import Decimal

from funding.extraction.attribution import Attribution
from funding.extraction.companies import Cast, Group
from funding.extraction.events import Event, Round
from funding.extraction.listed import ListReader
from funding.extraction.raises import OLD, RaiseReader
from funding.extraction.reading import PlacedAmount, Reading
from funding.values import agree

SURE = ("raise.subject", "raise.listed", "invest.target")
NEARLY = Decimal("1.2")  # "up to 4 billion" and "450 million" agree and are yet two sums
LEAST_ITEMS = 2  # fewer are no list
MOST_ROUNDS, MOST_EVENTS = 80, 16  # no article tells of more rounds, or needs more sentences to tell of one
BARE = (
    "round",
    "raise",
    "inject",
    "joins",
    "lead_by",
    "leads",
    "undisclosed",
)  # what a round without a sum is told by
SURE_SUM = 0.5  # from here a sum was raised, and makes a round of its own beside others
FAR = 4  # sentences over which "the round" still means the one spoken of


class RoundFinder:
    """Finds the rounds of one text."""

    def __init__(
        self, reading: Reading, roles: dict[int, str], raised: dict[int, float], cast: Cast, main: Group | None,
        attribution: Attribution,
    ) -> None:  # fmt: skip
        self.reading = reading
        self.roles = roles
        self.raised = raised
        self.cast = cast
        self.raises = RaiseReader(reading, roles, cast, main, attribution)
        self.rounds: list[Round] = []
        self.by_sentence: dict[int, list[Event]] = {}
        self.round_of: dict[int, Round] = {}

    @property
    def main(self) -> Group | None:
        """The company that the text is about, or None where it is a list of several."""
        return self.raises.main

    def find(self) -> list[Round]:
        """The rounds in the order of their first mention."""
        lists = self._read_lists()
        for sentence in self.reading.sentences:
            events = lists.get(sentence.index) or self.raises.read(sentence.index)
            for event in events:
                self._place(event)
            if not events:
                self._continue(sentence.index)
            self.raises.follow(sentence.index)
        self._add_title_stage()
        self._add_bare()
        return self.rounds

    def keep(self, rounds: list[Round]) -> None:
        """Forget all other rounds, and what sentences say of them."""
        kept = {id(found) for found in rounds}
        self.rounds = [found for found in self.rounds if id(found) in kept]
        self.round_of = {event: found for event, found in self.round_of.items() if id(found) in kept}

    def _add_bare(self) -> None:
        """A round of the main company of which the text tells no sum, in case it turns out to be the news."""
        main = self.main
        if main is None or any(
            r.company.key == main.key and r.amount is None and not r.is_previous for r in self.rounds
        ):
            return
        sentences = [
            s for s in self.reading.sentences if self.reading.has(s.index, *BARE) or self.reading.stages_of[s.index]
        ]
        named = {self.reading.sentence_of(name.first) for name in main.names}
        near = [s for s in sentences if s.index in named] or sentences[:1] or [self.reading.sentences[min(named)]]
        sentence = near[0]
        name = next((n for n in main.names if sentence.first <= n.first < sentence.last), None)
        event = Event(sentence.index, sentence.first, sentence.last, main, name, rule="raise.bare")
        silent = next(self.reading.cues_of(sentence.index, "undisclosed"), None)
        event.undisclosed = self.reading.span(silent.first, max(silent.last, silent.tail)) if silent else None
        self.raises.fill(event)
        found = Round(main, [event])
        self.rounds.append(found)
        self.by_sentence.setdefault(sentence.index, []).append(event)
        self.round_of[id(event)] = found

    def _read_lists(self) -> dict[int, list[Event]]:
        """The items of lists by their sentence; a text that is such a list has no company of its own."""
        reader = ListReader(self.reading, self.roles, self.cast)
        items = {s.index: reader.read(s.index) for s in self.reading.sentences if not s.is_title}
        if sum(map(len, items.values())) < LEAST_ITEMS:
            return {}
        is_table = sum(not event.is_aside for events in items.values() for event in events) >= LEAST_ITEMS
        titles = {s.index for s in self.reading.sentences if s.is_title}
        named = self.main and any(self.reading.sentence_of(n.first) in titles for n in self.main.names)
        if is_table and not named:
            self.raises.main = None
        return items

    def _add_title_stage(self) -> None:
        """A stage that only the title names belongs to the news."""
        found = self.newest(self.main) if self.main else None
        titled = [stage for stage in self.reading.stages if self.reading.sentences[stage.sentence].is_title]
        if found is not None and found.stage is None and titled:
            found.events[0].stage = titled[0]

    def target(self, sentence: int, token: int) -> Round | None:
        """The round that a cue at a token speaks of: the sentence's own, or the one spoken of just before."""
        own = [event for event in self.by_sentence.get(sentence, []) if id(event) in self.round_of]
        if own:
            before = [event for event in own if event.first <= token]
            return self.round_of[id(before[-1] if before else own[0])]
        for back in range(sentence - 1, max(sentence - FAR, 0) - 1, -1):
            events = [event for event in self.by_sentence.get(back, []) if id(event) in self.round_of]
            if events:
                return self._unless_over(self.round_of[id(events[-1])], back, sentence)
        return next((r for r in self.rounds if self.main and r.company.key == self.main.key), None)

    def _unless_over(self, found: Round, back: int, sentence: int) -> Round:
        """The round, or where a new paragraph leaves the past behind, its company's newest."""
        sentences = self.reading.sentences
        is_new = sentences[back].paragraph != sentences[sentence].paragraph
        if found.is_previous and is_new and not self.reading.has(sentence, "previous", "pluperfect"):
            return self.newest(found.company) or found
        return found

    def newest(self, company: Group) -> Round | None:
        """The round of a company that is the news, or None."""
        return next((r for r in self.rounds if r.company.key == company.key and not r.is_previous), None)

    def _continue(self, index: int) -> None:
        """Add what a sentence without a raise of its own says of the round spoken of: its stage, its date."""
        reading = self.reading
        sentence = reading.sentences[index]
        if not reading.has(index, "lead_by", "leads", "round", "announced", "joins", "valued"):
            return
        target = self.target(index, sentence.first)
        if target is None or not any(self.by_sentence.get(i) for i in range(max(0, index - 2), index)):
            return
        if reading.has(index, "fund", "acquisition", "listing", "founded"):
            return
        event = Event(index, sentence.first, sentence.last, target.company, None, rule="raise.continued")
        self.raises.fill(event)
        event.rumour = None
        is_round = reading.has(index, "lead_by", "leads", "round", "joins") or bool(event.stage)
        if event.date is not None and (
            not is_round and not reading.has(index, "valued") or not reading.has(index, "announced")
        ):
            event.date = None
        if target.stage is not None or event.is_previous != target.is_previous:
            event.stage = None
        if target.date is not None or (event.is_previous and not target.is_previous):
            event.date = None
        if event.date is not None and event.date.date.value.day is None and not target.is_previous:
            event.date = None
        if event.stage or event.date:
            event.is_previous = target.is_previous
            if len(target.events) < MOST_EVENTS:
                target.events.append(event)

    def _place(self, event: Event) -> None:
        """Add the event to the round it speaks of, or open one."""
        if event.company is None:
            event.company = self.main
        if event.company is None:
            return
        event.company = self.cast.by_key(event.company.key) or event.company
        self.by_sentence.setdefault(event.sentence, []).append(event)
        own = [r for r in self.rounds if r.company.key == event.company.key]
        fitting = [r for r in own if self._fits(event, r)]
        if len(self.rounds) >= MOST_ROUNDS and not fitting:
            return
        if not fitting and (twin := self._twin(event)) is not None:
            fitting = [twin]
        if fitting:
            chosen = fitting[-1] if event.is_previous else fitting[0]
            if len(chosen.events) < MOST_EVENTS:
                chosen.events.append(event)
            self.round_of[id(event)] = chosen
            return
        if own and not self._is_apart(event, own):
            self.by_sentence[event.sentence].remove(event)
            return
        opened = Round(event.company, [event])
        self.rounds.append(opened)
        self.raises.known.add(event.company.key)
        self.round_of[id(event)] = opened

    def _twin(self, event: Event) -> Round | None:
        """A round of the very same sum whose company, or the event's, was only guessed: both speak of one round."""
        if event.amount is None:
            return None
        is_sure = event.rule in SURE
        for other in self.rounds:
            amount = other.amount
            if amount is None or amount.amount.value != event.amount.amount.value or event.company is None:
                continue
            other_sure = any(e.rule in SURE for e in other.events)
            if (
                is_sure
                and other_sure
                or event.stage
                and other.stage
                and event.stage.stage.code != other.stage.stage.code
            ):
                continue
            if is_sure:
                other.company = event.company
                self.raises.known.add(event.company.key)
            return other
        return None

    def _fits(self, event: Event, other: Round) -> bool:
        """Whether nothing the event says contradicts the round."""
        if event.amount and other.amount and not _same_sum(event.amount, other.amount):
            return False
        same_sum = event.amount is not None and other.amount is not None
        if event.stage and other.stage and event.stage.stage.code != other.stage.stage.code:
            return False
        if event.is_previous != other.is_previous and not same_sum:
            return False
        if event.date and other.date and not agree(event.date.date.value, other.date.date.value):
            near = abs((event.date.date.value.first_day - other.date.date.value.first_day).days) <= OLD
            return same_sum and near
        return True

    def _chance(self, placed: PlacedAmount) -> float:
        """How likely a sum was raised."""
        return self.raised.get(self.reading.sum_starts.get(placed.first, -1), 0.0)

    def _is_apart(self, event: Event, own: list[Round]) -> bool:
        """Whether an event that fits no round of its company is one of its own, and no ticket or part."""
        if event.is_previous or event.undisclosed is not None:
            return True
        if event.amount is not None and self._chance(event.amount) >= SURE_SUM:
            return True
        stage = event.stage.stage.code if event.stage else None
        if stage and all(r.stage is None or r.stage.stage.code != stage for r in own) and own[0].stage is not None:
            return True
        return own[0].is_previous


def _same_sum(a: PlacedAmount, b: PlacedAmount) -> bool:
    one, other = a.amount.value, b.amount.value
    low, high = sorted((one.middle, other.middle))
    return agree(one, other) and high <= low * NEARLY
