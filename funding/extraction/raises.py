"""Read what one sentence says of a raise: whose it is, its sum, its stage, its date, and whether it is past."""

from funding.extraction.attribution import Attribution
from funding.extraction.companies import Cast, Group
from funding.extraction.events import Event
from funding.extraction.names import Name
from funding.extraction.reading import PlacedAmount, PlacedDate, Reading
from funding.extraction.subjects import is_candidate, subject_before, target_after
from funding.values import PartialDate

OLD = 62  # days before publication after which a dated raise is no news
LEDE = 3  # sentences from the top in which a dated raise is the news though no date of publication is known
SERIES = 3  # tokens by which a named series may be farther from the sum than another stage
HEAD = 2  # tokens from the start of a sentence at which its subject still stands


class RaiseReader:
    """Reads the sentences of one text in order; `current` is the company spoken of, `known` those that have rounds."""

    def __init__(
        self, reading: Reading, roles: dict[int, str], cast: Cast, main: Group | None, attribution: Attribution
    ) -> None:
        self.reading = reading
        self.attribution = attribution
        self.roles = roles
        self.cast = cast
        self.main = main
        self.current: Group | None = None
        self.known: set[str] = set()

    def read(self, index: int) -> list[Event]:
        """What a sentence says of raises: one event for every raised sum, or one for a round without a sum."""
        return self._amount_events(index) or self._bare_events(index)

    def follow(self, index: int) -> None:
        """Keep in mind which company the text speaks of, for the pronouns to come."""
        sentence = self.reading.sentences[index]
        for name in self.reading.names_in(sentence.first, sentence.last):
            group = self.cast.group(name)
            if group.key in self.known:
                self.current = group

    def _amount_events(self, index: int) -> list[Event]:
        """An event for every raised sum of a sentence."""
        reading = self.reading
        sentence = reading.sentences[index]
        sums = [p for i, p in reading.amounts_of[index] if self.roles.get(i) == "raised"]
        events: list[Event] = []
        start = sentence.first
        for number, placed in enumerate(sums):
            end = sums[number + 1].first if number + 1 < len(sums) else sentence.last
            name, rule = self._company_of(placed, start, end, index)
            guess = self.cast.group(name) if name else (events[-1].company if events else self._spoken_of(index))
            if rule.startswith("invest") and name is None:
                guess, rule = self._spoken_of(index), rule
            found = self.attribution.company_of(placed, guess, rule)
            if found is None:
                continue
            group, near = found
            if name is None or self.cast.group(name).key != group.key:
                name = near
                before = "raise.subject" if near and near.first < placed.first else "raise.target"
                rule = "raise.pronoun" if near is None else before
            event = Event(index, start, end, group, name, amount=placed, rule=rule)
            self.fill(event)
            start = placed.last
            if not self._is_lifetime(event):
                events.append(event)
        return events

    def _is_lifetime(self, event: Event) -> bool:
        """Whether the sum is all that was raised so far: "has raised $40m" without a date, a stage or a round."""
        reading, index = self.reading, event.sentence
        if event.stage or event.date or event.amount is None or reading.has(index, "one_round"):
            return False
        is_main = self.main is not None and event.company is not None and event.company.key == self.main.key
        if is_main and not event.is_previous:
            return False
        here = event.amount.first
        return any(event.first <= cue.first < here for cue in reading.cues_of(index, "pluperfect", "perfect"))

    def _is_titled(self) -> bool:
        """Whether the title names the main company."""
        names = self.main.names if self.main else ()
        return any(self.reading.sentences[self.reading.sentence_of(name.first)].is_title for name in names)

    def _is_single(self) -> bool:
        """Whether the title is of the main company and its sum."""
        titles = {s.index for s in self.reading.sentences if s.is_title}
        raised = any(self.reading.amounts[i].sentence in titles for i, role in self.roles.items() if role == "raised")
        names = {self.cast.group(n).key for n in self.reading.names if self.reading.sentence_of(n.first) in titles}
        return raised and self.main is not None and self.main.key in names and len(names) <= 2

    def _spoken_of(self, index: int) -> Group | None:
        """The company that a sentence without a name speaks of: the paragraph's subject, or the one before."""
        reading = self.reading
        if self.main is not None and self._is_single():
            return self.main
        paragraph = reading.sentences[index].paragraph
        for back in range(index - 1, -1, -1):
            sentence = reading.sentences[back]
            if sentence.paragraph != paragraph or sentence.is_title:
                break
            names = reading.names_in(sentence.first, sentence.last)
            if any(self.main and self.cast.group(name).key == self.main.key for name in names):
                return self.main
            heads = [
                n for n in names if n.first - sentence.first <= HEAD and is_candidate(n, n.first, reading, self.cast)
            ]
            if not heads and self.main is None:
                heads = [n for n in names if is_candidate(n, n.first, reading, self.cast)][-1:]
            if not heads and back == index - 1 and not self._is_titled():
                near = [n for n in names if is_candidate(n, n.first, reading, self.cast)]
                heads = near if len({n.key for n in near}) == 1 else []
            if heads and not self.cast.is_investor(self.cast.group(heads[0])):
                return self.cast.group(heads[0])
        return self.current or self.main

    def _company_of(self, placed: PlacedAmount, start: int, end: int, index: int) -> tuple[Name | None, str]:
        """The company of a raised sum and the rule that found it."""
        reading, cast = self.reading, self.cast
        owner = self._owner_of(placed, start, index)
        if owner is not None:
            return owner, "raise.subject"
        before = [
            cue
            for cue in reading.cues_of(index, "raise", "inject", "leads", "lead_by")
            if start <= cue.first < placed.first
        ]
        invests = [cue for cue in before if cue.kind in ("inject", "leads")]
        if invests and (before[-1].kind != "raise"):
            target = target_after(invests[-1].last, end, reading, cast)
            if target is not None:
                return target, "invest.target"
            if self.main is not None:
                names = [n for n in reading.names_in(start, end) if cast.group(n).key == self.main.key]
                return (names[0] if names else None), "invest.main"
            return None, "invest.unknown"
        verb = before[-1].first if before else placed.first
        subject = subject_before(start, verb, reading, cast, self.main)
        if subject is None and verb != placed.first:
            subject = subject_before(verb, placed.first, reading, cast, self.main)
        if subject is not None and not self._is_only_investor(subject, index):
            return subject, "raise.subject"
        subject = self._subject_behind(placed, end, index)
        if subject is not None:
            return subject, "raise.subject"
        target = target_after(placed.last, min(end, placed.last + 12), reading, cast)
        if target is not None and not cast.is_place(cast.group(target)) and not cast.is_investor(cast.group(target)):
            return target, "raise.target"
        return None, "raise.pronoun"

    def _subject_behind(self, placed: PlacedAmount, end: int, index: int) -> Name | None:
        """The company right after a verb that follows its sum: "20 Millionen Euro sammelt Acme ein"."""
        reading = self.reading
        light = reading.lexicon["determiners"] | reading.lexicon["company_heads"] | reading.lexicon["auxiliaries"]
        for cue in reading.cues_of(index, "raise"):
            if not 0 <= cue.first - placed.last <= 1:
                continue
            for name in reading.names_in(cue.last, min(cue.last + 5, end))[:1]:
                gap = (reading.tokens[i].word for i in range(cue.last, name.first))
                if all(word in light for word in gap) and is_candidate(name, cue.last, reading, self.cast):
                    return None if self._is_only_investor(name, index) else name
        return None

    def _owner_of(self, placed: PlacedAmount, start: int, index: int) -> Name | None:
        """The company named by whose the round is, or by whom it was raised: "Acme's $5m", "raised by Acme"."""
        reading, tokens = self.reading, self.reading.tokens
        for name in reading.names_in(max(start, placed.first - 12), placed.first):
            after = tokens[name.last]
            if after.raw == "'" and tokens[name.last + 1].word == "s" and placed.first - name.last <= 4:
                return None if self.cast.is_person(self.cast.group(name)) else name
        names = {name.first: name for name in reading.names_in(placed.last, min(placed.last + 10, len(tokens)))}
        for cue in reading.cues_of(index, "raise", "round"):
            follows = cue.last + 1
            is_by = cue.last < len(tokens) and tokens[cue.last].word in reading.lexicon["by_words"]
            if 0 <= cue.first - placed.last <= 4 and is_by and follows in names:
                return names[follows]
        return None

    def _is_only_investor(self, name: Name, index: int) -> bool:
        """Whether the subject is an investor and no verb of raising is beside it."""
        group = self.cast.group(name)
        if self.main is not None and group.key == self.main.key:
            return False
        return self.cast.is_investor(group) or self.cast.is_place(group)

    def _bare_events(self, index: int) -> list[Event]:
        """An event of a sentence that tells of a round without a sum."""
        reading = self.reading
        sentence = reading.sentences[index]
        if any(self.roles.get(i) in ("total", "other") for i, _ in reading.amounts_of[index]):
            return []
        stages = reading.stages_of[index]
        verbs = list(reading.cues_of(index, "raise", "pluperfect"))
        nouns = list(reading.cues_of(index, "round"))
        silent = list(reading.cues_of(index, "undisclosed"))
        worth = any(self.roles.get(i) == "valuation" for i, _ in reading.amounts_of[index])
        dated = any(d.date.reading == "date" for d in reading.dates_of[index])
        is_told = worth and dated and bool(nouns or stages)
        if not (verbs or is_told) or not (stages or nouns) or reading.has(index, "fund", "acquisition", "listing"):
            return []
        verb = verbs[0].first if verbs else nouns[0].first if nouns else stages[0].first
        subject = subject_before(sentence.first, verb, reading, self.cast, self.main)
        group = self.cast.group(subject) if subject else self._spoken_of(index)
        known = group is not None and group.key in self.known
        is_old = reading.has(index, "previous", "pluperfect") or is_told
        if subject is not None and not known and self.cast.is_investor(self.cast.group(subject)):
            return []
        if known and not is_old or not (silent or stages or (is_old and nouns) or reading.has(index, "valued")):
            return []
        event = Event(index, sentence.first, sentence.last, group, subject, rule="raise.unstated")
        if silent:
            event.undisclosed = reading.span(silent[0].first, max(silent[0].last, silent[0].tail))
        self.fill(event)
        return [event]

    def fill(self, event: Event) -> None:
        """Add the stage, the date and the flags that the event's part of the sentence states."""
        reading, index = self.reading, event.sentence
        event.is_title = reading.sentences[index].is_title
        here = event.amount.first if event.amount else event.first
        stages = [s for s in reading.stages_of[index] if event.first <= s.first < event.last]
        if stages:
            event.stage = min(
                stages, key=lambda s: abs(s.first - here) + SERIES * (not s.stage.code.startswith("series"))
            )
        event.date = self._date_of(event, here)
        event.is_previous = self._is_previous(event)
        rumours = list(reading.cues_of(index, "rumour"))
        event.rumour = rumours[0] if rumours and not event.is_previous else None

    def _date_of(self, event: Event, here: int) -> PlacedDate | None:
        reading = self.reading
        taken = self._founding_dates(event.sentence)
        found = []
        for date in reading.dates_of[event.sentence]:
            if not event.first <= date.first < event.last or date.first in taken:
                continue
            if reading.anchor and date.date.value.first_day > reading.anchor.last_day:
                continue
            gap = here - date.last if date.last <= here else 2 * (date.first - here)
            found.append((gap, date.first, date))
        return min(found)[2] if found else None

    def _founding_dates(self, index: int) -> set[int]:
        """Tokens of dates that tell when a company was founded."""
        reading = self.reading
        return {
            date.first
            for cue in reading.cues_of(index, "founded", "founded_by")
            for date in reading.dates_of[index]
            if 0 <= date.first - cue.last + 1 <= 3 or 0 <= cue.first - date.last <= 1
        }

    def _is_previous(self, event: Event) -> bool:
        """Whether the event's words or date put it before the news."""
        reading = self.reading
        here = event.amount.first if event.amount else event.last
        announced = [cue.first for cue in reading.cues_of(event.sentence, "announced")]
        for cue in reading.cues_of(event.sentence, "previous", "pluperfect"):
            if not event.first <= cue.first < event.last or cue.first > here + 8:
                continue
            between = any(place in reading.sum_starts for place in range(cue.last, here))
            if cue.kind == "previous" and between:
                continue
            if cue.kind == "pluperfect" and any(place < cue.first for place in announced):
                continue
            return True
        if event.date is None:
            return False
        if reading.anchor is None:
            is_own_year = event.date.date.reading == "date"
            return is_own_year and not reading.sentences[event.sentence].is_title and event.sentence > LEDE
        return self._is_old(event.date.date.value)

    def _is_old(self, value: PartialDate) -> bool:
        anchor = self.reading.anchor
        if anchor is None:
            return False
        return (anchor.first_day - value.last_day).days > OLD
