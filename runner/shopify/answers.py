"""What an answer of the Admin API says: its cost, and what an error in it means for the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from runner.errors import (
    DocumentRefused,
    LostAnswer,
    RequestRefused,
    ServerFault,
    ShopifyError,
    ShopRefused,
    Throttled,
    TooCostly,
)
from runner.shopify.documents import API_VERSION, Document

_SHOP_STATUS = {
    401: ("UNAUTHORIZED", "The shop does not take the access token.", "Run: shelfwire shop token DOMAIN"),
    402: ("SHOP_FROZEN", "The shop is frozen for want of payment.", "Settle the shop's bill with Shopify."),
    403: (
        "FORBIDDEN",
        "The shop forbids the call.",
        "Give the app its scopes. Run: shelfwire shop verify DOMAIN",
    ),
    404: ("NOT_FOUND", "There is no such shop or API version.", "Check the shop's domain."),
    423: ("SHOP_LOCKED", "The shop is locked.", "Ask Shopify's support why."),
    430: (
        "SECURITY_REJECTION",
        "Shopify rejects the call for reasons of security.",
        "Do not retry; ask Shopify.",
    ),
}
# What depends on how much a request carries.
_TOO_MUCH = {413, 414}
# Found before anything is run, by the document alone.
_STATIC = re.compile(r"[a-z]+[A-Z]\w*|PARSE_ERROR")
# Of errors whose code says too little: what no value of ours can mend.
_UNKNOWN = re.compile(r"Field is not defined on|must include the following argument|directive is required")
_SHOWN = 300


@dataclass(frozen=True)
class Cost:
    """``extensions.cost`` of an answer, in points and points per second."""

    requested: int
    actual: int | None
    capacity: float
    restore_rate: float
    available: float


def cost_of(payload: Mapping[str, Any]) -> Cost | None:
    """What an answer's body says about cost, if anything."""
    try:
        cost = payload["extensions"]["cost"]
        status = cost["throttleStatus"]
        return Cost(
            int(cost["requestedQueryCost"]),
            cost.get("actualQueryCost"),
            float(status["maximumAvailable"]),
            float(status["restoreRate"]),
            float(status["currentlyAvailable"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def read_answer(response: httpx.Response, document: Document) -> tuple[dict[str, Any], ShopifyError | None]:
    """The body of an answer to a document, and what is wrong with it (shapes and HTTP codes of the Admin API)."""
    status = response.status_code
    if status == 429:
        return {}, Throttled("Shopify asks to slow down.", wait=retry_after(response))
    if status >= 500:
        return {}, ServerFault(f"Shopify answered with HTTP {status}.", code=f"HTTP_{status}")
    if status in _SHOP_STATUS:
        code, message, remedy = _SHOP_STATUS[status]
        return {}, ShopRefused(message, code=code, remedy=remedy)
    if status != 200:
        return {}, _refused(status, document, response.text)
    try:
        payload = response.json()
    except ValueError:
        return {}, LostAnswer("The answer with HTTP 200 is not JSON.")
    if not isinstance(payload, dict):
        return {}, LostAnswer("The answer is not a JSON object.", code="INCOMPLETE_ANSWER")
    return payload, fault_of(payload, document)


def fault_of(payload: Mapping[str, Any], document: Document) -> ShopifyError | None:
    """What is wrong with ``{data, errors, extensions}`` that answers a document, if anything."""
    if errors := payload.get("errors"):
        return _graphql_error(errors, cost_of(payload), document)
    if lacking := document.shape.lacking(payload.get("data")):
        return LostAnswer(f"The answer to {document.name}: {lacking}.", code="INCOMPLETE_ANSWER")
    return None


def retry_after(response: httpx.Response) -> float:
    """The seconds that an answer asks to wait; where it gives a date, or nothing, one."""
    try:
        return float(response.headers.get("Retry-After") or 1)
    except ValueError:
        return 1.0


def _refused(status: int, document: Document, body: str) -> ShopifyError:
    shown = " ".join(body.split())[:_SHOWN]
    code = f"HTTP_{status}"
    if status in _TOO_MUCH:
        return RequestRefused(f"Shopify answered with HTTP {status}: {shown}", code=code)
    return _document_refused(document, f"HTTP {status}: {shown}" if shown else f"HTTP {status}", code)


def _document_refused(document: Document, message: str, code: str, remedy: str | None = None) -> DocumentRefused:
    return DocumentRefused(
        f"Shopify does not take {document.name} in version {API_VERSION}: {message}",
        code=code,
        remedy=remedy,
    )


def _graphql_error(errors: Any, cost: Cost | None, document: Document) -> ShopifyError:
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    if not found:
        return RequestRefused(str(errors)[:_SHOWN])
    first = next((error for error in found if _is_about_document(error)), found[0])
    code = _code(first)
    message = str(first.get("message", "")).rstrip(".") + "."
    if code == "THROTTLED":
        missing = cost.requested - cost.available if cost else 0
        return Throttled(wait=max(missing / cost.restore_rate, 0.05) if cost else 1.0)
    if code == TooCostly.code and isinstance(points := _extensions(first).get("cost"), int):
        return TooCostly(message, points=points)
    if code == "INTERNAL_SERVER_ERROR":
        return ServerFault(message)
    if code == "SHOP_INACTIVE":
        return ShopRefused("The shop is inactive.", code=code, remedy="Reopen the shop in the Shopify admin.")
    if code == "ACCESS_DENIED":
        remedy = "Give the app this scope, then run: shelfwire shop verify DOMAIN"
        return _document_refused(document, message, code, remedy)
    if _is_about_document(first):
        return _document_refused(document, message, code, "It goes on by itself once Shopify takes it.")
    return RequestRefused(message, code=code)


def _extensions(error: Mapping[str, Any]) -> Mapping[str, Any]:
    found = error.get("extensions")
    return found if isinstance(found, dict) else {}


def _code(error: Mapping[str, Any]) -> str:
    return str(_extensions(error).get("code", "UNKNOWN"))


def _is_about_document(error: Mapping[str, Any]) -> bool:
    """Whether an error would meet every request of the document, whatever its values: no item is to blame."""
    code, message = _code(error), str(error.get("message", ""))
    if _STATIC.fullmatch(code) or _UNKNOWN.search(message):
        return True
    if code != "INVALID_VARIABLE":
        return False
    given = _extensions(error).get("value")
    problems = [problem for problem in _extensions(error).get("problems") or () if isinstance(problem, dict)]
    return any(
        _UNKNOWN.search(str(problem.get("explanation"))) or not _is_about_entry(problem.get("path") or (), given)
        for problem in problems
    )


def _is_about_entry(path: Sequence[Any], given: Any) -> bool:
    """Whether a problem's path names an entry of a list, and in it a value that we gave."""
    if not any(isinstance(part, int) for part in path):
        return False
    for part in path:
        keys = given if isinstance(given, dict) else range(len(given)) if isinstance(given, list) else ()
        if part not in keys:
            return False
        given = given[part]
    return True
