"""Reports: exports under a name, previewed, shared, and sent by themselves."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funding import as_of, exports, rates
from funding.exports.columns import Kind
from funding.models import Report, ReportRun
from funding.reporting import ready, reports, schedule
from funding.retelling import retold
from funding.watching import MOST_LISTS, Refused

RUNS: Final = 20  # of a report that are shown
ROWS: Final = {
    "rounds": gettext_lazy("rounds"),
    "companies": gettext_lazy("companies"),
    "investors": gettext_lazy("investors"),
    "participations": gettext_lazy("participations"),
    "valuations": gettext_lazy("valuations"),
    "exits": gettext_lazy("exits"),
    "people": gettext_lazy("people"),
    "statements": gettext_lazy("statements"),
    "quarters": gettext_lazy("quarters, by stage"),
    "league": gettext_lazy("league of investors"),
}

NOW = gettext_lazy("2024-05-03; empty for now")
FIGURES = (Kind.NUMBER, Kind.COUNT)  # end on one line in a preview


class ReportForm(forms.ModelForm):
    """What a report holds. Filters are those of the lists, as their addresses have them."""

    filters = forms.CharField(
        label=gettext_lazy("Filters"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("As in the address of a list: stage=seed&since=2023. A whole address may be pasted."),
    )
    columns = forms.CharField(
        label=gettext_lazy("Columns"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Their names, separated by commas, in the order of the file; empty for all of them."),
    )
    currency = forms.CharField(label=gettext_lazy("Converted into"), required=False, max_length=3)
    known = forms.CharField(
        label=gettext_lazy("As known on"),
        required=False,
        max_length=10,
        help_text=NOW,
    )
    public = forms.CharField(label=gettext_lazy("As published by"), required=False, max_length=10, help_text=NOW)

    class Meta:
        model = Report
        fields = ("name", "rows", "period", "form", "is_shared")
        labels = {
            "name": gettext_lazy("Name"),
            "period": gettext_lazy("Period"),
            "form": gettext_lazy("Format"),
            "is_shared": gettext_lazy("Everybody who may export sees it"),
        }
        help_texts = {
            "period": gettext_lazy("A moving period, such as the last quarter, takes the place of since and until."),
        }
        error_messages = {"name": {"required": gettext_lazy("Give the report a name.")}}

    field_order = ("rows", "filters", "period", "columns", "currency", "known", "public", "form", "name", "is_shared")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rows"] = forms.ChoiceField(choices=list(ROWS.items()), label=gettext_lazy("Rows"))
        self.fields["period"].choices = [("", _("fixed, as in the filters")), *Report.Period.choices]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)
        if self.instance.pk and not self.is_bound:
            query = QueryDict(self.instance.query)
            self.initial["filters"] = reports.filters_of(query)
            self.initial |= {name: query.get(name, "") for name in ("columns", "currency", "known", "public")}
        if self.initial.get("columns"):
            self.initial["columns"] = ", ".join(name.strip() for name in self.initial["columns"].split(","))
        self.fields["currency"].widget.attrs |= {"list": "currencies", "autocomplete": "off", "placeholder": "USD"}

    def for_preview(self) -> None:
        """Let a report without a name be looked at."""
        self.fields["name"].required = False

    def clean(self) -> dict[str, Any]:
        """A query string that the export takes, which is tried."""
        given = super().clean() or self.cleaned_data
        others = {name: " ".join(given.get(name, "").split()) for name in ("currency", "known", "public")}
        others["currency"] = others["currency"].upper()
        names = given.get("columns", "").replace("\n", ",").split(",")
        others["columns"] = ",".join(name.strip() for name in names if name.strip())
        try:
            self.instance.query = reports.joined(given.get("filters", ""), others)
            if len(self.instance.query) > Report._meta.get_field("query").max_length:  # type: ignore[operator]
                raise reports.CannotMake([("", _("That is more than a report holds. Leave some of it out."))])
        except reports.CannotMake as error:
            self.add_error("filters", [message for _label, message in error.problems])
            return given
        query = QueryDict(self.instance.query)
        if given.get("period") and given.get("rows") not in reports.OF_A_PERIOD:
            self.add_error("period", _("These rows have no dates to choose from."))
        elif given.get("period") and (query.get("since") or query.get("until")):
            self.add_error("period", _("The filters have dates of their own. Take them out, or choose none here."))
        return given


class ScheduleForm(forms.ModelForm):
    """When a report goes out, and which way."""

    class Meta:
        model = Report
        fields = ("every", "hour", "way")
        labels = {
            "every": gettext_lazy("Goes out"),
            "hour": gettext_lazy("At the hour, UTC"),
            "way": gettext_lazy("Which way"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        report = self.instance
        self.fields["every"].choices = [("", _("not by itself")), *Report.Every.choices]  # type: ignore[attr-defined]
        self.fields["hour"] = forms.TypedChoiceField(
            coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)], label=self._meta.labels["hour"]
        )
        self.fields["weekday"] = forms.TypedChoiceField(
            coerce=int, choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
            label=gettext_lazy("Of a week, on"), required=False, empty_value=1,
        )  # fmt: skip
        self.fields["monthday"] = forms.TypedChoiceField(
            coerce=int, choices=[(number, number) for number in range(1, 29)],
            label=gettext_lazy("Of a month, on the day"), required=False, empty_value=1,
        )  # fmt: skip
        ways = [choice for choice in Report.Way.choices if choice[0] != Report.Way.FOLDER or settings.REPORT_FOLDER]
        self.fields["way"] = forms.ChoiceField(choices=ways, label=self._meta.labels["way"])
        self.order_fields(("every", "weekday", "monthday", "hour", "way"))
        self.initial["weekday"] = report.day if report.every == Report.Every.WEEK else 1
        self.initial["monthday"] = report.day if report.every == Report.Every.MONTH else 1

    def clean(self) -> dict[str, Any]:
        """The day that goes with the choice, and nobody's mail but their own."""
        given = super().clean() or self.cleaned_data
        is_mail = given.get("way") in (Report.Way.ATTACHMENT, Report.Way.LINK)
        if is_mail and not self.instance.owner.email:
            self.add_error("way", _("Your account has no mail address to send to. An administrator adds it."))
        days = {Report.Every.WEEK: given.get("weekday"), Report.Every.MONTH: given.get("monthday")}
        self.instance.day = days.get(given.get("every", "")) or 1
        return given


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    own = Report.objects.filter(owner=request.user.pk).order_by("name", "pk")[:MOST_LISTS]
    shared = reports.visible_to(request.user).filter(is_shared=True).exclude(owner=request.user.pk)
    shared = shared.select_related("owner").order_by("name", "pk")[:MOST_LISTS]
    context = {
        "own": [(one, ROWS.get(one.rows, one.rows)) for one in own],
        "shared": [(one, ROWS.get(one.rows, one.rows)) for one in shared],
        "ready": [(one, _address(one.fields | {"name": one.title})) for one in ready.READY],
    }
    return render(request, "funding/report_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Choose what a report holds, look at its first rows, and keep it. The address may fill the form in."""
    report = Report(owner_id=request.user.pk, language=translation.get_language() or "en")
    return _edit(request, report, dict(request.GET.items()))


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk), {})


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, get_object_or_404(reports.visible_to(request.user).select_related("owner"), pk=pk))


