"""How an address of the API answers: one function a method, problems in the place of pages, and what is accepted."""

import functools
import json
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from config.problems import Problem

JSON, LINES = "application/json", "application/x-ndjson"
Answering = Callable[..., HttpResponseBase]
AS_OF_NOTHING: Final = ""


def endpoint(**methods: Answering) -> Answering:
    """A view of which each method is one function: `endpoint(GET=round_list, POST=round_new)`."""

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            answering = methods.get("GET" if request.method == "HEAD" else request.method or "")
            if answering is None:
                taken = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
                raise Problem("method-not-allowed", headers={"Allow": ", ".join(taken)})
            answer = answering(request, **kwargs)
        except Problem as problem:
            answer = problem.answer()
        except Http404:
            answer = Problem("not-found").answer()
        except RequestDataTooBig:
            answer = Problem("too-large").answer()
        except (BadRequest, SuspiciousOperation):
            answer = Problem("bad-request").answer()
        patch_vary_headers(answer, ["Accept", "Authorization", "Cookie"])  # type: ignore[arg-type]
        return answer

    view.methods = methods  # type: ignore[attr-defined]
    return functools.update_wrapper(view, next(iter(methods.values())))


def require_accepted(request: HttpRequest, *media: str) -> str:
    """The first of these media types that the client takes. Raises Problem, which lists them."""
    chosen = request.get_preferred_type(list(media))
    if chosen is None:
        told = _("This address answers as %(media)s.") % {"media": ", ".join(media)}
        raise Problem("not-acceptable", told)
    return chosen


def as_json(found: Any) -> str:
    """What Python holds, as JSON text."""
    return json.dumps(found, ensure_ascii=False)


def json_answer(text: str, status: int = 200, **headers: str) -> HttpResponse:
    """JSON that is text already."""
    return HttpResponse(
        text, status=status, content_type=JSON, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
