"""What the engine asks of a subject that pushes: it knows none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runner.db.lanes import Turn
from runner.db.push import Refusal
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
    """How one kind is pushed: what SQL does not decide. An instance serves every lane of a process.

    Where `sync.probe_push` knows no harmless request of a kind, a key that makes Shopify fail stays pending, behind the
    circuit, for as long as nothing else of the kind is written.

    Attributes:
        documents: what its requests are, by name.
        bulk: of those that bulk operations may send, what these take in their place: a mutation with one connection at
            most.
    """

    kind: str
    documents: Mapping[str, Document]
    bulk: Mapping[str, Document]

    def points(self, document: Document, variables: str, /) -> int | None:
        """The cost of a request, if it depends on what it carries; None: it costs what the last one did."""

    def is_bulk(self, document: str, variables: Mapping[str, Any], /) -> bool:
        """Whether a bulk operation may send a request of a document in `bulk`."""

    async def answer(self, client: Client, data: dict[str, Any], /) -> dict[str, Any]:
        """The whole of an answer that began with this, where Shopify works in the background, or in pages.

        Raises:
            Transient, ShopRefused: it is not known: the request is sent again.
        """

    def verdict(self, data: dict[str, Any]) -> Verdict:
        """What an answer without errors says became of the request."""

    async def look(
        self, client: Client, turn: Turn, objects: Sequence[int], attempts: int, request_id: int | None, /
    ) -> None:
        """Read anew what some objects of Shopify are, as `unread` steps and `objects_of` name them.

        ``request_id``: the request that made us look.

        Raises:
            Transient, ShopRefused, RequestRefused: as the client.
        """

    async def objects_of(self, request_id: int, entries: Sequence[int] | None, /) -> Sequence[int]:
        """The objects of Shopify that some entries of a request are about, or all."""
