"""What every change of quantities carries: a reason, and maybe documents it refers to."""

from __future__ import annotations

import re
from typing import Any

from sandbox.calls.errors import user_error

REASONS = (
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_canceled",
    "movement_created",
    "movement_received",
    "movement_updated",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
)

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")


def reason_errors(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Of `reason` and `referenceDocumentUri`."""
    errors = []
    if given["reason"] not in REASONS:
        valid = ", ".join(REASONS)
        message = f"The specified reason is invalid. Valid values are: {valid}."
        errors.append(user_error(["input", "reason"], message, "INVALID_REASON"))
    uri = given.get("referenceDocumentUri")
    if uri is not None and not URI.match(uri):
        message = "The specified reference document is invalid."
        errors.append(user_error(["input", "referenceDocumentUri"], message, "INVALID_REFERENCE_DOCUMENT"))
    return errors


def ledger_error(name: str, uri: str | None) -> tuple[str, str] | None:
    """Message and code: stock that can be sold needs no ledger document, all other needs one."""
    if name == "available":
        if uri is not None:
            message = "A ledger document URI is not allowed when adjusting available."
            return message, "INVALID_AVAILABLE_DOCUMENT"
        return None
    if uri is None:
        message = "A ledger document URI is required except when adjusting available."
        return message, "INVALID_QUANTITY_DOCUMENT"
    if uri.startswith("gid://shopify/"):
        return "Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API.", (
            "INTERNAL_LEDGER_DOCUMENT"
        )
    if not URI.match(uri):
        return "The specified ledger document is invalid.", "INVALID_LEDGER_DOCUMENT"
    return None
