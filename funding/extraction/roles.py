"""Say what every sum of a text is: raised, a valuation, a total, revenue, a part of a round, or none of these."""

from collections.abc import Mapping

from funding.extraction.reading import PlacedAmount, Reading
from funding.extraction.vocabulary import Cue
from funding.values import agree

# What a cue makes of the sum beside it, and the handicap it starts with.
ROLES: Mapping[str, tuple[str, int]] = {
    "raise": ("raised", 0),
    "round": ("raised", 0),
    "inject": ("raised", 0),
    "leads": ("raised", 1),
    "valued": ("valuation", 0),
    "post_money": ("valuation", 1),
    "pre_money": ("valuation", 1),
    "total": ("total", 0),
    "revenue": ("revenue", 0),
    "other_money": ("other", 0),
    "fund": ("other", 0),
    "acquisition": ("other", 0),
    "listing": ("other", 0),
}
REACH = 26  # what a cue may cost and still say what the sum is
CLOSE = frozenset(
    {"valued", "post_money", "pre_money", "revenue", "other_money", "total"}
)  # said right after its sum as well as before it
AFTER = 3  # extra for a cue that follows its sum
# Cues that say it of a sum before them only from close by: "a $2bn valuation", "$9m in revenue".
AFTER_REACH: Mapping[str, int] = {
    "raise": 2,
    "round": 6,
    "inject": 3,
    "leads": 0,
    "valued": 2,
    "post_money": 3,
    "pre_money": 3,
    "total": 4,
    "revenue": 3,
    "other_money": 4,
    "fund": 5,
    "acquisition": 2,
    "listing": 4,
}
STOPS: Mapping[str, int] = {",": 2, ";": 14, ":": 3, "(": 3, ")": 2, "-": 0, "–": 4, "—": 5, ".": 2, '"': 3}
OTHER_SUM = 9  # what another sum between costs
VERBS = frozenset({"raise", "inject"})
LAST_REACH = 10  # tokens from a sum to its verb where the verb stands last
FUND = 6  # a fund says what its sum is even from beyond the verb: "raised $500m for its fourth fund"
TOTAL_REACH = 14  # tokens between a word of total and its sum
LINK = 1  # what a conjunction between costs


def read_roles(reading: Reading) -> dict[int, str]:
    """The role of every sum by its position in `reading.amounts`; a conversion has none."""
    roles: dict[int, str] = {}
    for index, placed in enumerate(reading.amounts):
        if not placed.amount.is_conversion:
            roles[index] = _role(index, placed, reading)
    _settle_totals(roles, reading)
    _settle_title(roles, reading)
    _settle_pronouns(roles, reading)
    return roles


def _settle_pronouns(roles: dict[int, str], reading: Reading) -> None:
    """A sum that the next sentence speaks of by a pronoun was raised: "It took $5m. It has raised them from X"."""
    for sentence in reading.sentences[1:]:
        before = reading.amounts_of[sentence.index - 1]
        if not before or reading.amounts_of[sentence.index] or roles.get(before[-1][0]) != "unknown":
            continue
        for cue in reading.cues_of(sentence.index, "raise"):
            if reading.tokens[cue.first - 1].word in reading.lexicon["sum_pronouns"]:
                roles[before[-1][0]] = "raised"


def _settle_title(roles: dict[int, str], reading: Reading) -> None:
    """A sum of the title that the body says was raised was raised, whatever verb the title has."""
    raised = [
        reading.amounts[i].amount.value
        for i, role in roles.items()
        if role == "raised" and not reading.sentences[reading.amounts[i].sentence].is_title
    ]
    converted = [placed.amount.value for placed in reading.amounts if placed.amount.is_conversion]
    for index, role in roles.items():
        placed = reading.amounts[index]
        if not reading.sentences[placed.sentence].is_title:
            continue
        if role == "unknown" and any(agree(placed.amount.value, value) for value in raised):
            roles[index] = "raised"
        elif role == "raised" and any(agree(placed.amount.value, value) for value in converted):
            roles[index] = "other"


