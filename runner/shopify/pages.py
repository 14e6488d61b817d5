"""Lists of a shop, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from runner.shopify.client import Client
from runner.shopify.documents import document


async def pages(
    client: Client, name: str, variables: Mapping[str, Any] | None = None, keep: int = 0
) -> AsyncIterator[list[dict[str, Any]]]:
    """The nodes of each page of the one connection that a document asks for, which takes ``first`` and ``after``.

    Args:
        keep: points of the budget to leave to more urgent callers.

    Raises:
        Transient, ShopRefused, RequestRefused: as the client.
    """
    query = document(name)
    after: str | None = None
    while True:
        given = {**(variables or {}), "first": client.costs.best(query).items, "after": after}
        answer = await client.execute(query, given, keep=keep)
        (page,) = answer.data.values()
        yield page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
