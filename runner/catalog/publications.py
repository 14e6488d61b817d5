"""A shop's sales channels, by their names."""

from __future__ import annotations

from collections.abc import Sequence

from runner.errors import InvalidInput
from runner.shopify.client import Client
from runner.shopify.gids import id_of
from runner.shopify.pages import pages


async def publications_named(client: Client, names: Sequence[str]) -> list[int]:
    """The publications of some names.

    Raises:
        InvalidInput: the shop has none of such a name.
        Transient, ShopRefused: the shop cannot be read.
    """
    found = {
        n["catalog"]["title"]: id_of(n["id"])
        async for nodes in pages(client, "Publications")
        for n in nodes
        if n["catalog"]
    }
    if unknown := [name for name in names if name not in found]:
        raise InvalidInput(f"The shop has no sales channel {unknown[0]!r}; it has: {', '.join(sorted(found))}.")
    return sorted(found[name] for name in names)
