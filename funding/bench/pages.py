"""The table of the pages that are timed. A new page is one line here."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its address, whose `{names}` are those of `targets`; `role` is who asks for it."""

    name: str
    address: str
    is_partial: bool = False  # asked for by htmx
    target: str = ""  # the element that htmx asks for it for
    role: str = "reader"


BASE: Final = Page("base: select 1", "/bench/base/")
FIRST: Final = Page("overview", "/")
PREFIX: Final = Page("search: exact prefix", "/search/?q={prefix}")
TYPO: Final = Page("search: one typo", "/search/?q={typo}")

PAGES: Final = (
    FIRST,
    Page("overview: country and sector", "/?country={country}&sector={sector}"),
    Page("overview: stage and year", "/?stage={stage}&since={year}"),
    Page("overview: partial", "/?country={country}", is_partial=True),
    Page("companies", "/companies/"),
    Page("companies: partial", "/companies/?country={country}", is_partial=True),
    Page("companies: numbers", "/companies/", is_partial=True, target="facet-counts"),
    Page("companies: numbers of country and stage", "/companies/?country={country}&stage={stage}", is_partial=True,
         target="facet-counts"),
    Page("companies: named", "/companies/?q={word}"),
    Page("companies: letter", "/companies/?q={letter}"),
    Page("companies: sector, most raised", "/companies/?sector={sector}&order=raised"),
    Page("companies: country and stage", "/companies/?country={country}&stage={stage}"),
    Page("companies: unicorns, highest valued", "/companies/?unicorn=yes&order=valuation"),
    Page("companies: sources differ", "/companies/?conflict=yes"),
    Page("companies: last round since", "/companies/?since={year}&order=name"),
    Page("rounds", "/rounds/"),
    Page("rounds: partial", "/rounds/?stage={stage}", is_partial=True),
    Page("rounds: numbers", "/rounds/", is_partial=True, target="facet-counts"),
    Page("rounds: numbers of a stage", "/rounds/?stage={stage}", is_partial=True, target="facet-counts"),
    Page("rounds: largest of a year", "/rounds/?since={year}&until={year}&order=largest"),
    Page("rounds: country, sector and stage", "/rounds/?country={country}&sector={sector}&stage={stage}"),
    Page("rounds: of an investor", "/rounds/?investor={investor}"),
    Page("rounds: of a busy investor", "/rounds/?investor={busy_investor}"),
    Page("rounds: of companies named", "/rounds/?q={word}"),
    Page("rounds: amounts", "/rounds/?raised_min=25m&raised_max=50m"),
    Page("rounds: stale rumours", "/rounds/?stale=yes"),
    Page("rounds: no source", "/rounds/?source=none"),
    Page("investors", "/investors/"),
    Page("investors: numbers", "/investors/", is_partial=True, target="facet-counts"),
    Page("investors: most rounds", "/investors/?order=rounds"),
    Page("investors: named", "/investors/?q={word}"),
    Page("investors: leads of a stage", "/investors/?stage={stage}&lead=yes"),
    Page("investors: without a round for two years", "/investors/?stale=yes"),
    Page("company", "/companies/{company}/"),
    Page("company: many rounds", "/companies/{busy_company}/"),
    Page("company: similar ones", "/companies/{company}/similar/", is_partial=True),
    Page("company: changes", "/companies/{company}/changes/"),
    Page("investor", "/investors/{investor}/"),
    Page("investor: most active", "/investors/{busy_investor}/"),
    Page("investor: invests with", "/investors/{busy_investor}/with/", is_partial=True),
    Page("round", "/rounds/{round}/"),
    Page("compare three", "/compare/?c={company}&c={company2}&c={company3}"),
    Page("compare eight", "/compare/?c={company}&c={company2}&c={company3}&c={company4}&c={company5}&c={company6}"
         "&c={company7}&c={company8}"),
    Page("search: a letter", "/search/?q={letter}"),
    PREFIX,
    TYPO,
    Page("search: two words", "/search/?q={name}"),
    Page("suggest: anything", "/search/suggest/?q={prefix}", is_partial=True),
    Page("suggest: anything, one typo", "/search/suggest/?q={typo}", is_partial=True),
    Page("suggest: company", "/companies/suggest/?q={prefix}", is_partial=True, role="editor"),
    Page("suggest: company, one typo", "/companies/suggest/?q={typo}", is_partial=True, role="editor"),
    Page("suggest: investor", "/investors/suggest/?q={prefix}", is_partial=True, role="editor"),
    Page("conflicts", "/conflicts/"),
    Page("conflicts: of rounds' stages", "/conflicts/?kind=round&field=stage"),
    Page("changes", "/changes/"),
    Page("doubts", "/doubts/", role="editor"),
    Page("watch lists", "/lists/", role="analyst"),
    Page("articles", "/articles/"),
    Page("review", "/review/", role="editor"),
)  # fmt: skip
