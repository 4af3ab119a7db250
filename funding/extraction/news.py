"""Tell whether a text reports a round at all, or a fund, a purchase, a listing that only mentions one."""

from funding.extraction.reading import Reading

AGAINST = ("fund", "acquisition", "listing")


def is_news(reading: Reading) -> bool:
    """Whether the title leaves room for a round: a title of a fund, a purchase or a listing leaves none."""
    titles = [sentence for sentence in reading.sentences if sentence.is_title]
    if not titles:
        return True
    against = any(reading.has(sentence.index, *AGAINST) for sentence in titles)
    for_it = any(
        reading.has(sentence.index, "round", "leads", "inject", "lead_by")
        or any(s.sentence == sentence.index for s in reading.stages)
        for sentence in titles
    )
    return for_it or not against
