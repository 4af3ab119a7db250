"""Learns the weights of the engine's decisions from articles with known answers.

    python tests/extraction/learning.py            cross-validate, on articles it did not learn from
    python tests/extraction/learning.py --write    and write weights.toml and confidence.toml of the engine anew

The decisions are taught in the order in which the engine takes them. For each, a `Teacher` reads every article with
what has been learned so far (from the other folds, so that later decisions see earlier ones as good as they will be),
and notes each choice with its right answer. The weights are those of a conditional logit, by gradient descent.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent), str(REPOSITORY / "tests" / "samples")]

import calibration  # noqa: E402
import development  # noqa: E402
import sample_articles  # noqa: E402

from funding.extraction import vocabulary  # noqa: E402
from funding.extraction.engine import Writer  # noqa: E402
from funding.extraction.reading import Reading  # noqa: E402
from funding.extraction.scoring import Features, Scorer, softmax  # noqa: E402
from funding.values import Money, PartialDate  # noqa: E402

WEIGHTS = REPOSITORY / "funding" / "extraction" / "vocabulary" / "weights.toml"
DECISIONS = (
    "sum", "main", "company", "kind", "news", "headline", "investor", "backer", "lead", "stage", "date", "valuation",
    "rumour", "seat", "founder",
)  # fmt: skip
FOLDS = 5
EPOCHS, RATE, DECAY, SEED = 15, 0.1, 3.0, 7
SEEN, LEAST = 4, 0.05  # how often a feature must be seen; the least weight that is kept

# What an article of each kind counts: the project's own samples must come out right, and the shared articles are the
# likest to those of the press.
SHARES = {"own": 1, "flash": 3, "shared": 3, "sample": 6}
SHORT = 500  # characters below which a text of the project is a flash
ROUND: dict[str, Any] = {
    "stage": None, "status": "closed", "announced": None, "amount": None, "lead_investors": [], "investors": [],
    "valuation": None, "headline": True,
}  # fmt: skip
COMPANY: dict[str, Any] = {
    "founded": None, "headquarters": [], "employees": None, "founders": [], "total_raised": None, "revenue": None,
}  # fmt: skip

Example = tuple[list[list[str]], int]


@dataclass(frozen=True)
class Article:
    """A text with what a careful reader would write down."""

    text: dict[str, Any]
    gold: dict[str, Any]
    kind: str = "sample"

    @property
    def fold(self) -> int:
        """The part that the article belongs to, by its id alone."""
        return int(hashlib.sha256(f"fold {self.text['id']}".encode()).hexdigest(), 16) % FOLDS


class Teacher(Scorer):
    """A scorer that notes every choice of one decision with the answer that the gold gives."""

    def __init__(self, weights: dict[str, dict[str, float]], decision: str, gold: dict[str, Any]) -> None:
        super().__init__(weights)
        self.decision = decision
        self.answers = Answers(gold)
        self.examples: list[Example] = []

    def ask(self, decision: str, thing: Any, features: Features) -> float:
        """As a scorer does, and noting it."""
        if decision == self.decision:
            answer = self.answers.yes(decision, thing)
            if answer is not None:
                self.examples.append(([list(features), []], 0 if answer else 1))
        return super().ask(decision, thing, features)

    def choose(self, decision: str, thing: Any, options: Sequence[tuple[Any, Features]]) -> list[float]:
        """As a scorer does, and noting it."""
        if decision == self.decision:
            right = self.answers.right(decision, thing, [option for option, _ in options])
            if right is not None:
                self.examples.append(([list(features) for _, features in options], right))
        return super().choose(decision, thing, options)


class Answers:
    """What the gold of one article answers to each decision."""

    def __init__(self, gold: dict[str, Any]) -> None:
        self.gold = gold
        self.headlines = [row for row in gold["rounds"] if row["headline"]]

    def right(self, decision: str, thing: Any, options: list[Any]) -> int | None:
        """The place of the right option, or None where nothing can be learned from the choice."""
        if decision == "sum":
            return options.index(self._role(thing.amount.value))
        if decision == "kind":
            firms = {row["company"] for row in self.headlines}
            return options.index("none" if not firms else "single" if len(firms) == 1 else "several")
        if decision == "main":
            firms = {row["company"] for row in self.headlines}
            return self._named(firms, options) if len(firms) == 1 else None
        if decision == "news":
            if not self.headlines:
                return len(options) - 1
            if len({row["company"] for row in self.headlines}) != 1:
                return None
            rows = [self._row(found, self.headlines) for found in options[:-1]]
            ranked = sorted((bool(row["amount"]) != bool(options[i].amount), i) for i, row in enumerate(rows) if row)
            return ranked[0][1] if ranked else None
        if decision in ("stage", "date", "valuation"):
            return self._detail(decision, thing, options)
        firms = {row["company"] for row in self.gold["rounds"] if same_sum(row["amount"], thing.amount.value)}
        return self._named(firms, options) if len(firms) == 1 else None

    def yes(self, decision: str, thing: Any) -> bool | None:
        """Whether the answer is yes, or None where nothing can be learned from the question."""
        if decision == "headline":
            return self._row(thing, self.headlines) is not None
        if decision in ("seat", "founder"):
            return self._is_told(*thing, "headquarters" if decision == "seat" else "founders")
        if decision == "rumour":
            row = self._row(thing, [row for row in self.gold["rounds"] if bool(row["headline"]) == thing.is_headline])
            return row["status"] == "rumoured" if row else None
        found, group = thing
        wanted = [row for row in self.gold["rounds"] if bool(row["headline"]) == found.is_headline]
        row = self._row(found, wanted)
        if row is None:
            return None
        is_investor = any(SCORER.same_name(name, group.text) for name in row["investors"])
        if decision in ("investor", "backer"):
            return is_investor
        return any(SCORER.same_name(name, group.text) for name in row["lead_investors"]) if is_investor else None

    def _is_told(self, company: Any, group: Any, field: str) -> bool | None:
        """Whether a name is a seat or a founder of a company; None where the gold knows no such company."""
        rows = [row for row in self.gold["companies"] if SCORER.same_name(row["name"], company.text)]
        return any(SCORER.same_name(name, group.text) for row in rows for name in row[field]) if rows else None

    def _detail(self, decision: str, found: Any, options: list[Any]) -> int | None:
        """The place of the stage, date or valuation that a round has; the last one is that it has none."""
        row = self._row(found, [row for row in self.gold["rounds"] if bool(row["headline"]) == found.is_headline])
        if row is None:
            return None
        none = len(options) - 1
        if decision == "stage":
            hits = [i for i, s in enumerate(options[:-1]) if s.stage.code == row["stage"]]
            return hits[0] if hits else none if row["stage"] is None else None
        if decision == "valuation":
            hits = [i for i, p in enumerate(options[:-1]) if same_sum(row["valuation"], p.amount.value)]
            return hits[0] if hits else none
        hits = [i for i, d in enumerate(options[:-1]) if d.date.value.iso == row["announced"]]
        return hits[0] if hits else none

    def _role(self, value: Money) -> str:
        if any(same_sum(row["amount"], value) for row in self.gold["rounds"]):
            return "raised"
        if any(same_sum(row["valuation"], value) for row in self.gold["rounds"]):
            return "valuation"
        if any(same_sum(row["total_raised"], value) for row in self.gold["companies"]):
            return "total"
        return "revenue" if any(same_sum(row["revenue"], value) for row in self.gold["companies"]) else "other"

    def _named(self, firms: Iterable[str], options: list[Any]) -> int | None:
        for firm in firms:
            for place, group in enumerate(options):
                if SCORER.same_name(firm, group.text):
                    return place
        return None

    def _row(self, found: Any, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The gold round that a found one is: of the same company, and of the same sum where both have one."""
        own = [row for row in rows if SCORER.same_name(row["company"], found.company.text)]
        if found.amount is not None:
            own = [row for row in own if same_sum(row["amount"], found.amount.amount.value)]
        return own[0] if own else None


