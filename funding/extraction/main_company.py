"""Choose the company that a text is about, by how its names stand in the title, the lede and beside raised sums."""

from collections import defaultdict
from collections.abc import Sequence

from funding.extraction.companies import Cast, Group
from funding.extraction.reading import PlacedAmount, Reading
from funding.extraction.subjects import subject_before, target_after

# What speaks for and against a name being the company that raises.
IN_TITLE, OPENS_TITLE, EACH_TIME, MOST_TIMES = 3.0, 1.5, 0.6, 8
IS_SUBJECT, IS_TARGET, HAS_HEAD = 4.0, 4.0, 2.0
IS_INVESTOR, IS_FIRM, IS_PERSON, IS_PAPER, IS_PLACE = -4.0, -3.0, -7.0, -9.0, -4.0
TITLE, LEDE, LEDE_ENDS = 1.5, 1.3, 3  # how much more a sentence counts at the top of the text
LEAST = 2.0  # below this no name is the company


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
