"""Bodies of control requests, checked and refused with words a person understands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults.fault import KINDS

Check = type | Callable[[Any], bool]


class BadForm(Exception):
    """The body is not what was asked for; the message names the field."""


def _kind(value: Any) -> bool:
    if value not in KINDS:
        raise BadForm(f"fault: {value!r} is none of {', '.join(KINDS)}")
    return True


def _type(value: Any) -> bool:
    if value not in ("MUTATION", "QUERY"):
        raise BadForm(f"{value!r} is neither MUTATION nor QUERY")
    return True


def _between(low: float, high: float = float("inf"), whole: bool = False) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not number or not low <= value <= high:
            limits = f"from {low} to {high}" if high != float("inf") else f"of at least {low}"
            raise BadForm(f"{value!r} is not a {'whole ' if whole else ''}number {limits}")
        return True

    return check


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


FAULT: dict[str, Check] = {
    "fault": _kind,
    "operation": str,
    "probability": _between(0, 1),
    "times": _between(1, whole=True),
    "after": _between(0, whole=True),
    "seconds": _between(0),
    "for_seconds": _between(0),
    "items": _texts,
    "index": bool,
    "code": str,
    "message": str,
    "seed": int,
    "retry_after": _between(0),
    "status": _between(200, 599, whole=True),
    "name": str,
    "body": lambda _: True,
    "lines": _between(0, whole=True),
    "middle": bool,
    "short": bool,
    "counted": bool,
}

BUCKET: dict[str, Check] = {"capacity": _between(1, whole=True), "restore_rate": _between(1, whole=True)}


BULK: dict[str, Check] = {"type": _type, "seconds": _between(0)}


async def read_form(request: Request, fields: Mapping[str, Check]) -> dict[str, Any]:
    """The body's fields; null counts as not given. Raises BadForm."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadForm(f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise BadForm("the body is not a JSON object")
    if fields is FAULT and "fault" not in body:
        raise BadForm(f"fault: missing; one of {', '.join(KINDS)}")
    for name, value in body.items():
        if name not in fields:
            raise BadForm(f"{name}: unknown; known are {', '.join(fields)}")
        if value is not None:
            _check(name, value, fields[name])
    return {name: value for name, value in body.items() if value is not None}


def _check(name: str, value: Any, check: Check) -> None:
    if isinstance(check, type):
        if not isinstance(value, check) or (isinstance(value, bool) and check is not bool):
            raise BadForm(f"{name}: {value!r} is not of type {check.__name__}")
        return
    try:
        valid = check(value)
    except BadForm as error:
        text = str(error)
        raise BadForm(text if text.startswith(f"{name}:") else f"{name}: {text}") from None
    if not valid:
        raise BadForm(f"{name}: {value!r} is not a list of texts")


def missing(message: str) -> Response:
    return JSONResponse({"error": message}, 404)


def from_another_site(request: Request) -> bool:
    """Whether a page of another site sent it: a browser says so, and what is no browser has no page."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def guarded(run: Any) -> Any:
    """The endpoint, with 400 for a BadForm, and 403 for what another site would have written."""

    async def endpoint(request: Request) -> Response:
        if request.method not in ("GET", "HEAD") and from_another_site(request):
            return JSONResponse({"error": "the request comes from a page of another site"}, 403)
        try:
            answer: Response = await run(request)
        except BadForm as error:
            return JSONResponse({"error": str(error)}, 400)
        return answer

    return endpoint