def same_sum(gold: dict[str, Any] | None, value: Money) -> bool:
    """Whether a sum of the gold is the value."""
    if gold is None or gold["currency"] != value.currency:
        return False
    return bool(abs(gold["value"] - float(value.middle)) <= 0.005 * gold["value"])


def _load_scorer() -> Any:
    return calibration.load_scorer()


SCORER: Any = None


def corpus() -> list[Article]:
    """The articles to learn from, by id."""
    gold = {row["id"]: row for row in development.read("gold")}
    found = [Article(row, gold[row["id"]], "shared") for row in development.read("text")]
    found += [Article(row["text"], row["gold"], kind_of(row["text"])) for row in development.read_own()]
    found += [sample_article(sample) for sample in sample_articles.ALL_SAMPLES]
    return sorted(found, key=lambda article: article.text["id"])


def kind_of(text: dict[str, Any]) -> str:
    """Whether an article of the project is a flash of a few sentences or a whole one."""
    return "flash" if len(text["text"]) < SHORT else "own"


def sample_article(sample: sample_articles.SampleArticle) -> Article:
    """A sample of the project with the facts that the file beside it expects."""
    code = sample.name.rpartition(".")[2]
    text = {
        "id": sample.name, "text": sample.text, "language": code, "title": sample.about["title"],
        "publisher": sample.about["publisher"], "published_on": sample.about["published_on"].isoformat(),
    }  # fmt: skip
    rounds = [ROUND | row | {"announced": iso(row.get("announced"))} for row in sample.rounds]
    companies = [COMPANY | row for row in sample.companies]
    return Article(text, {"id": sample.name, "rounds": rounds, "companies": companies})


