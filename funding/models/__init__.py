"""The models of funding: sources, what they say, the records that follow, reviews, jobs and rates."""

from .jobs import Job
from .mentions import Assignment, Change, Mention, Statement
from .rates import AverageRate, Rate
from .reviews import Proposal, Review
from .rounds import Participation, Round, Stage, Valuation
from .sources import Article, Feed, Source

__all__ = [
    "Article",
    "Assignment",
    "AverageRate",
    "Change",
    "Feed",
    "Job",
    "Mention",
    "Participation",
    "Proposal",
    "Rate",
    "Review",
    "Round",
    "Source",
    "Stage",
    "Statement",
    "Valuation",
]
