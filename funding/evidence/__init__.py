"""What stands behind the figures of a page: numbered sources, the words themselves, proofs and disagreements."""

from .differences import Difference, Side
from .notes import Mark, Notes, Numbered, Quoted, cite, details, meta, publisher
from .panels import Panel, Told, in_currency, multiple_of
from .proofs import Step

__all__ = [
    "Difference",
    "Mark",
    "Notes",
    "Numbered",
    "Panel",
    "Quoted",
    "Side",
    "Step",
    "Told",
    "cite",
    "details",
    "in_currency",
    "meta",
    "multiple_of",
    "publisher",
]
