"""Choose the stage, the date, the valuation of a round and whether it is a rumour, among all that stands near it."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from funding.extraction.events import Round, first_told, sentences_of
from funding.extraction.reading import Place, PlacedAmount, PlacedDate, PlacedStage, Reading
from funding.extraction.scoring import Scorer, bucket, decile
from funding.extraction.vocabulary import Cue

BACK, ON, HEAD = 3, 5, 3  # sentences before and after a round, and at the head of the text, that may speak of it
# Days from a date to publication, and what that is called.
AGES = ((-367, "future"), (-1, "holds"), (3, "now"), (10, "week"), (45, "month"), (120, "season"))
FAR = 40  # sentences over which a text still speaks of a round
MOST = 24  # of a kind that are weighed for one round
BESIDE = 4  # tokens in which a cue is beside something
SURE = 0.5
TOLD = frozenset({"previous", "pluperfect", "perfect", "round", "raise", "lead_by", "leads", "joins", "announced",
                  "founded", "founds", "total", "fund", "acquisition", "revenue", "expected", "employees", "valued",
                  "rumour", "listing",
                  "closed_on", "unicorn", "ratio_base", "other_money", "crowd", "officer", "source"})  # fmt: skip


Thing = TypeVar("Thing", bound=Place)


class DetailReader:
    """Finds what belongs to each round of one text."""

    def __init__(
        self, reading: Reading, rounds: Sequence[Round], worth: dict[int, float], scorer: Scorer, kind: str
    ) -> None:
        self.reading = reading
        self.rounds = rounds
        self.worth = worth  # how likely each sum is a valuation, by its place among the amounts
        self.scorer = scorer
        self.kind = kind
        self.sentences = sentences_of(rounds)
        self.owner = first_told(rounds)
        anchor = reading.anchor
        self.is_planned = any(anchor and d.date.value.first_day > anchor.last_day for d in reading.dates)
        self.rumours = sum(1 for row in reading.cues for cue in row if cue.kind == "rumour")
        self.stages: dict[str, tuple[int, int]] = {}  # of each code how many there are, and where the first stands
        for placed in reading.stages:
            count, first = self.stages.get(placed.stage.code, (0, placed.first))
            self.stages[placed.stage.code] = (count + 1, first)

    def stage(self, found: Round) -> PlacedStage | None:
        """The stage of a round, or None where the text tells none."""
        near = self._near(found, self.reading.stages)
        options = [(stage, [*self._place(stage, found), *self._stage(stage, found)]) for stage in near]
        return self._choose("stage", found, options, [])

    def date(self, found: Round) -> PlacedDate | None:
        """The date that the text gives a round, or None where it has only that of publication, or none at all."""
        near = self._near(found, self.reading.dates)
        options = [(date, [*self._place(date, found), *self._date(date, found)]) for date in near]
        published = "published" if self.reading.published_on else "unpublished"
        return self._choose(
            "date", found, options, [published, f"{published}:{self._news(found)}", f"kind:{self.kind}"]
        )

    def valuation(self, found: Round) -> PlacedAmount | None:
        """The sum that a company is said to be worth at a round, or None."""
        sums = [(i, p) for i, p in enumerate(self.reading.amounts) if self.worth.get(i, 0.0) >= 0.1]
        near = self._near(found, [placed for _, placed in sums])
        chances = {placed.first: self.worth[i] for i, placed in sums}
        options = [(p, [*self._place(p, found), *self._worth(p, chances[p.first], found)]) for p in near]
        return self._choose("valuation", found, options, [f"none:{self._news(found)}"])

    def is_rumour(self, found: Round) -> bool:
        """Whether the words only speak of talks and plans."""
        return self.scorer.ask("rumour", found, self._rumour(found)) >= SURE and self.rumour_cue(found) is not None

    def rumour_cue(self, found: Round) -> Cue | None:
        """The words that say so: of the round's own sentences, or else the first of the text."""
        own = [cue for i in self.sentences[id(found)] for cue in self.reading.cues_of(i, "rumour")]
        every = (cue for row in self.reading.cues for cue in row if cue.kind == "rumour")
        return own[0] if own else next(every, None)

    def _choose(
        self, decision: str, found: Round, options: Sequence[tuple[Thing, list[str]]], none: list[str]
    ) -> Thing | None:
        """The likeliest of some things, or None where it is likelier that it is none of them."""
        if not options:
            return None
        shares = self.scorer.choose(decision, found, [*options, (None, ["none", *none])])
        best = shares.index(max(shares))
        return options[best][0] if best < len(options) else None

    def _news(self, found: Round) -> str:
        return "news" if found.is_headline else "past"

    def _near(self, found: Round, places: Sequence[Thing]) -> list[Thing]:
        """What stands in the sentences of a round, about them, or for the news at the head of the text."""
        own = self.sentences[id(found)]
        only = found.is_headline and self.kind != "several"
        around = {i for s in own for i in range(s - BACK, s + ON + 1)} | set(range(HEAD) if found.is_headline else ())
        kept = []
        for place in places:
            if only or place.sentence in around:
                kept.append((min(abs(place.sentence - s) for s in own), place.first, place))
        return [place for _, _, place in sorted(kept, key=lambda row: row[:2])[:MOST]]

    def _place(self, place: Place, found: Round) -> Iterator[str]:
        """Where something stands, seen from a round."""
        reading = self.reading
        news = self._news(found)
        own = self.sentences[id(found)]
        gap = min((place.sentence - s for s in own), key=abs)
        yield "bias"
        yield f"gap:{max(-4, min(gap, 5))}:{news}"
        if reading.sentences[place.sentence].is_title:
            yield f"title:{news}"
        elif place.sentence < HEAD:
            yield f"head:{news}"
        paragraphs = {reading.sentences[s].paragraph for s in own}
        yield f"paragraph:{'same' if reading.sentences[place.sentence].paragraph in paragraphs else 'other'}:{news}"
        back = range(place.sentence, max(-1, place.sentence - FAR), -1)
        owner = next((self.owner[i] for i in back if i in self.owner), None)
        if owner is not None and owner is not found:
            yield f"of-other:{'here' if place.sentence in self.owner else 'before'}:{news}"
        for event in found.events:
            if event.sentence == place.sentence and event.amount is not None:
                side = "before" if place.first < event.amount.first else "after"
                low, high = sorted((place.first, event.amount.first))
                yield f"{side}:{bucket(high - low)}:{news}"
                if any(i in reading.sum_starts for i in range(low + 1, high)):
                    yield f"{side}:sum-between"
            if event.sentence == place.sentence and event.first <= place.first < event.last:
                yield f"in-event:{news}"
        for cue in reading.cues[place.sentence]:
            if cue.kind not in TOLD:
                continue
            if 0 <= place.first - max(cue.last, cue.tail) <= BESIDE:
                yield f"after-cue:{cue.kind}:{news}"
            elif 0 <= cue.first - place.last <= BESIDE:
                yield f"before-cue:{cue.kind}:{news}"
            else:
                yield f"with:{cue.kind}:{news}"
        code, sentence = reading.words.code, reading.sentences[place.sentence]
        for step in (1, 2):
            if place.first - step >= sentence.first:
                yield f"{code}:-{step}:{reading.tokens[place.first - step].word}"
            if place.last + step - 1 < sentence.last:
                yield f"{code}:+{step}:{reading.tokens[place.last + step - 1].word}"

    def _stage(self, stage: PlacedStage, found: Round) -> Iterator[str]:
        code = stage.stage.code
        yield f"code:{'series' if code.startswith('series') else code}:{self._news(found)}"
        count, first = self.stages[code]
        yield f"same:{min(count, 3)}"
        if first == stage.first:
            yield "first-of-code"
        if self.reading.stages and self.reading.stages[0] is stage:
            yield "first"
        if found.stage is not None and found.stage is stage:
            yield "ruled"
        if found.stage is not None and found.stage.stage.code == code:
            yield "ruled-code"
        dates = [d for d in self.reading.dates_of[stage.sentence] if d.date.value.precision != "day"]
        if dates:
            yield f"with-date:{self._news(found)}"

    def _date(self, date: PlacedDate, found: Round) -> Iterator[str]:
        reading, value = date.date.reading, date.date.value
        news = self._news(found)
        yield f"reading:{reading}:{value.precision}:{news}"
        published = self.reading.published_on or self.reading.anchor
        if published is not None:
            days = (published.first_day - value.last_day).days
            age = next((name for limit, name in AGES if days <= limit), "old")
            yield f"age:{age}:{news}"
            yield f"age:{age}:{value.precision}:{news}"
        else:
            yield f"undated:{reading}:{value.precision}:{news}"
        if found.date is not None and found.date is date:
            yield f"ruled:{news}"
        if self.kind == "several":
            yield f"several:{reading}:{value.precision}:{news}"

    def _worth(self, placed: PlacedAmount, chance: float, found: Round) -> Iterator[str]:
        yield f"chance:{decile(chance)}"
        own = found.amount
        if own is not None and own.amount.value.currency == placed.amount.value.currency:
            yield "larger" if placed.amount.value.middle > own.amount.value.middle else "smaller"
        if own is placed:
            yield "raised-itself"
        for kind in ("post_money", "pre_money"):
            if self.reading.has(placed.sentence, kind):
                yield f"with:{kind}"

    def _rumour(self, found: Round) -> list[str]:
        """What speaks for talks rather than a deal."""
        reading = self.reading
        news = self._news(found)
        features = ["bias", f"bias:{news}", f"kind:{self.kind}:{news}"]
        titles = [s.index for s in reading.sentences if s.is_title]
        if any(reading.has(i, "rumour") for i in titles):
            features.append(f"title:{news}")
        head = sum(1 for row in reading.cues[:HEAD] for cue in row if cue.kind == "rumour")
        whole = self.rumours
        features += [f"head:{min(head, 3)}:{news}", f"whole:{min(whole, 4)}:{news}"]
        for event in found.events:
            here = event.amount.first if event.amount else event.first
            seen = False
            for cue in reading.cues[event.sentence]:
                if cue.kind == "rumour":
                    seen = True
                    side = "before" if cue.first < here else "after"
                    features.append(f"{side}:{bucket(abs(here - cue.first))}:{news}")
                    words = "_".join(token.word for token in reading.tokens[cue.first : cue.last])
                    features.append(f"{reading.words.code}:{words}")
                elif cue.kind in ("announced", "raise", "perfect", "closed_on", "expected", "source", "pluperfect"):
                    features.append(f"with:{cue.kind}:{news}")
            features.append("told-so" if seen else "told-plainly")
            if event.rumour is not None:
                features.append("ruled")
        if found.stage is not None:
            features.append(f"stage:{found.stage.stage.code}")
        if self.is_planned:
            features.append(f"future:{news}")
        return list(dict.fromkeys(features))
