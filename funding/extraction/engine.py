"""Read one text: run the finders in order and write down what they found as mentions and facts."""

from collections import Counter
from collections.abc import Mapping

from funding.extraction import vocabulary
from funding.extraction.about import CompanyReader, Finding, sources
from funding.extraction.attribution import Attribution
from funding.extraction.backers import BackerReader
from funding.extraction.companies import Cast, Group
from funding.extraction.confidence import Scope, confidence_of
from funding.extraction.details import DetailReader
from funding.extraction.events import Round
from funding.extraction.facts import Extraction, Fact, Mention, MentionKind, Span
from funding.extraction.headlines import HeadlineReader
from funding.extraction.investors import InvestorFinder, Share
from funding.extraction.language import detect_language
from funding.extraction.main_company import KINDS, TextReader, likeliest, rank_companies
from funding.extraction.names import Name
from funding.extraction.people import PeopleFinder, Person
from funding.extraction.profile import ProfileReader
from funding.extraction.reading import Reading
from funding.extraction.rounds import RoundFinder
from funding.extraction.scoring import Scorer, shipped
from funding.extraction.sectors import find_sectors
from funding.extraction.standing import Standing
from funding.extraction.sums import read_sums
from funding.extraction.valuations import Valuation, ValuationFinder
from funding.values import PartialDate, Reference, Text, Undisclosed, Value

ENGINE_VERSION = "2"


def extract(
    text: str,
    *,
    language: str | None = None,
    published_on: PartialDate | None = None,
    title: str | None = None,
    publisher: str | None = None,
    scorer: Scorer | None = None,
) -> Extraction:
    """All that a text says about funding, each value with the words that say it.

    `language` is detected where it is None; a text in a language without a vocabulary yields nothing. Dates such as
    "last May" are read against `published_on`, and stay out where neither it nor a dateline is known.
    """
    code = language if language else detect_language(text)
    if code is None or code not in vocabulary.languages():
        return Extraction(code or "", (), ())
    words = vocabulary.load(code)
    reading = Reading(words.document(text, title), words, published_on, publisher)
    return Writer(reading, publisher, scorer or shipped()).write()


EXTENSION = "extension"


