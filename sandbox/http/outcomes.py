"""Answers that no resolver gives, and what the journal says of an answer."""

from __future__ import annotations

from sandbox.execution.cost import MAX_COST
from sandbox.execution.documents import Operation
from sandbox.execution.execution import Answer, Prepared, internal_error

LIMITS = "https://shopify.dev/api/usage/rate-limits"


def broken(request_id: str, operation: Operation) -> Answer:
    return {"errors": [internal_error([operation.names[0]], request_id)], "data": None}


def too_costly(requested: int) -> Answer:
    message = (
        f"Query cost is {requested}, which exceeds the single query max cost limit ({MAX_COST}).\n\n"
        f"See {LIMITS} for more information on how the cost of a query is calculated."
    )
    extensions = {
        "code": "MAX_COST_EXCEEDED",
        "cost": requested,
        "maxCost": MAX_COST,
        "documentation": LIMITS,
    }
    return {"errors": [{"message": message, "extensions": extensions}]}


def outcome_of(body: Answer) -> str:
    """`ok`, the code of the first error, or the codes of the user errors."""
    for error in body.get("errors", ()):
        return str(error.get("extensions", {}).get("code", "error"))
    for payload in (body.get("data") or {}).values():
        fields = payload.items() if isinstance(payload, dict) else ()
        errors = [error for name, found in fields if name.endswith("serErrors") for error in found]
        if errors:
            codes = dict.fromkeys(str(error.get("code") or "user error") for error in errors)
            return ", ".join(codes)
    return "ok"


def entries_of(prepared: Prepared) -> int | None:
    """How many members the list in a mutation's input has."""
    if not prepared.operation.is_mutation:
        return None
    for value in prepared.variables.values():
        if isinstance(value, list):
            return len(value)
        if isinstance(value, dict):
            for one in value.values():
                if isinstance(one, list) and one and isinstance(one[0], dict):
                    return len(one)
    return None


def items_of(prepared: Prepared) -> set[str]:
    """The inventory items whose quantities a request sets or moves."""
    given = prepared.variables.get("input")
    lists = given.values() if isinstance(given, dict) else ()
    entries = [one for many in lists if isinstance(many, list) for one in many if isinstance(one, dict)]
    return {str(one["inventoryItemId"]) for one in entries if "inventoryItemId" in one}
