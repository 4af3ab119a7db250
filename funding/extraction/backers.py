"""Weigh which names put money into which round, and who of them led it."""

from collections.abc import Iterator, Mapping, Sequence

from funding.extraction.companies import Cast, Group
from funding.extraction.events import Round, first_told, sentences_of
from funding.extraction.investors import Share
from funding.extraction.names import Name
from funding.extraction.parties import is_generic
from funding.extraction.reading import Reading
from funding.extraction.scoring import Scorer, bucket, decile
from funding.extraction.standing import Standing

SURE = 0.5
LEADS = 0.5
BACK, ON = 3, 6  # sentences before and after what is said of a round in which its investors stand
PAST = ("previous", "pluperfect")
CUES = frozenset({"lead_by", "leads", "joins", "joins_after", "inject", "raise", "round", "fund", "acquisition",
                  "founder", "founded_by", "officer", "source", "total", "valued", "previous", "pluperfect",
                  "backer", "customer", "adviser"})  # fmt: skip
FAR = 40  # sentences over which a text still speaks of a round
MOST_MENTIONS = 40  # of a party that are looked at
REACH = 9  # tokens in which a cue is near a name or its row


class BackerReader:
    """Finds the investors of the rounds of one text."""

    def __init__(
        self, reading: Reading, cast: Cast, standing: Standing, rounds: Sequence[Round], scorer: Scorer
    ) -> None:
        self.reading = reading
        self.cast = cast
        self.standing = standing
        self.rounds = rounds
        self.scorer = scorer
        self.companies = {found.company.key for found in rounds if found.is_headline}
        self.sentences = sentences_of(rounds)
        self.owner = first_told(rounds)

    def of(self, found: Round, ruled: Mapping[str, Share]) -> list[Share]:
        """The investors of a round, leads first; `ruled` are those that a cue names, by their party's key."""
        near = self._near(found)
        features = {group.key: self.features(found, group, ruled.get(group.key)) for group in near}
        first = {
            group.key: self.scorer.ask("investor", (found, group), features[group.key]) for group in near
        }  # what each looks like by itself
        kept = []
        for group in near:
            own = features[group.key] + self._beside(group, first)
            if self.scorer.ask("backer", (found, group), own) >= SURE:
                kept.append((group, own))
        kept.sort(key=lambda row: row[0].names[0].first)
        shares = []
        for place, (group, own) in enumerate(kept):
            ranked = [*own, f"order:{min(place, 3)}/{min(len(kept), 4)}"]
            is_lead = self.scorer.ask("lead", (found, group), ranked) >= LEADS
            shares.append(self._share(found, group, is_lead, ruled.get(group.key)))
        return sorted(shares, key=lambda share: (not share.is_lead, share.name.first))

    def _beside(self, group: Group, first: Mapping[str, float]) -> list[str]:
        """How likely the names in a row with a party put money in: they mostly all did, or none of them."""
        features = [f"self:{decile(first[group.key])}"]
        for name in group.names[:6]:
            mates = [self.cast.group(other).key for other in self.standing.runs[name.first].names]
            chances = [first[key] for key in mates if key != group.key and key in first]
            if chances:
                features.append(f"mates:{decile(sum(chances) / len(chances))}")
                features.append(f"best-mate:{decile(max(chances))}")
            else:
                features.append("alone")
        return list(dict.fromkeys(features))

    def _share(self, found: Round, group: Group, is_lead: bool, ruled: Share | None) -> Share:
        """What is said of an investor; who led only where words near its name say that somebody did."""
        name = ruled.name if ruled else self._nearest(found, group)
        if ruled is not None and ruled.is_lead == is_lead:
            return Share(group, name, ruled.cue, is_lead, ruled.rule)
        said = self.reading.words_near(group.names[:MOST_MENTIONS], "lead_by", "leads") if is_lead else None
        if said is None:
            return Share(group, name, None, False, "join.near")
        return Share(group, said[0], said[1], True, "lead.near")

    def _nearest(self, found: Round, group: Group) -> Name:
        sentences = self.sentences[id(found)]
        body = [
            n
            for n in group.names[:MOST_MENTIONS]
            if not self.reading.sentences[self.reading.sentence_of(n.first)].is_title
        ]
        return min(
            body or group.names,
            key=lambda name: (min(abs(self.reading.sentence_of(name.first) - s) for s in sentences), name.first),
        )

    def _near(self, found: Round) -> list[Group]:
        """The parties that may have put money in: all of the text for its only news, else those close by."""
        reading = self.reading
        only = found.is_headline and sum(r.is_headline for r in self.rounds) == 1
        own = self.sentences[id(found)]
        if only:
            groups = list(self.cast.groups.values())
        else:
            around = sorted({i for s in own for i in range(max(0, s - BACK), min(len(reading.sentences), s + ON + 1))})
            names = [
                n for i in around for n in reading.names_in(reading.sentences[i].first, reading.sentences[i].last)
            ]
            groups = list({(group := self.cast.group(name)).key: group for name in names}.values())
        return [
            g
            for g in groups
            if g.key != found.company.key and self.standing.kind(g) != "paper" and not is_generic(g.names[0], reading)
        ]

    def features(self, found: Round, group: Group, ruled: Share | None) -> list[str]:
        """The features of a party beside a round."""
        news = "news" if found.is_headline else "past"
        features = ["bias", f"round:{news}", f"rule:{ruled.rule if ruled else 'none'}:{news}"]
        if ruled is not None:
            features.append("ruled-lead" if ruled.is_lead else "ruled-join")
        elif len(self.rounds) == 1:
            features.append("only-round")
        if group.key in self.companies:
            features.append("raises-itself")
        features += [f for f in self.standing.features(group) if not f.startswith(("title-place", "first:"))]
        own = self.sentences[id(found)]
        for name in group.names[:6]:
            features += self._mention(name, found, own, news)
        return list(dict.fromkeys(features))

    def _mention(self, name: Name, found: Round, own: Sequence[int], news: str) -> Iterator[str]:
        """What one mention has to do with the round."""
        reading = self.reading
        index = reading.sentence_of(name.first)
        gap = min((index - s for s in own), key=abs)
        yield f"gap:{max(-3, min(gap, 4))}:{news}"
        back = next((i for i in range(index, max(-1, index - FAR), -1) if i in self.owner), None)
        if back is not None and self.owner[back] is not found:
            yield f"of-other:{'same' if back == index else 'before'}:{news}"
        elif back is not None:
            yield f"of-own:{min(index - back, 3)}:{news}"
        paragraph = reading.sentences[index].paragraph
        if any(reading.sentences[s].paragraph == paragraph for s in own):
            yield f"paragraph:{news}"
        for kind in PAST:
            if reading.has(index, kind):
                yield f"with:{kind}:{news}"
        run = self.standing.runs[name.first]
        for cue in reading.cues[index]:
            if cue.kind not in CUES:
                continue
            end = max(cue.last, cue.tail)
            if 0 <= run.first - end <= REACH:
                yield f"row-from:{cue.kind}:{bucket(run.first - end)}"
            elif 0 <= cue.first - run.last <= REACH:
                yield f"row-to:{cue.kind}:{bucket(cue.first - run.last)}"
            if name.first == run.first and 0 <= name.first - end <= 3:
                yield f"first-after:{cue.kind}"
            if name.last == run.last and 0 <= cue.first - name.last <= 3:
                yield f"last-before:{cue.kind}"
        if name.first == run.first:
            yield "row-head"
        yield from self._words(run.first, run.last, index)
        if reading.amounts_of[index]:
            yield "with-sum"

    def _words(self, first: int, last: int, index: int) -> Iterator[str]:
        """The words before and after a row of names, in their language."""
        sentence, tokens, code = self.reading.sentences[index], self.reading.tokens, self.reading.words.code
        for step in (1, 2, 3):
            if first - step >= sentence.first:
                yield f"{code}:row-{step}:{tokens[first - step].word}"
            if last + step - 1 < sentence.last:
                yield f"{code}:row+{step}:{tokens[last + step - 1].word}"
