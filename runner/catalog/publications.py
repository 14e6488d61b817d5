"""A shop's sales channels, by their names."""

from __future__ import annotations

from collections.abc import Sequence

from runner.errors import InvalidInput
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of


async def publications_named(client: Client, names: Sequence[str]) -> list[int]:
    """The publications of some names.

    Raises:
        InvalidInput: the shop has none of such a name.
        Transient, ShopRefused: the shop cannot be read.
    """
    found: dict[str, int] = {}
    after = None
    while True:
        page = (await client.execute(document("Publications"), {"after": after})).data["publications"]
        found |= {n["catalog"]["title"]: id_of(n["id"]) for n in page["nodes"] if n["catalog"]}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    if unknown := [name for name in names if name not in found]:
        raise InvalidInput(f"The shop has no sales channel {unknown[0]!r}; it has: {', '.join(sorted(found))}.")
    return sorted(found[name] for name in names)
