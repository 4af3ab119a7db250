"""Give every raised sum its company: the one that the text is about, or another that stands near the sum."""

from bisect import bisect_left
from collections.abc import Iterator

from funding.extraction.companies import Cast, Group
from funding.extraction.names import Name
from funding.extraction.reading import PlacedAmount, Reading
from funding.extraction.scoring import Scorer, bucket, decile
from funding.extraction.standing import Standing
from funding.extraction.subjects import is_candidate

BACK = 4  # sentences before a sum in which its company may be named last
NEAREST = 6  # mentions of a company before and after a sum that are looked at
BESIDE = 4  # tokens in which a cue is beside a name
LONGEST = 30  # sentences of a paragraph that are looked at
MOST = 14  # companies that are weighed for one sum


class Attribution:
    """Finds the company of each raised sum of one text."""

    def __init__(
        self, reading: Reading, cast: Cast, standing: Standing, ranking: list[tuple[float, Group]], scorer: Scorer
    ) -> None:
        self.reading = reading
        self.cast = cast
        self.standing = standing
        self.scorer = scorer
        self.chances = {group.key: chance for chance, group in ranking}
        self.main = ranking[0][1] if ranking else None
        sure = {
            reading.sentences[placed.sentence].paragraph
            for i, placed in enumerate(reading.amounts)
            if standing.raised.get(i, 0.0) >= 0.5 and not reading.sentences[placed.sentence].is_title
        }
        self._paragraphs: dict[int, list[Name]] = {}
        self.spread = min(len(sure), 5)  # paragraphs that tell of a raised sum

    def company_of(self, placed: PlacedAmount, guess: Group | None, rule: str) -> tuple[Group, Name | None] | None:
        """The company that raised a sum, with its name in the same sentence if it has one there, or None.

        `guess` is the company that the sentence's grammar points at by the named rule.
        """
        groups = self._near(placed, guess)
        if not groups:
            return None
        options = [(group, self.features(placed, group, guess, rule, groups)) for group in groups]
        shares = self.scorer.choose("company", placed, options)
        chosen = groups[shares.index(max(shares))]
        sentence = self.reading.sentences[placed.sentence]
        place = bisect_left(chosen.names, sentence.first, key=lambda name: name.first)
        own = [name for name in chosen.names[place : place + NEAREST] if name.first < sentence.last]
        return chosen, min(own, key=lambda name: abs(name.first - placed.first)) if own else None

    def _near(self, placed: PlacedAmount, guess: Group | None) -> list[Group]:
        """The companies that may have raised the sum: the main one, and those named in or before its sentence."""
        reading = self.reading
        sentence = reading.sentences[placed.sentence]
        first = reading.sentences[max(0, placed.sentence - BACK)].first
        names = sorted(reading.names_in(first, sentence.last), key=lambda name: abs(name.first - placed.first))
        found = [group for group in (self.main, guess) if group is not None]
        found += [self.cast.group(name) for name in names]
        kept = [g for g in {group.key: group for group in found}.values() if self.standing.kind(g) != "paper"]
        return kept[:MOST]

    def features(
        self, placed: PlacedAmount, group: Group, guess: Group | None, rule: str, rivals: list[Group]
    ) -> list[str]:
        """The features of a company beside a sum."""
        reading = self.reading
        found = [f"kind:{self.standing.kind(group)}", f"chance:{decile(self.chances.get(group.key, 0.0))}"]
        is_main = self.main is not None and group.key == self.main.key
        here = reading.sentences[placed.sentence]
        is_title = "title" if here.is_title else "body"
        found.append(f"{'main' if is_main else 'other'}:spread:{self.spread}")
        found += self._order(placed, group, is_main)
        if guess is not None and guess.key == group.key:
            found += [f"guess:{rule}", "guess:main" if is_main else "guess:other"]
        place = bisect_left(group.names, placed.first, key=lambda name: name.first)
        before = group.names[max(0, place - NEAREST) : place]
        after = [name for name in group.names[place : place + NEAREST] if placed.last <= name.first < here.last]
        same = [name for name in before if name.first >= here.first]
        if same:
            found += self._beside(same[-1], placed, "before", is_main)
        if after:
            found += self._beside(after[0], placed, "after", is_main)
        if not same and not after:
            if before:
                index = reading.sentence_of(before[-1].first)
                back = placed.sentence - index
                is_same = reading.sentences[index].paragraph == here.paragraph
                found.append(
                    f"back:{min(back, 5)}:{'paragraph' if is_same else 'apart'}:{'main' if is_main else 'no'}"
                )
                if is_candidate(before[-1], before[-1].first, reading, self.cast):
                    found.append("back:free")
            else:
                found.append("later")
            others = reading.names_in(here.first, placed.first)
            found.append(f"absent:{min(len(others), 3)}:{'main' if is_main else 'no'}:{is_title}")
        own = {self.standing.kind(rival) for rival in rivals if rival.key != group.key}
        if "name" not in own:
            found.append("alone")
        static = set(self.standing.features(group))
        found += [f for f in ("legal", "head-before", "firm-word", "institution", "titled") if f in static]
        return found

    def _order(self, placed: PlacedAmount, group: Group, is_main: bool) -> Iterator[str]:
        """Whether a company is the first named in the paragraph, or the last one before the sum."""
        which = "main" if is_main else "other"
        firms = [name for name in self._firms(placed) if name.first < placed.first]
        if firms and self.cast.group(firms[0]).key == group.key:
            yield f"first-firm:{which}"
            yield f"first-firm:spread:{self.spread}"
        if firms and self.cast.group(firms[-1]).key == group.key:
            yield f"last-firm:{which}"
        if not firms:
            yield f"no-firm:{which}:{self.spread}"
        elif all(self.cast.group(name).key != group.key for name in firms):
            yield f"not-in-paragraph:{which}:{self.spread}"

    def _firms(self, placed: PlacedAmount) -> list[Name]:
        """The names in the paragraph of a sum that may be companies'."""
        paragraph = self.reading.sentences[placed.sentence].paragraph
        if paragraph not in self._paragraphs:
            first, last = placed.sentence, placed.sentence
            sentences = self.reading.sentences
            while first and sentences[first - 1].paragraph == paragraph and placed.sentence - first < LONGEST:
                first -= 1
            while last + 1 < len(sentences) and sentences[last + 1].paragraph == paragraph and last - first < LONGEST:
                last += 1
            names = self.reading.names_in(sentences[first].first, sentences[last].last)
            self._paragraphs[paragraph] = [n for n in names if self.standing.kind(self.cast.group(n)) == "name"]
        return self._paragraphs[paragraph]

    def _beside(self, name: Name, placed: PlacedAmount, side: str, is_main: bool) -> Iterator[str]:
        """What stands between a name and the sum of its sentence."""
        reading = self.reading
        here = reading.sentences[placed.sentence]
        low, high = (name.last, placed.first) if side == "before" else (placed.last, name.first)
        which = "main" if is_main else "other"
        yield f"{side}:{bucket(high - low)}"
        yield f"{side}:{which}"
        between = reading.names_in(low, high)
        yield f"{side}:names:{min(len(between), 3)}"
        if any(i in reading.sum_starts for i in range(low, high)):
            yield f"{side}:sum-between"
        kinds = {cue.kind for cue in reading.cues[placed.sentence] if low <= cue.first and cue.last <= high}
        for kind in kinds:
            yield f"{side}:between:{kind}"
        for cue in reading.cues[placed.sentence]:
            if 0 <= name.first - max(cue.last, cue.tail) < BESIDE:
                yield f"after-cue:{cue.kind}"
            elif 0 <= cue.first - name.last < BESIDE:
                yield f"before-cue:{cue.kind}"
        if name.first - here.first <= 2:
            starts = not here.index or reading.sentences[here.index - 1].paragraph != here.paragraph
            yield "opens-paragraph" if starts else "opens-sentence"
        yield "free" if is_candidate(name, here.first, reading, self.cast) else "bound"
        run = self.standing.runs[name.first]
        yield f"row:{min(len(run.names), 3)}"
        if name.first > here.first:
            yield f"{reading.words.code}:-1:{reading.tokens[name.first - 1].word}"
        if name.last < here.last:
            yield f"{reading.words.code}:+1:{reading.tokens[name.last].word}"
