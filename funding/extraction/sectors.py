"""Find the sectors that a text names beside its company."""

from dataclasses import dataclass

from funding.extraction.companies import Cast, Group
from funding.extraction.facts import Span
from funding.extraction.reading import Reading
from funding.values import Text

MOST = 3


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector and its words."""

    value: Text
    spans: tuple[Span, ...]


def find_sectors(reading: Reading, company: Group, cast: Cast) -> list[Sector]:
    """The sectors named in sentences that name the company, each once, the first three."""
    found: dict[str, Sector] = {}
    for sentence in reading.sentences:
        groups = {cast.group(name).key for name in reading.names_in(sentence.first, sentence.last)}
        if company.key not in groups:
            continue
        for cue in reading.cues_of(sentence.index, "sector"):
            found.setdefault(cue.label, Sector(Text(cue.label), (reading.cue_span(cue),)))
    return list(found.values())[:MOST]
