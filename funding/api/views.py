"""The addresses of the API that read: lists, single records, and everything in bulk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config import access
from config.access import Level
from config.filters import AFTER
from config.problems import API, Problem
from config.problems import KINDS as KINDS_OF_PROBLEM
from funding.views.past import whole

from . import openapi, reading
from .answers import JSON, LINES, json_answer, require_accepted
from .records import Kind


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The page that lists all addresses, and tries them."""
    groups = [(str(label), [one for one in operations() if one.tag == name]) for name, label in openapi.LABELS.items()]
    problems = [(kind, status, str(title)) for kind, (status, title) in KINDS_OF_PROBLEM.items() if status < 500]
    return render(request, "api/about.html", {"groups": groups, "problems": problems})


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    require_accepted(request, JSON)
    return json_answer(json.dumps(openapi.document(), ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with a method, as the page shows it; `key` is the name of what stands in braces in the address."""

    tag: str
    name: str
    method: str
    path: str
    summary: str
    key: str
    headers: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    body: str

    @property
    def is_change(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


def operations() -> Iterator[Operation]:
    """All that the document lists, in its order."""
    for path, methods in openapi.paths().items():
        keys = [one["name"] for one in methods.get("parameters", ())]
        for method in ("get", "post", "patch", "delete"):
            if method not in methods or "tags" not in methods[method]:
                continue
            told = methods[method]
            body = told.get("requestBody", {}).get("content", {}).get(JSON, {}).get("example")
            by_place = {
                place: [one for one in told["parameters"] if one["in"] == place] for place in ("query", "header")
            }
            yield Operation(
                told["tags"][0],
                told["operationId"],
                method.upper(),
                path,
                told["summary"],
                "".join(keys),
                tuple(one["name"] for one in by_place["header"]),
                tuple((one["name"], one["description"]) for one in by_place["query"]),
                json.dumps(body, ensure_ascii=False, indent=2) if body else "",
            )


def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """What an address gets that the API does not have."""
    return Problem("not-found", _("The API has no such address; /api/v1/openapi.json lists those it has.")).answer()


def record_list(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """A page of records; all of them, one a line, where lines of JSON are accepted and nothing else."""
    if require_accepted(request, JSON, LINES) == LINES:
        if not access.reaches(request, Level.EXPORT):
            raise access.refusal(request, Level.EXPORT)
        return record_bulk(request, kind)
    asked = reading.read(kind, request.GET)
    with asked.past:
        rows, place = reading.page(asked)
    following = _after(request, place) if place else ""
    answer = json_answer(f'{{"data": [{", ".join(rows)}], "next": {json.dumps(following or None)}}}')
    if following:
        answer["Link"] = f'<{following}>; rel="next"'
    return answer


def _after(request: HttpRequest, place: str) -> str:
    query = request.GET.copy()
    query[AFTER] = place
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def record_bulk(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """All records that the filters leave, one JSON object a line."""
    require_accepted(request, LINES)
    asked = reading.read(kind, request.GET, is_bulk=True)
    headers = {"Cache-Control": "no-store"}
    with asked.past:
        if request.method == "HEAD":
            return HttpResponse(content_type=LINES, headers=headers)
        answer = StreamingHttpResponse(reading.bulk(asked), content_type=LINES, headers=headers)
        # What streams would be read after the block, from the present.
        return whole(answer) if asked.moment else answer


def record_detail(request: HttpRequest, kind: Kind, **key: Any) -> HttpResponseBase:
    """One record with its ETag; 304 where the client has this version."""
    require_accepted(request, JSON)
    (wanted,) = key.values()
    if kind.by == "slug" and (moved := _merged(kind, wanted)):
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{moved}?{query}" if query else moved)
    record, moment = reading.read_one(kind, wanted, request.GET)
    answer = json_answer(record.text)
    if moment is None:
        answer["ETag"] = record.tag
        return get_conditional_response(request, record.tag, None, answer)  # type: ignore[return-value]
    return answer


def _merged(kind: Kind, slug: str) -> str:
    """The address of the record that another was merged into; empty where it was not."""
    found = kind.model.objects.filter(slug=slug, merged_into__isnull=False).values_list("merged_into__slug").first()
    return f"{API}{kind.name}/{found[0]}" if found else ""
