"""`@idempotent`: a key is answered once; its repetition is told what became of the first.

https://shopify.dev/docs/api/usage/implementing-idempotency
"""

from __future__ import annotations

import hashlib
import marshal
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.clock import Clock

LIFETIME = 24 * 3600

MISMATCH = (
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    "The same idempotency key cannot be used with different operation parameters.",
)
CONCURRENT = (
    "IDEMPOTENCY_CONCURRENT_REQUEST",
    "A request with the same idempotency key is being processed. Please try again later.",
)
FAILED = (
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
    "The previous attempt with this idempotency key failed. Please use a new idempotency key.",
)

Refusal = tuple[str, str]
"""Code and message of the user error."""


def fingerprint(*parts: Any) -> bytes:
    """Of a mutation's parameters; the order of input fields counts, as it does at Shopify."""
    # Version 2 writes equal values equally: it knows no references.
    return hashlib.blake2b(marshal.dumps(parts, 2), digest_size=16).digest()


@dataclass(slots=True)
class Attempt:
    fingerprint: bytes
    at: float
    payload: dict[str, Any]
    """What the resolver answered: the objects themselves, so a repetition shows them as they are by then."""
    state: Literal["applied", "failed"]


class Keys:
    """The keys of the last 24 hours, per app; `open` are those of requests that are still being answered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempts: dict[tuple[str, str], Attempt] = {}
        self._open: Counter[tuple[str, str]] = Counter()

    def enter(self, app: str, keys: Iterable[str]) -> frozenset[str]:
        """Begin to work under the keys; those that another request works under come back. Pair with `leave`."""
        mine = {(app, key) for key in keys}
        contended = frozenset(key for owner, key in mine if self._open[owner, key])
        self._open.update(mine)
        return contended

    def leave(self, app: str, keys: Iterable[str]) -> None:
        for mine in {(app, key) for key in keys}:
            self._open[mine] -= 1
            if not self._open[mine]:
                del self._open[mine]

    def earlier(self, app: str, key: str, parameters: bytes) -> Attempt | Refusal | None:
        """The attempt to repeat the answer of, why the key cannot be used, or None for a new key."""
        self._forget()
        attempt = self._attempts.get((app, key))
        if attempt is None:
            return None
        if attempt.fingerprint != parameters:
            return MISMATCH
        return FAILED if attempt.state == "failed" else attempt

    def keep(self, app: str, key: str, parameters: bytes, payload: dict[str, Any]) -> None:
        failed = any(value for name, value in payload.items() if name.endswith("serErrors"))
        self._attempts[app, key] = Attempt(
            parameters, self._clock.now(), {} if failed else payload, "failed" if failed else "applied"
        )

    def _forget(self) -> None:
        while self._attempts:
            oldest = next(iter(self._attempts))
            if self._attempts[oldest].at > self._clock.now() - LIFETIME:
                break
            del self._attempts[oldest]
