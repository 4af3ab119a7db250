"""Who is spoken of, what is said of them, and whom we take them for: the append-only heart.

Mentions never change; statements and assignments are only ever added or retracted, each by a `Change` that says who,
when and why. `funding.recording` is the only writer.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext_lazy

from companies.models import Company, Investor, Person
from config.records import Record
from funding import values
from funding.tellings import Field

from .sources import Source

# The fields whose values name another mention of the same source.
REFERRING: Final = (Field.PARTICIPATION, Field.PARENT)


class Change(Record):
    """One act that added or retracted: a review accepted, an entry by hand, a merge, a pin, an undo.

    `note` is the reason that the person gave, where one is asked for.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", gettext_lazy("review accepted")
        ENTRY = "entry", gettext_lazy("entry by hand")
        UNDO = "undo", gettext_lazy("undo")
        MATCHING = "matching", gettext_lazy("matching")
        MERGE = "merge", gettext_lazy("merge")
        SPLIT = "split", gettext_lazy("split")
        JUDGE = "judge", gettext_lazy("judgement of two records")
        MARK = "mark", gettext_lazy("pin or deprecation")
        IMPORT = "import", gettext_lazy("import of a file")

    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by or 'Roundbook'}, {self.at:%Y-%m-%d %H:%M}"


class MentionQuerySet(models.QuerySet):
    def named_by(self, statements: "Iterable[Statement]") -> Self:
        """Those that statements, which have their mentions, refer to; perhaps some of the same keys beside them.

        A file as a source names thousands: they are never read to find the few that some rows name.
        """
        named = [one for one in statements if one.value.get("kind") == "reference"]
        if not named:
            return self.none()
        return self.filter(
            source__in={one.mention.source_id for one in named},
            origin__in={one.mention.origin for one in named},
            key__in={one.value["key"] for one in named},
        )

    def names_in(self, statements: "Iterable[Statement]") -> dict[tuple[int, str], dict[str, str]]:
        """The names of those that statements refer to, by source and reading, then by key."""
        found: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
        named = self.named_by(statements).values_list("source_id", "origin", "key", "name")
        for source, origin, key, name in named:
            found[source, origin][key] = name
        return found

    def with_hanging(self, owners: models.QuerySet[Any, Any]) -> Self:
        """Mentions, of which a query gives the ids, and those that hang on them: a company's rounds, people and exits.

        Asked as one list: where either of two may hold an id, every mention there is would be looked at.
        """
        hanging = Mention.objects.filter(company__in=owners).values("pk")
        return self.filter(pk__in=owners.union(hanging))

    def investors(self) -> Self:
        """Those of investors."""
        return self.filter(kind=Mention.Kind.INVESTOR)


class Mention(Record):
    """Whom a source speaks of, named within it by `origin` (engine version or `entry`) and `key` (`round:0`)."""

    class Kind(models.TextChoices):
        COMPANY = "company", gettext_lazy("company")
        ROUND = "round", gettext_lazy("round")
        INVESTOR = "investor", gettext_lazy("investor")
        PERSON = "person", gettext_lazy("person")
        EXIT = "exit", gettext_lazy("exit")

    source = models.ForeignKey(Source, models.PROTECT, related_name="mentions")
    origin = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=200)
    # What companies and investors of one name are found by (`funding.matching`); empty for rounds, people and exits.
    name_key = models.CharField(max_length=200, blank=True, default="")
    # The row of a bulk file that it is, by column; its fields are read from the row and need no statements.
    row: Any = models.JSONField(null=True, blank=True)
    # The company that a round, a person or an exit is said to be of, in the same source.
    company = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="dependants")

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("source", "origin", "key", name="mention_key_unique_in_source"),
            models.CheckConstraint(
                condition=Q(kind__in=("round", "person", "exit"), company__isnull=False)
                | Q(kind__in=("company", "investor"), company=None),
                name="mention_of_round_person_or_exit_names_company",
            ),
        ]
        indexes = [models.Index("name_key", "kind", name="mention_by_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class LiveQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Those not retracted."""
        return self.filter(retracted_at=None)


class StatementQuerySet(LiveQuerySet):
    def counted(self) -> Self:
        """Those that records rest on: not retracted, and not deprecated by a person."""
        deprecated = Mark.objects.live().filter(statement=OuterRef("pk"), kind=Mark.Kind.DEPRECATION)
        return self.live().exclude(Exists(deprecated))

    def naming(self, mentions: Iterable[Mention]) -> Self:
        """Those that refer to some mentions, with their own; perhaps some of the same keys beside them."""
        at = [(one.source_id, one.origin, one.key) for one in mentions]
        if not at:
            return self.none()
        sources, origins, keys = (set(column) for column in zip(*at, strict=True))
        named = self.alias(refers_to=KT("value__key")).filter(field__in=REFERRING, refers_to__in=keys)
        return named.filter(mention__source__in=sources, mention__origin__in=origins).select_related("mention")

    def with_marks(self) -> Self:
        """The statements with their live marks, in one query more."""
        return self.prefetch_related(Prefetch("marks", Mark.objects.live().select_related("added_in__by")))


class Recorded(Record):
    """Something added by one change and perhaps retracted by another."""

    added_in = models.ForeignKey(Change, models.PROTECT, related_name="added_%(class)ss")
    recorded_at = models.DateTimeField()
    retracted_in = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="retracted_%(class)ss"
    )
    retracted_at = models.DateTimeField(null=True, blank=True)

    objects = LiveQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(retracted_at=None, retracted_in=None)
                | Q(retracted_at__gte=F("recorded_at"), retracted_in__isnull=False),
                name="%(class)s_retracted_after_recorded",
            ),
        ]


