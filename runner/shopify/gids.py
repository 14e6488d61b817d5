"""Shopify's global ids."""

from __future__ import annotations


def id_of(gid: str) -> int:
    """The number of ``gid://shopify/Type/number``; a query after it is not part of it."""
    return int(gid.rsplit("/", 1)[1].split("?", 1)[0])