def iso(value: Any) -> str | None:
    """A day, month or year of the samples as the contract writes it."""
    return None if value is None else str(value)


def read(article: Article, scorer: Scorer) -> Writer:
    """The engine at work on an article."""
    return Writer(reading_of(article.text["id"]), article.text.get("publisher"), scorer)


@cache
def reading_of(article_id: str) -> Reading:
    """What the finders see in an article; nothing that is learned changes it."""
    given = by_id()[article_id].text
    words = vocabulary.load(given["language"])
    published = PartialDate.from_iso(given["published_on"]) if given.get("published_on") else None
    return Reading(words.document(given["text"], given.get("title")), words, published, given.get("publisher"))


@cache
def by_id() -> dict[str, Article]:
    """The articles by their id."""
    return {article.text["id"]: article for article in corpus()}


def examples_of(task: tuple[Article, str, dict[str, dict[str, float]]]) -> list[Example]:
    """The choices of one decision in one article."""
    article, decision, weights = task
    teacher = Teacher(weights, decision, article.gold)
    read(article, teacher).write()
    return teacher.examples


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """The weights that make the right candidates likely, small where little is known."""
    seen: Counter[str] = Counter()
    for candidates, _ in examples:
        for features in candidates:
            seen.update(set(features))
    ids = {feature: place for place, feature in enumerate(sorted(f for f, count in seen.items() if count >= SEEN))}
    rows = [([[ids[f] for f in dict.fromkeys(fs) if f in ids] for fs in candidates], y) for candidates, y in examples]
    descent = Descent([DECAY / seen[feature] for feature in ids])
    chance = random.Random(SEED)
    for _ in range(EPOCHS):
        chance.shuffle(rows)
        for candidates, right in rows:
            descent.step(candidates, right)
    return {f: round(descent.weights[i], 2) for f, i in ids.items() if abs(descent.weights[i]) >= LEAST}


class Descent:
    """Gradient descent on a conditional logit; every weight is drawn to zero as much in an epoch as any other."""

    def __init__(self, decay: list[float]) -> None:
        self.decay = decay
        self.weights = [0.0] * len(decay)
        self.slopes = [1.0] * len(decay)

    def step(self, candidates: list[list[int]], right: int) -> None:
        """Learn from one choice."""
        weights = self.weights
        shares = softmax([sum(weights[i] for i in features) for features in candidates])
        gradient: dict[int, float] = {}
        for place, features in enumerate(candidates):
            error = shares[place] - (place == right)
            if abs(error) >= 1e-4:
                for i in features:
                    gradient[i] = gradient.get(i, 0.0) + error
        for i, slope in gradient.items():
            slope += self.decay[i] * weights[i]
            self.slopes[i] += slope * slope
            weights[i] -= RATE * slope / math.sqrt(self.slopes[i])