class Statement(Recorded):
    """One value for one field of one mention, with the words that say it.

    `value` and `qualifiers` are as `funding.values` and the facts of extraction write them; `quotes` are
    `{start, end, text}` with offsets into the source's text. `digest` is the hash of field, value and qualifiers.
    """

    mention = models.ForeignKey(Mention, models.PROTECT, related_name="statements")
    field = models.CharField(max_length=30)
    value: Any = models.JSONField()
    qualifiers: Any = models.JSONField(default=dict, blank=True)
    quotes: Any = models.JSONField(default=list, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    digest = models.CharField(max_length=64)

    objects = StatementQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(
                "mention", "digest", condition=Q(retracted_at=None), name="statement_once_while_live"
            ),
            models.CheckConstraint(condition=Q(value__has_key="kind"), name="statement_value_has_kind"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
                name="statement_confidence_in_range",
            ),
        ]
        indexes = [models.Index(KT("value__key"), name="statement_refers_to", condition=Q(field__in=REFERRING))]

    def __str__(self) -> str:
        return f"{self.field} of {self.mention}"

    @property
    def said(self) -> values.Value:
        """The value as `funding.values` holds it."""
        return values.from_json(self.value)

    @property
    def mark(self) -> "Mark | None":
        """The live pin or deprecation, where there is one; no query where `with_marks` loaded it."""
        return next((one for one in self.marks.all() if one.retracted_at is None), None)

    @property
    def pin(self) -> "Mark | None":
        """The live pin, where there is one."""
        mark = self.mark
        return mark if mark and mark.kind == Mark.Kind.PIN else None

    @property
    def is_deprecated(self) -> bool:
        """Whether a person said that it no longer counts."""
        mark = self.mark
        return bool(mark and mark.kind == Mark.Kind.DEPRECATION)


class Assignment(Recorded):
    """Which record a mention is taken for. `is_decided` marks a person's word, which no rule overrules."""

    mention = models.ForeignKey(Mention, models.PROTECT, related_name="assignments")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="assignments")
    investor = models.ForeignKey(Investor, models.PROTECT, null=True, blank=True, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="assignments")
    round = models.ForeignKey("funding.Round", models.PROTECT, null=True, blank=True, related_name="assignments")
    exit = models.ForeignKey("funding.Exit", models.PROTECT, null=True, blank=True, related_name="assignments")
    is_decided = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint("mention", condition=Q(retracted_at=None), name="assignment_one_while_live"),
            models.CheckConstraint(
                condition=Q(company__isnull=False, investor=None, person=None, round=None, exit=None)
                | Q(company=None, investor__isnull=False, person=None, round=None, exit=None)
                | Q(company=None, investor=None, person__isnull=False, round=None, exit=None)
                | Q(company=None, investor=None, person=None, round__isnull=False, exit=None)
                | Q(company=None, investor=None, person=None, round=None, exit__isnull=False),
                name="assignment_to_one_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mention} is {self.company or self.investor or self.person or self.round or self.exit}"


class Judgement(Recorded):
    """A person's word on whether two mentions are of one record. It holds for all that their records are."""

    left = models.ForeignKey(Mention, models.PROTECT, related_name="judgements_left")
    right = models.ForeignKey(Mention, models.PROTECT, related_name="judgements_right")
    is_same = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="judgement_in_one_order"),
            models.UniqueConstraint("left", "right", condition=Q(retracted_at=None), name="judgement_once_while_live"),
        ]

    def __str__(self) -> str:
        return f"{self.left} is {'' if self.is_same else 'not '}{self.right}"


class Mark(Recorded):
    """A person's word on a statement: pinned, it is the one believed; deprecated, it no longer counts."""

    class Kind(models.TextChoices):
        PIN = "pin", gettext_lazy("pinned")
        DEPRECATION = "deprecation", gettext_lazy("deprecated")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=11, choices=Kind)
    reason = models.CharField(max_length=300)

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint("statement", condition=Q(retracted_at=None), name="mark_once_while_live"),
            models.CheckConstraint(condition=~Q(reason=""), name="mark_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.get_kind_display()}"

    @property
    def by(self) -> Any:
        """Whose word it is; that of a mark which an undo brought back is still that of who first gave it."""
        if self.added_in.kind == Change.Kind.MARK:
            return self.added_in.by
        first = Mark.objects.filter(statement=self.statement_id, kind=self.kind, reason=self.reason)
        given = first.filter(added_in__kind=Change.Kind.MARK).select_related("added_in__by").order_by("pk").last()
        return given.added_in.by if given else self.added_in.by

    @property
    def words(self) -> str:
        """What it is, by whom and why: `pinned by ada: the company confirmed it`."""
        # In English, for projections keep it; pages tell it by `retold`.
        kind = "pinned" if self.kind == Mark.Kind.PIN else "deprecated"
        return f"{kind} by {self.by}: {self.reason}"
