"""What the engine asks of a subject that pushes: it knows none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runner.db.lanes import Turn
from runner.db.push import Applied, Draft, PushRound, Refusal, Request
from runner.shopify.client import Client
from runner.shopify.documents import Document


@dataclass(frozen=True)
class Accepted:
    """Shopify has applied the request."""

    answer: Any


@dataclass(frozen=True)
class Later:
    """Shopify still works on an earlier sending: the same request is sent again, under the same key."""

    code: str
    message: str


@dataclass(frozen=True)
class Rejected:
    """Nothing of the request was written.

    Attributes:
        refusals: entries that will not pass; the others go out without them.
        changed: entries that Shopify holds otherwise than we had seen, to be looked at again; None in it: any may be.
    """

    answer: Any
    refusals: Sequence[Refusal] = ()
    changed: Sequence[int | None] = ()


@dataclass(frozen=True)
class Nameless:
    """Nothing of the request was written, and the error names no entry."""

    code: str
    message: str


Verdict = Accepted | Later | Rejected | Nameless


class Strategy(Protocol):
    """How one kind is pushed. All of it is stored in Postgres; an instance serves every lane of a process.

    Attributes:
        documents: what its requests are, by name; the points of the first are taken in advance.
    """

    kind: str
    documents: Mapping[str, Document]

    async def prepare(self, turn: Turn, keys: Sequence[str], size: int | None) -> Draft:
        """Decide what to send now for these keys and store it, ``size`` entries per request (None: the kind's own).

        Raises:
            LaneTaken: the lane belongs to another job now, or has a request without an answer.
        """

    async def advance(
        self, turn: Turn, keys: Sequence[str], then: str, applied: Applied | None, cost: int
    ) -> PushRound:
        """Settle keys, note the last request's answer, take the lane's next keys and prepare them: one statement."""

    async def close(self, request_id: int, state: str, answer: Any, refusals: Sequence[Refusal] = ()) -> bool:
        """Note how a request ended: applied, rejected or abandoned. False if that was known already."""

    def verdict(self, data: dict[str, Any]) -> Verdict:
        """What an answer without errors says became of the request."""

    async def look(
        self,
        client: Client,
        turn: Turn,
        attempts: int,
        *,
        request: Request | None = None,
        entries: Sequence[int | None] = (None,),
        unread: Sequence[int] = (),
    ) -> None:
        """Read anew what some entries of a request, or keys that were never read, are at Shopify.

        Raises:
            Transient, ShopRefused, RequestRefused: as the client.
        """

    async def probe(self, turn: Turn, keys: Sequence[str]) -> Request | None:
        """Store a request that changes nothing, of another key of the lane, to see whether the shop takes writes."""
