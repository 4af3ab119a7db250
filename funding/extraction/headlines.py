"""Say which rounds are the news of a text: its company's newest, or in a roundup every company's."""

from collections.abc import Iterator, Sequence

from funding.extraction.events import Round
from funding.extraction.main_company import KINDS, likeliest
from funding.extraction.reading import Reading
from funding.extraction.scoring import Scorer, bucket, decile
from funding.extraction.standing import Standing

SURE = 0.35  # from here a round of a roundup is news
RAISED = 0.5  # from here a sum was raised
SEVERAL = 0.5
PAST = ("previous", "pluperfect", "perfect")


class HeadlineReader:
    """Tells the news from the past among the rounds of one text."""

    def __init__(
        self, reading: Reading, standing: Standing, text: list[str], kinds: Sequence[float], main_key: str,
        raised: dict[int, float], scorer: Scorer,
    ) -> None:  # fmt: skip
        self.reading = reading
        self.standing = standing
        self.kinds = kinds
        self.text = text
        self.main_key = main_key
        self.raised = raised
        self.scorer = scorer

    def mark(self, rounds: Sequence[Round]) -> None:
        """Mark the rounds that the article reports, at most one for each company."""
        options = [(found, self.features(found, rounds)) for found in rounds]
        if self.kinds[KINDS.index("several")] < SEVERAL:
            shares = self.scorer.choose("news", None, [*options, (None, self.text)])
            best = shares.index(max(shares))
            if best < len(rounds):
                rounds[best].is_headline = True
                rounds[best].chance = shares[best]
            return
        chances = [(self.scorer.ask("headline", found, features), -i) for i, (found, features) in enumerate(options)]
        seen: set[str] = set()
        for chance, place in sorted(chances, reverse=True):
            found = rounds[-place]
            if chance >= SURE and found.company.key not in seen:
                found.is_headline = True
                found.chance = chance
                seen.add(found.company.key)

    def told(self, rounds: Sequence[Round]) -> list[Round]:
        """The rounds without those that are no news and rest on a sum that was hardly raised."""
        for found in rounds:
            if not found.is_headline:
                found.chance = self._chance(found)
        return [r for r in rounds if r.is_headline or (self._chance(r) >= RAISED and r.events[0].rule != "raise.bare")]

    def _chance(self, found: Round) -> float:
        """How likely the sum of a round was raised; 1 where it has none."""
        sums = [event.amount for event in found.events if event.amount is not None]
        return max((self.raised.get(self.reading.sum_starts.get(p.first, -1), 0.0) for p in sums), default=1.0)

    def features(self, found: Round, rounds: Sequence[Round]) -> list[str]:
        """The features of a round among all those of the text."""
        reading = self.reading
        kind = likeliest(self.kinds)
        is_main = found.company.key == self.main_key
        features = ["bias", f"kind:{kind}:{'main' if is_main else 'other'}"]
        features += [f"kind-{name}:{decile(chance)}" for name, chance in zip(KINDS, self.kinds, strict=True)]
        features.append(f"company:{self.standing.kind(found.company)}")
        features += self._events(found)
        features += self._age(found)
        own = [r for r in rounds if r.company.key == found.company.key]
        features.append(f"own:{min(len(own), 3)}:{min(own.index(found), 2)}")
        sums = [r.amount.amount.value.middle for r in own if r.amount]
        if found.amount is None:
            features.append("no-sum" if sums else "no-sum-at-all")
        else:
            place = reading.sum_starts.get(found.amount.first, -1)
            features.append(f"raised:{decile(self.raised.get(place, 0.0))}")
            if found.amount.amount.value.middle == max(sums):
                features.append("largest")
        fresh = [r for r in own if not r.is_previous]
        features.append(f"fresh-others:{min(len([r for r in fresh if r is not found]), 2)}")
        features.append("is-previous" if found.is_previous else "is-fresh")
        static = set(self.standing.features(found.company))
        features += [f"company:{f}" for f in ("titled", "most", "head-before") if f in static]
        paragraphs = {reading.sentences[e.sentence].paragraph for r in rounds if r is not found for e in r.events}
        mine = {reading.sentences[e.sentence].paragraph for e in found.events}
        features.append("paragraph-shared" if mine & paragraphs else "paragraph-own")
        return features

    def _events(self, found: Round) -> Iterator[str]:
        """What the sentences say that speak of it, and where they stand."""
        reading = self.reading
        first = min(event.sentence for event in found.events)
        yield f"events:{min(len(found.events), 4)}"
        yield f"first:{bucket(first)}"
        yield f"paragraph:{min(reading.sentences[first].paragraph, 8)}"
        if any(event.is_title for event in found.events):
            yield "in-title"
        for event in found.events:
            sentence = reading.sentences[event.sentence]
            here = event.amount.first if event.amount else event.first
            yield f"rule:{event.rule}"
            starts = not sentence.index or reading.sentences[sentence.index - 1].paragraph != sentence.paragraph
            if starts and (event.name and event.name.first - sentence.first <= 3):
                yield "opens-paragraph"
            if event.is_aside:
                yield "aside"
            for cue in reading.cues[event.sentence]:
                if cue.kind in PAST or cue.kind in ("rumour", "lead_by", "joins_after", "leads", "announced"):
                    side = "before" if cue.first < here else "after"
                    yield f"{side}:{cue.kind}:{bucket(abs(here - cue.first))}"
            for cue in reading.cues[event.sentence - 1] if event.sentence else ():
                if cue.kind in PAST:
                    yield f"last:{cue.kind}"
            if not event.sentence or event.is_title:
                continue
            tokens = reading.tokens[sentence.first : min(sentence.first + 3, sentence.last)]
            for token in tokens:
                yield f"{reading.words.code}:opens:{token.word}"
        if found.stage is not None:
            yield f"stage:{found.stage.stage.code}"

    def _age(self, found: Round) -> Iterator[str]:
        """How old the dates are that stand with it."""
        anchor = self.reading.anchor
        dates = [event.date.date for event in found.events if event.date]
        if not dates:
            yield "dateless"
        for date in dates:
            yield f"reading:{date.reading}:{date.value.precision}"
            if anchor is not None:
                days = (anchor.first_day - date.value.last_day).days
                yield f"age:{'now' if days <= 3 else 'week' if days <= 14 else 'month' if days <= 62 else 'old'}"
            else:
                yield f"undated:{date.reading}:{date.value.precision}"
