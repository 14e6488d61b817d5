"""Titles as the engine pushes them: one product to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import OperationDefinitionNode, parse

from runner.db import Database
from runner.db.lanes import Turn
from runner.db.push import Refusal
from runner.engine.strategy import Accepted, Rejected, Verdict
from runner.shopify.client import Client
from runner.shopify.documents import Document
from runner.shopify.shape import Shape

TEXT = """
mutation TitleUpdate($product: ProductUpdateInput!) {
  productUpdate(product: $product) { product { id } userErrors { field message } }
}
"""


ERRORS = Shape(False, item=Shape(False, {"field": Shape(True, item=Shape(False)), "message": Shape(False)}))
ANSWER = Shape(
    False,
    {"productUpdate": Shape(False, {"product": Shape(True, {"id": Shape(False)}), "userErrors": ERRORS})},
)


def _document() -> Document:
    (operation,) = parse(TEXT).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Document("TitleUpdate", TEXT, operation, ANSWER)


class Titles:
    """The strategy of kind titles."""

    kind = "titles"

    def __init__(self, _database: Database) -> None:
        self.documents: Mapping[str, Document] = {"TitleUpdate": _document()}
        self.bulk: Mapping[str, Document] = {}

    def is_bulk(self, _document: str, _variables: Mapping[str, Any], /) -> bool:
        return False

    def points(self, _document: Document, _variables: str, /) -> int | None:
        return None

    async def answer(self, _client: Client, data: dict[str, Any], /) -> dict[str, Any]:
        return data

    def verdict(self, data: dict[str, Any]) -> Verdict:
        payload = data["productUpdate"]
        if errors := payload["userErrors"]:
            return Rejected(errors, [Refusal(0, "INVALID_TITLE", errors[0]["message"])])
        return Accepted(payload["product"])

    async def look(
        self, client: Client, turn: Turn, objects: Sequence[int], attempts: int, request_id: int | None, /
    ) -> None:
        """What is written is written whole: there is nothing to look at."""

    async def objects_of(self, request_id: int, entries: Sequence[int] | None, /) -> Sequence[int]:
        return []
