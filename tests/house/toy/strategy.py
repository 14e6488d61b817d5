"""Titles as the engine pushes them: one product to a request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import OperationDefinitionNode, parse

from runner.db import Database
from runner.db.lanes import Turn
from runner.db.push import STEP, Applied, Draft, PushRound, Refusal, Request, draft, listed, round_of
from runner.engine.strategy import Accepted, Rejected, Verdict
from runner.shopify.client import Client
from runner.shopify.documents import Document

TEXT = """
mutation TitleUpdate($product: ProductUpdateInput!) {
  productUpdate(product: $product) { product { id } userErrors { field message } }
}
"""


def _document() -> Document:
    (operation,) = parse(TEXT).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Document("TitleUpdate", TEXT, operation)


class Titles:
    """The strategy of kind titles."""

    kind = "titles"

    def __init__(self, database: Database) -> None:
        self._db = database
        self.documents: Mapping[str, Document] = {"TitleUpdate": _document()}

    async def prepare(self, turn: Turn, keys: Sequence[str], size: int | None) -> Draft:
        statement = f"select {STEP} from sync.prepare_titles(%s::sync.turn, %s)"
        return draft(await self._db.fetch(statement, (str(turn), list(keys))))

    async def advance(
        self, turn: Turn, keys: Sequence[str], then: str, applied: Applied | None, cost: int
    ) -> PushRound:
        statement = f"select {STEP} from sync.advance_titles(%s::sync.turn, %s, %s, %s::json, %s)"
        return round_of(
            await self._db.fetch(statement, (str(turn), list(keys), then, applied and applied.json(), cost))
        )

    async def close(self, request_id: int, state: str, answer: Any, refusals: Sequence[Refusal] = ()) -> bool:
        statement = "select sync.close_titles(%s, %s, %s::json, %s::json)"
        return bool(await self._db.value(statement, (request_id, state, json.dumps(answer), listed(refusals))))

    def verdict(self, data: dict[str, Any]) -> Verdict:
        payload = data["productUpdate"]
        if errors := payload["userErrors"]:
            return Rejected(errors, [Refusal(0, "INVALID_TITLE", errors[0]["message"])])
        return Accepted(payload["product"])

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
        """What is written is written whole: there is nothing to look at."""

    async def probe(self, turn: Turn, keys: Sequence[str]) -> Request | None:
        return None
