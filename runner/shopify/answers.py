"""What an answer of the Admin API says: its cost, and what an error in it means for the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from runner.errors import LostAnswer, RequestRefused, ServerFault, ShopifyError, ShopRefused, Throttled

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


@dataclass(frozen=True)
class Cost:
    """``extensions.cost`` of an answer, in points and points per second."""

    requested: int
    actual: int | None
    capacity: float
    restore_rate: float
    available: float


def cost_of(payload: dict[str, Any]) -> Cost | None:
    """What an answer's body says about cost, if anything."""
    cost = payload.get("extensions", {}).get("cost")
    if not cost:
        return None
    status = cost["throttleStatus"]
    return Cost(
        cost["requestedQueryCost"],
        cost.get("actualQueryCost"),
        status["maximumAvailable"],
        status["restoreRate"],
        status["currentlyAvailable"],
    )


def read_answer(response: httpx.Response) -> tuple[dict[str, Any], ShopifyError | None]:
    """The body of an answer, and what is wrong with it (shapes and HTTP codes of the Admin API)."""
    status = response.status_code
    if status == 429:
        return {}, Throttled("Shopify asks to slow down.", wait=float(response.headers.get("Retry-After", 1)))
    if status >= 500:
        return {}, ServerFault(f"Shopify answered with HTTP {status}.", code=f"HTTP_{status}")
    if status in _SHOP_STATUS:
        code, message, remedy = _SHOP_STATUS[status]
        return {}, ShopRefused(message, code=code, remedy=remedy)
    try:
        payload = response.json()
    except ValueError:
        return {}, LostAnswer(f"The answer with HTTP {status} is not JSON.")
    if status != 200 or not isinstance(payload, dict):
        return {}, RequestRefused(f"Shopify answered with HTTP {status}.", code=f"HTTP_{status}")
    if errors := payload.get("errors"):
        return payload, _graphql_error(errors, cost_of(payload))
    if not isinstance(payload.get("data"), dict):
        return payload, LostAnswer("The answer holds neither data nor errors.")
    return payload, None


def _graphql_error(errors: Any, cost: Cost | None) -> ShopifyError:
    if not isinstance(errors, list):
        return RequestRefused(str(errors))
    first = errors[0]
    code = str(first.get("extensions", {}).get("code", "UNKNOWN"))
    message = str(first.get("message", "")).rstrip(".") + "."
    if code == "THROTTLED":
        missing = cost.requested - cost.available if cost else 0
        return Throttled(wait=max(missing / cost.restore_rate, 0.05) if cost else 1.0)
    if code == "INTERNAL_SERVER_ERROR":
        return ServerFault(message)
    if code == "ACCESS_DENIED":
        return ShopRefused(message, code=code, remedy="Give the app this scope, then run: shelfwire shop verify DOMAIN")
    if code == "SHOP_INACTIVE":
        return ShopRefused("The shop is inactive.", code=code, remedy="Reopen the shop in the Shopify admin.")
    return RequestRefused(message, code=code)