def learn(articles: Sequence[Article], pool: Any, say: Callable[[str], None]) -> list[dict[str, dict[str, float]]]:
    """The weights without each fold, and last those of all articles."""
    learned: list[dict[str, dict[str, float]]] = [{} for _ in range(FOLDS + 1)]
    for decision in DECISIONS:
        tasks = [(article, decision, learned[article.fold]) for article in articles]
        noted = pool.map(examples_of, tasks, chunksize=4)
        say(f"{decision}: {sum(map(len, noted))} choices")
        parts = [
            [
                example
                for article, own in zip(articles, noted, strict=True)
                if article.fold != fold
                for example in own * SHARES[article.kind]
            ]
            for fold in range(FOLDS + 1)
        ]
        for fold, weights in enumerate(pool.map(fit, parts, chunksize=1)):
            learned[fold][decision] = weights
    return learned


def as_toml(weights: dict[str, dict[str, float]]) -> str:
    """The weights as the file that the engine reads."""
    lines = ["# What every feature speaks for or against, made by tests/extraction/learning.py --write."]
    for decision, own in weights.items():
        lines += ["", f"[{decision}]", *(f"{quoted(feature)} = {weight}" for feature, weight in sorted(own.items()))]
    return "\n".join(lines) + "\n"


def quoted(key: str) -> str:
    """A key of a TOML file."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def prepare() -> None:
    """Load the scorer of the shared folder, in every process."""
    global SCORER
    SCORER = _load_scorer()


def main() -> None:
    """Cross-validate, print the scores, and write the weights of all articles where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    articles = corpus()
    with Pool(initializer=prepare) as pool:
        learned = learn(articles, pool, print)
        tasks = [(article, learned[article.fold]) for article in articles]
        found = pool.map(predict, tasks, chunksize=4)
    prepare()
    print_scores(articles, found)
    judged = [
        one
        for article, guess in zip(articles, found, strict=True)
        if article.kind in ("own", "shared")
        for one in calibration.judge(guess, article.gold, SCORER)
    ]
    languages = {article.text["id"]: article.text["language"] for article in articles}
    pairs = calibration.cross_validated(judged)
    print("\n".join([*calibration.reliability(pairs), "", *calibration.by_language(judged, languages)]))
    if options.write:
        calibration.TABLE.write_text(calibration.as_toml(calibration.shares_of(judged)), "utf-8")
        WEIGHTS.write_text(as_toml(learned[FOLDS]), "utf-8")


def print_scores(articles: Sequence[Article], found: Sequence[dict[str, Any]]) -> None:
    """The scores of predictions, for the project's own articles and the shared ones, by language and field."""
    rows = [(article, guess) for article, guess in zip(articles, found, strict=True)]
    for name in SHARES:
        part = [row for row in rows if row[0].kind == name]
        for code in [*sorted({a.text["language"] for a, _ in part}), "all"]:
            pairs = [(a.gold, guess) for a, guess in part if code in (a.text["language"], "all")]
            tallies: dict[str, Any] = defaultdict(SCORER.Tally)
            core = SCORER.Tally()
            for gold, guess in pairs:
                SCORER.score_article(gold, guess, tallies, [])
            for field in ("round", *SCORER.FIELDS):
                core.update(tallies[field])
            numbers = core.scores()
            right = sum(SCORER.perfect(*pair) for pair in pairs) / max(1, len(pairs))
            three = " / ".join(f"{numbers[key]:.3f}" for key in ("precision", "recall", "f1"))
            print(f"{name} {code}: {len(pairs)} articles, core {three}, right {right:.1%}")
        for field, tally in sorted(tallies.items()):
            score = tally.scores()
            three = " / ".join(f"{score[key]:.2f}" for key in ("precision", "recall", "f1"))
            print(f"   {field:24} {three} of {score['gold']}")


def predict(task: tuple[Article, dict[str, dict[str, float]]]) -> dict[str, Any]:
    """What the engine says of an article by given weights, as the contract's object."""
    from funding.extraction.contract import to_contract

    article, weights = task
    return to_contract(read(article, Scorer(weights)).write(), article.text["id"])


if __name__ == "__main__":
    main()
