"""Tell whether a text reports a round at all, or a fund, a purchase, a listing that only mentions one."""

from funding.extraction.reading import Reading

AGAINST = ("acquisition", "listing")
LEDE = 4  # sentences that tell what a text is about
OWN_FUND = 2  # mentions of funds in the lede of an investor's own news


def is_news(reading: Reading, roles: dict[int, str], *, is_investor: bool, is_of_investor: bool) -> bool:
    """Whether a text reports a round: not where its title tells of a fund, a purchase or a listing.

    `is_investor` says that the company it is about is known as an investor, whose own news is mostly a fund;
    `is_of_investor` that the title names one.
    """
    titles = [sentence.index for sentence in reading.sentences if sentence.is_title]
    lede = range(min(LEDE, len(reading.sentences)))
    funds = sum(1 for index in lede for _ in reading.cues_of(index, "fund"))
    if is_investor and (funds >= OWN_FUND or not is_of_investor):
        return False
    against = any(reading.has(index, *AGAINST) for index in titles)
    against = against or any(
        reading.has(index, "fund") and (is_of_investor or reading.has(index, "raise")) for index in titles
    )
    if sum(1 for index in lede for _ in reading.cues_of(index, "listing")) >= OWN_FUND:
        against = True
    raised = any(role == "raised" and reading.amounts[i].sentence in titles for i, role in roles.items())
    stages = any(stage.sentence in titles for stage in reading.stages)
    return raised or stages or not against
