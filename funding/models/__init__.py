"""The models of funding: sources, what they say, the records that follow, reviews, jobs and rates."""

from .alerts import Alert, AlertEvent, Delivery, Digest, SavedSearch, WatchEntry, WatchList
from .doubts import Doubt
from .embeds import Embed
from .exits import Exit
from .exports import ExportFile, ExportPart
from .imports import Import, ImportName, ImportPart, ImportRow, SavedMapping
from .jobs import Job
from .mentions import Assignment, Change, Judgement, Mark, Mention, Recorded, Statement
from .rates import AverageRate, OwnRate, Rate
from .reports import Report, ReportRun
from .reviews import AcceptRule, Proposal, Review
from .rounds import Participation, Round, Stage, Valuation
from .sources import Article, Feed, Source
from .totals import Investment, InvestorTotal, RoundSize, RoundTotal

__all__ = [
    "AcceptRule",
    "Alert",
    "AlertEvent",
    "Article",
    "Assignment",
    "AverageRate",
    "Change",
    "Delivery",
    "Digest",
    "Doubt",
    "Embed",
    "Exit",
    "ExportFile",
    "ExportPart",
    "Feed",
    "Import",
    "ImportName",
    "ImportPart",
    "ImportRow",
    "Investment",
    "InvestorTotal",
    "Job",
    "Judgement",
    "Mark",
    "Mention",
    "Participation",
    "Proposal",
    "OwnRate",
    "Rate",
    "Recorded",
    "Report",
    "ReportRun",
    "Review",
    "Round",
    "RoundSize",
    "RoundTotal",
    "SavedSearch",
    "SavedMapping",
    "Source",
    "Stage",
    "Statement",
    "Valuation",
    "WatchEntry",
    "WatchList",
]