def _role(index: int, placed: PlacedAmount, reading: Reading) -> str:
    """The role that the cheapest cue of the sentence gives, or `unknown`."""
    best, role = REACH + 1, "unknown"
    for cue in reading.cues[placed.sentence]:
        if (
            cue.kind not in ROLES
            or max(placed.first - max(cue.last, cue.tail), cue.first - placed.last) > REACH + FUND
        ):
            continue
        cost = _cost(cue, placed, index, reading)
        if cost is not None and cost < best:
            best, role = cost, ROLES[cue.kind][0]
    for stage in reading.stages_of[placed.sentence]:
        cost = _distance(stage.first, stage.last, placed, index, reading, 5)
        if cost is not None and stage.stage.code == "secondary":
            cost = min(cost, 0)  # a sale of shares is no purchase of a company
        if cost is not None and cost < best:
            best, role = cost, "raised"
    if role == "raised" and _is_part(placed, reading):
        return "part"
    if role == "raised" and _is_of_many(placed, reading):
        return "other"
    return role


def _cost(cue: Cue, placed: PlacedAmount, index: int, reading: Reading) -> int | None:
    """How far a cue is from a sum, in tokens and the marks between; None where it cannot speak of it."""
    last = cue.tail if cue.tail <= placed.first else cue.last
    if cue.kind in ("fund", "other_money", "acquisition") and _is_in_name(cue, reading):
        return None
    is_last = reading.words.verbs_last and cue.kind in VERBS
    reach = LAST_REACH if is_last else AFTER_REACH[cue.kind]
    cost = _distance(cue.first, last, placed, index, reading, reach)
    if cost is None:
        return None
    if (
        cue.kind in ("revenue", "other_money")
        and cue.first >= placed.last
        and _is_parted(placed.last, cue.first, reading)
    ):
        return None
    if (cue.kind in CLOSE or is_last) and 0 <= cue.first - placed.last <= 1:
        return cost - AFTER - 1
    return cost - FUND if cue.kind == "fund" else cost + ROLES[cue.kind][1]


def _is_parted(first: int, last: int, reading: Reading) -> bool:
    """Whether a comma or conjunction parts a sum from a word of money after it: "to $10m, and the loss"."""
    links = reading.lexicon["conjunctions"]
    return any(reading.tokens[i].raw in ",;" or reading.tokens[i].word in links for i in range(first, last))


def _is_in_name(cue: Cue, reading: Reading) -> bool:
    """Whether the words are part of a name: "Abu Dhabi Growth Fund" is no fund that closes."""
    near = reading.names_in(max(0, cue.first - 8), cue.last + 8)
    return any(name.first <= cue.first and cue.last <= name.last for name in near)


def _distance(
    first: int, last: int, placed: PlacedAmount, index: int, reading: Reading, after_reach: int
) -> int | None:
    if last <= placed.first:
        between, extra = range(last, placed.first), 0
    elif first >= placed.last:
        if first - placed.last > after_reach:
            return None
        between, extra = range(placed.last, first), AFTER
    elif first >= placed.first and last <= placed.last:
        return None
    else:
        between, extra = range(0), 0
    cost = len(between) + extra
    if cost > REACH + FUND:
        return None
    conjunctions = reading.lexicon["conjunctions"]
    for token in between:
        raw = reading.tokens[token].raw
        cost += STOPS.get(raw, LINK if raw in conjunctions else 0)
        if reading.sum_starts.get(token, index) != index:
            cost += OTHER_SUM
    return cost


def _is_of_many(placed: PlacedAmount, reading: Reading) -> bool:
    """Whether many companies raised the sum between them: "start-ups raised $3bn", with no name after the crowd."""
    return any(
        cue.last <= placed.first and not reading.names_in(cue.last, placed.first)
        for cue in reading.cues_of(placed.sentence, "crowd")
    )


def _is_part(placed: PlacedAmount, reading: Reading) -> bool:
    """Whether the sum is called a part of another one just before it: "dont 400 millions en fonds propres"."""
    for cue in reading.cues_of(placed.sentence, "part"):
        if cue.last <= placed.first and placed.first - cue.last <= 2:
            return True
    return False


def _settle_totals(roles: dict[int, str], reading: Reading) -> None:
    """Give the sum nearest to a word of total its role: "has raised $35m to date" speaks of no round."""
    for sentence in reading.sentences:
        for cue in reading.cues_of(sentence.index, "total"):
            near: list[tuple[int, int]] = []
            for index, placed in reading.amounts_of[sentence.index]:
                if roles.get(index) not in ("raised", "unknown", "total", "part"):
                    continue
                gap = placed.first - cue.last if cue.last <= placed.first else cue.first - placed.last
                if gap > TOTAL_REACH:
                    continue
                extra = sum(reading.tokens[i].raw in ",;" for i in range(placed.last, cue.first))
                if not _is_of_many(placed, reading):
                    near.append((max(gap, 0) + 6 * extra, index))
            if near:
                roles[min(near)[1]] = "total"
