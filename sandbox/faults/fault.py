"""A fault: what goes wrong, for which operations, how often and how long."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "throttled",
    "http_429",
    "http_430",
    "http_5xx",
    "internal_error",
    "drop_before",
    "drop_after",
    "internal_error_after",
    "delay",
    "timeout",
    "expired_token",
    "access_denied",
    "stale_without_index",
    "user_error",
    "version_fallback",
    "deprecated",
    "withdrawn",
    "answer",
    "bulk_slow",
    "bulk_stuck",
    "bulk_failed",
    "bulk_empty",
    "bulk_line",
    "bulk_cut",
    "bulk_expired",
)


@dataclass(slots=True)
class Fault:
    """`after` requests pass first; then it strikes `times` requests, each with `probability`."""

    fault: str
    operation: str | None = None
    probability: float = 1.0
    times: int | None = None
    after: int = 0
    seconds: float | None = None
    for_seconds: float | None = None
    items: tuple[str, ...] = ()
    index: bool = True
    code: str | None = None
    message: str | None = None
    seed: int = 0
    retry_after: float | None = None
    status: int | None = None
    name: str | None = None
    """Of a field that the schema has lost, as Type.field."""
    body: Any = None
    lines: int | None = None
    """Of a bulk operation or its download: so many pass first."""
    middle: bool = False
    """Whether a download is cut off in the middle of a line."""
    short: bool = False
    """Whether what is left of a download is said to be all; otherwise the connection is closed too early."""
    counted: bool = False
    """Whether an operation that is empty by mistake has counted what it does not show."""
    id: int = 0
    fired: int = 0
    seen: int = 0
    ends_at: float | None = None
    dice: random.Random = field(default_factory=random.Random)

    def line(self) -> dict[str, Any]:
        hidden = ("dice", "ends_at", "seen")
        return {name: getattr(self, name) for name in self.__slots__ if name not in hidden}