class Writer:
    """Writes the mentions and facts of one reading."""

    def __init__(self, reading: Reading, publisher: str | None, scorer: Scorer) -> None:
        self.reading = reading
        self.scorer = scorer
        self.roles, self.raised, worth = read_sums(reading, scorer)
        self.cast = Cast(reading, publisher)
        self.standing = Standing(reading, self.cast, self.raised)
        self.ranking = rank_companies(self.cast, self.standing, scorer)
        self.main = self.ranking[0][1] if self.ranking else None
        self.worth = worth
        attribution = Attribution(reading, self.cast, self.standing, self.ranking, scorer)
        self.finder = RoundFinder(reading, self.roles, self.raised, self.cast, self.main, attribution)
        self.mentions: list[Mention] = []
        self.facts: list[Fact] = []
        self.keys: dict[tuple[str, str], str] = {}
        self.counts: Counter[str] = Counter()
        self.scopes: dict[str, Scope] = {}
        self.chances: dict[str, float] = {}  # how likely the round is what is told, by what is said of it

    def write(self) -> Extraction:
        """Run the finders and put their findings in order."""
        rounds = self.finder.find()
        text = TextReader(self.reading, self.standing, self.raised, self.ranking).features(rounds)
        self.kinds = self.scorer.label("kind", None, text, KINDS)
        main_key = self.ranking[0][1].key if self.ranking else ""
        headlines = HeadlineReader(self.reading, self.standing, text, self.kinds, main_key, self.raised, self.scorer)
        headlines.mark(rounds)
        rounds = headlines.told(rounds)
        self.finder.keep(rounds)
        ruled = InvestorFinder(self.reading, self.cast, self.finder)
        ruled.find()
        reader = BackerReader(self.reading, self.cast, self.standing, rounds, self.scorer)
        investors = {id(found): reader.of(found, ruled.by_key(found)) for found in rounds}
        self.details = DetailReader(self.reading, rounds, self.worth, self.scorer, likeliest(self.kinds))
        values = {id(found): self.details.valuation(found) for found in rounds}
        valuations = ValuationFinder(self.reading, self.cast, self.finder).find(values)
        rounds.sort(key=lambda found: not found.is_headline)
        headline = list({r.company.key: r.company for r in rounds if r.is_headline}.values())
        for found in rounds:
            self._company(found)
        for number, found in enumerate(rounds):
            self._round(number, found, investors[id(found)], valuations.get(id(found)))
        shares = frozenset(share.group.key for found in rounds for share in investors[id(found)])
        self._companies(headline, shares)
        return Extraction(self.reading.words.code, tuple(self.mentions), tuple(self.facts), self._cites())

    def _key(
        self, kind: MentionKind, group: Group, name: str, *, is_headline: bool = False, chance: float | None = None
    ) -> str:
        """The mention of a party, made where it is new."""
        known = self.keys.get((kind, group.key))
        if known is not None:
            return known
        key = f"{kind}:{self.counts[kind]}"
        self.counts[kind] += 1
        self.keys[kind, group.key] = key
        self.mentions.append(Mention(key, kind, name, is_headline, chance))
        if chance is not None:
            self.chances[key] = chance
        self._add(key, "name", Text(name), _named(group, group.names[0])[:1], "name")
        return key

    def _company(self, found: Round) -> str:
        """The mention of a round's company; rounds that are the news come first."""
        chance = found.chance if found.is_headline else None
        group = found.company
        return self._key("company", group, group.text, is_headline=found.is_headline, chance=chance)

    def _add(
        self, subject: str, field: str, value: Value, spans: tuple[Span, ...], rule: str,
        qualifiers: Mapping[str, str | int | bool] | None = None,
    ) -> None:  # fmt: skip
        confidence = confidence_of(self.scopes.get(subject, "company"), field, rule, self.chances.get(subject))
        self.facts.append(Fact(subject, field, value, spans, rule, confidence, dict(qualifiers or {})))

    def _round(self, number: int, found: Round, investors: list[Share], valuation: Valuation | None) -> None:
        """The facts of one round."""
        key = f"round:{number}"
        company = self._company(found)
        stage = self.details.stage(found)
        label = self.reading.document.quote(stage.stage.span) if stage else ""
        name = f"{found.company.text} ({label})" if label else found.company.text
        self.mentions.append(Mention(key, "round", name, found.is_headline, found.chance))
        event = next((e for e in found.events if e.name), found.events[0])
        self.scopes[key] = "headline" if found.is_headline else "other"
        self.chances[key] = found.chance
        spans = _named(found.company, event.name or found.company.names[0])
        self._add(key, "company", Reference(company), spans, event.rule)
        self._announced(key, found)
        self._closed(key, found)
        amount = found.amount
        silent = next((e.undisclosed for e in found.events if e.undisclosed), None)
        if amount is not None:
            self._add(key, "raised", amount.amount.value, amount.amount.spans, event.rule)
        elif silent is not None:
            self._add(key, "raised", Undisclosed(), (silent,), "raise.undisclosed")
        if stage is not None:
            said = {"label": label} | ({"is_extension": True} if self._is_extension(found) else {})
            self._add(key, "stage", Text(stage.stage.code), (stage.stage.span,), "stage", said)
        self._status(key, found)
        for share in investors:
            party = self._key("investor", share.group, share.group.text)
            spans = _named(share.group, share.name)
            spans += (share.cue,) if share.cue and share.is_lead else ()
            lead = {"is_lead": True} if share.is_lead else {}
            self._add(key, "participation", Reference(party), spans, share.rule, lead)
        if valuation is not None:
            self._valuation(key, valuation)

    def _announced(self, key: str, found: Round) -> None:
        """The date of a round: its own, or for the news without one that of publication."""
        date, published = self.details.date(found), self.reading.published_on
        if date is not None:
            self._add(key, "announced_on", date.date.value, date.date.spans, f"date.{date.date.reading}")
        elif found.is_headline and published is not None:
            self._add(key, "announced_on", published, (), "published_on")
        elif found.is_headline and self.reading.dateline is not None:
            line = self.reading.dateline
            self._add(key, "announced_on", line.value, (line.span,), "date.dateline")

    def _closed(self, key: str, found: Round) -> None:
        """The date of closing, where a word for it stands right before."""
        for event in found.events:
            for cue in self.reading.cues_of(event.sentence, "closed_on"):
                for date in self.reading.dates_of[event.sentence]:
                    if event.first <= cue.first < event.last and -1 <= date.first - cue.last <= 0:
                        rule = f"date.{date.date.reading}"
                        self._add(key, "closed_on", date.date.value, date.date.spans, rule)
                        return

    def _is_extension(self, found: Round) -> bool:
        """Whether a sentence that tells of the round calls it an extension or a further close of one."""
        sentences = {event.sentence for event in found.events}
        return any(s.stage.code == EXTENSION for index in sentences for s in self.reading.stages_of[index])

    def _status(self, key: str, found: Round) -> None:
        """Closed, unless the words only speak of talks and plans."""
        rumour = self.details.rumour_cue(found)
        if rumour is not None and self.details.is_rumour(found):
            self._add(key, "status", Text("rumoured"), (self.reading.cue_span(rumour),), "status.rumour")
            return
        told = [event for event in found.events if not self.reading.sentences[event.sentence].is_title] or found.events
        event = next((e for e in told if e.amount), told[0])
        verb = next(
            iter(self.reading.cues_of(event.sentence, "raise", "pluperfect", "inject", "leads", "round")), None
        )
        sentence = self.reading.sentences[event.sentence]
        span = self.reading.cue_span(verb) if verb else Span(sentence.start, sentence.end)
        self._add(key, "status", Text("closed"), (span,), "status.closed")

    def _valuation(self, key: str, valuation: Valuation) -> None:
        if valuation.placed is not None:
            basis = {"basis": valuation.basis} if valuation.basis else {}
            spans = valuation.placed.amount.spans
            if valuation.basis_span is not None:
                spans = (*spans, valuation.basis_span)
            self._add(key, "valuation", valuation.placed.amount.value, spans, "valuation.cue", basis)
        if valuation.ratio is not None:
            self._add(key, "valuation_ratio", valuation.ratio, valuation.ratio_spans, "ratio.previous")
        if valuation.unicorn is not None and valuation.placed is None:
            self._add(key, "is_unicorn", Text("yes"), (valuation.unicorn,), "valuation.unicorn")

    def _companies(self, headline: list[Group], shares: frozenset[str]) -> None:
        """The facts of the companies whose rounds are the news, and of their people."""
        findings = CompanyReader(self.reading, self.roles, self.cast, headline).read()
        findings = [finding for group in headline for finding in self._seats(group, findings, headline)] + [
            finding for finding in findings if finding.field != "headquarters" or finding.rule == "based.adjective"
        ]
        for finding in _settled(findings):
            key = self.keys["company", finding.company]
            self._add(key, finding.field, finding.value, finding.spans, finding.rule, finding.qualifiers)
        for group in headline[:1] if len(headline) == 1 else []:
            for sector in find_sectors(self.reading, group, self.cast):
                self._add(self.keys["company", group.key], "sector", sector.value, sector.spans, "sector.word")
        for group in headline:
            for person in self._people(group, shares, headline):
                chance = self.chances.get(self.keys["company", group.key])
                key = self._key("person", person.group, person.group.text, chance=chance)
                spans = (*_named(group, group.names[0])[:1], person.name.span, person.cue)
                self._add(key, "company", Reference(self.keys["company", group.key]), spans, person.rule)
                role = person.role or person.cue
                qualifiers = {"is_founder": True} if person.is_founder else {}
                said = (
                    self.reading.document.quote(role) if person.role else self.reading.words.names["founder_word"][0]
                )
                words, rule = Text(said), person.rule if person.role is None else "role.title"
                quotes = tuple(dict.fromkeys((role, person.cue, person.name.span)))
                self._add(key, "role", words, quotes, rule, qualifiers)

    def _profile(self, group: Group, headline: list[Group]) -> ProfileReader:
        return ProfileReader(self.reading, self.cast, self.standing, group, self.scorer, only=len(headline) == 1)

    def _seats(self, group: Group, findings: list[Finding], headline: list[Group]) -> list[Finding]:
        """Where the company sits, by what stands around the names of places."""
        own = [f for f in findings if f.company == group.key and f.field == "headquarters"]
        ruled = {f.value.text: f.rule for f in own if isinstance(f.value, Text)}
        return [
            Finding(group.key, "headquarters", Text(name.text), spans, "based.near", 0.9)
            for name, spans in self._profile(group, headline).seats(ruled)
        ]

    def _people(self, group: Group, shares: frozenset[str], headline: list[Group]) -> list[Person]:
        """The founders and officers of a company; who is a founder is weighed, what officers do is read by rule."""
        ruled = PeopleFinder(self.reading, self.cast, group, shares).find() if len(headline) == 1 else []
        by_key = {person.group.key: person for person in ruled}
        rules = {key: person.rule for key, person in by_key.items() if person.is_founder}
        people = []
        for party, name, cue in self._profile(group, headline).founders(rules, shares):
            known = by_key.pop(party.key, None)
            if known is not None and known.is_founder:
                people.append(known)
            else:
                people.append(Person(party, name, None, cue, True, "founder.near"))
        return people + [person for person in by_key.values() if not person.is_founder]

    def _cites(self) -> tuple[str, ...]:
        """The papers named as sources in the sentences that speak of rounds."""
        found: dict[str, None] = {}
        for index in sorted(self.finder.by_sentence):
            for span in sources(index, self.reading):
                found.setdefault(self.reading.document.quote(span))
        return tuple(found)


def _named(group: Group, name: Name) -> tuple[Span, ...]:
    """The words that name a party: its fullest form, then the one that stands here."""
    fullest = name if name.text == group.text else next((n for n in group.names if n.text == group.text), name)
    return tuple(dict.fromkeys((fullest.span, name.span)))


def _settled(findings: list[Finding]) -> list[Finding]:
    """One year of founding and one headcount for each company, the strongest first; a place or sum said twice once."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (bool(f.qualifiers.get("is_expected")), -f.strength)):
        same = [f for f in kept if f.company == finding.company and f.field == finding.field]
        if any(f.value == finding.value and dict(f.qualifiers) == dict(finding.qualifiers) for f in same):
            continue
        single = (
            finding.field in ("founded_on", "total_raised", "revenue")
            or finding.field == "employees"
            and not finding.qualifiers
        )
        if single and any(dict(f.qualifiers).get("place") is None for f in same):
            continue
        kept.append(finding)
    return sorted(kept, key=lambda f: (f.spans[0], f.field))
