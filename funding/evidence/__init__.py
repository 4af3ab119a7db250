"""What stands behind the figures of a page: numbered sources, the words themselves, proofs and disagreements."""

from .comparing import after_of, is_first, multiple_of, reasons, stake_words, step_up_of, step_up_words, why
from .differences import Difference, Side
from .notes import Mark, Notes, Numbered, Quoted, cite, details, meta, publisher
from .panels import Following, Panel, Told, in_currency
from .proofs import Step
from .sayings import Saying

__all__ = [
    "Difference",
    "Following",
    "Mark",
    "Notes",
    "Numbered",
    "Panel",
    "Quoted",
    "Saying",
    "Side",
    "Step",
    "Told",
    "after_of",
    "cite",
    "details",
    "in_currency",
    "is_first",
    "meta",
    "multiple_of",
    "publisher",
    "reasons",
    "stake_words",
    "step_up_of",
    "step_up_words",
    "why",
]