@require_POST
def report_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when a report goes out by itself from now on, or that it does not."""
    report = _own(request, pk)
    form = ScheduleForm(request.POST, instance=report)
    if not form.is_valid():
        return _detail(request, report, form, status=422)
    report = form.save(commit=False)
    report.next_at = schedule.next_time(report, timezone.now()) if report.every else None
    report.language = translation.get_language() or "en"
    report.save()
    messages.success(request, _("The schedule is kept.") if report.every else _("It does not go out by itself."))
    return redirect(report)


@require_POST
def report_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a report now, the way that its schedule says."""
    report = _own(request, pk)
    if not report.way:
        messages.error(request, _("Say first which way it goes out."))
    else:
        schedule.ask(report, report.way)
        messages.success(request, _("It is being made and sent."))
    return redirect(report)


@require_POST
def report_run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more for a run that was given up, or of which it is not known whether it went out."""
    run = get_object_or_404(ReportRun.objects.select_related("report__owner"), pk=pk, report__owner=request.user.pk)
    try:
        schedule.ask_again(run)
        messages.success(request, _("It is being made and sent."))
    except ValueError as error:
        messages.error(request, retold(str(error)))
    return redirect(run.report)


@require_POST
def report_delete(request: HttpRequest, pk: int) -> HttpResponse:
    gone = _own(request, pk)
    gone.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": gone})
    return redirect("funding:report_list")


def _own(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.select_related("owner"), pk=pk, owner=request.user.pk)


def _address(fields: Mapping[str, Any]) -> str:
    """The query string that fills in the form of a new report."""
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in fields.items() if value})
    return query.urlencode()


def _edit(request: HttpRequest, report: Report, initial: dict[str, Any]) -> HttpResponse:
    is_preview = "preview" in request.POST or request.method != "POST"
    is_filled = request.method != "POST" and (report.pk is not None or "rows" in initial)
    given = request.POST if request.method == "POST" else None
    form = ReportForm(given, instance=report, initial=initial)
    if is_filled:
        # What the address or the report holds is tried as if it had been given.
        form = ReportForm(_filled(form), instance=report)
    if is_preview:
        form.for_preview()
    shown = None
    if form.is_bound and form.is_valid():
        report = form.save(commit=False)
        shown = _preview(report)
        for label, message in shown["problems"]:
            form.add_error(_field_of(label), message)
        if not is_preview and not shown["problems"] and _kept(form, report):
            messages.success(request, _("The report “%(name)s” is kept.") % {"name": report})
            return redirect(report)
    rows = exports.ROWS.get(report.rows or "rounds", exports.ROWS["rounds"])
    context = {
        "form": form,
        "report": report,
        "shown": shown,
        "known": [column.heading for column in rows.columns],
        "currencies": sorted({*exports.CURRENCIES, *rates.currencies()}),
        "most": reports.SHOWN,
    }
    return render(request, "funding/report_edit.html", context)


def _field_of(label: str) -> str:
    """The field in which what cannot be read was given, by what its problem is called."""
    written = exports.Options.base_fields
    own = {str(written[name].label): name for name in ("columns", "currency")}
    return (own | {name: name for name in as_of.PARAMETERS}).get(label, "filters")


def _filled(form: ReportForm) -> dict[str, Any]:
    """The values that an unbound form shows."""
    return {field.name: value for field in form if (value := field.value()) not in (None, False)}


def _preview(report: Report) -> dict[str, Any]:
    """The first rows as the file has them, or why there is none."""
    try:
        with reports.opened(report, timezone.now().date(), "csv") as found:
            figures = [column.kind in FIGURES for column in found.columns]
            heads = [(column.heading, is_figure) for column, is_figure in zip(found.columns, figures, strict=True)]
            rows = [list(zip(row, figures, strict=True)) for row in found.first(reports.SHOWN)]
            return {"heads": heads, "rows": rows, "problems": []}
    except exports.TooSlow:
        return {"heads": [], "rows": [], "problems": [], "is_slow": True}
    except reports.CannotMake as error:
        return {"heads": [], "rows": [], "problems": error.problems}


def _kept(form: ReportForm, report: Report) -> bool:
    try:
        reports.keep(report)
    except Refused as error:
        form.add_error("name", str(error))
        return False
    return True


def _detail(request: HttpRequest, report: Report, form: ScheduleForm | None = None, status: int = 200) -> HttpResponse:
    is_own = report.owner_id == request.user.pk
    day: datetime.date = timezone.now().date()
    copied = QueryDict(report.query)
    fields = {name: copied.get(name, "") for name in ("columns", "currency", "known", "public")}
    fields |= {
        "rows": report.rows,
        "filters": reports.filters_of(copied),
        "period": report.period,
        "form": report.form,
    }
    context = {
        "report": report,
        "is_own": is_own,
        "of": ROWS.get(report.rows, report.rows),
        "query": reports.query_of(report, day).urlencode(),
        "filters": reports.filters_of(reports.query_of(report, day)),
        "copy": _address(fields),
        "shown": _preview(report),
        "most": reports.SHOWN,
        "form": (form or ScheduleForm(instance=report)) if is_own else None,
        "runs": report.runs.newest_first()[:RUNS] if is_own else [],
        "has_mail": settings.HAS_MAIL,
        "formats": Report.Format.choices,
    }
    return render(request, "funding/report_detail.html", context, status=status)
