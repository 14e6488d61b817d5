"""The shop's owner, who completes what a catalogue lacks: SKUs, and the tracking of quantities."""

from __future__ import annotations

from collections.abc import Sequence

from house.catalog import Variant
from house.core import House


def findings(variants: Sequence[Variant]) -> list[str]:
    """What is missing, what it means, and what to do about it; nothing if the catalogue is complete."""
    found: list[str] = []
    if blank := sum(v.sku is None for v in variants):
        found.append(
            f"{blank:,} of {len(variants):,} variants have no SKU. Shelfwire links by SKU and never guesses: these "
            "products stay unlinked, their stock in the shop is left as it is, and `shelfwire refusals list` shows "
            "each. The owner should give every variant a SKU of its own (Shopify admin, Products, Export; fill in the "
            "column SKU; Import), give its product in the warehouse the same one, then run: shelfwire link"
        )
    if untracked := sum(not v.tracked for v in variants):
        found.append(
            f"{untracked:,} of {len(variants):,} variants are not tracked: Shopify sells them whatever their stock, so "
            "a number would mean nothing. The owner should switch on 'Track quantity' (in the same file: "
            "Inventory tracker = shopify), then run: shelfwire link"
        )
    return found


def complete(house: House, variants: Sequence[Variant]) -> None:
    """Do it: in Shopify's admin, and in the warehouse, whose products are numbered like the variants."""
    taken = {v.sku for v in variants}
    fixes: dict[str, dict[str, object]] = {v.id: {"id": v.id, "tracked": True} for v in variants if not v.tracked}
    skus: list[tuple[str, int]] = []
    for number, variant in enumerate(variants, start=1):
        if variant.sku is None:
            sku = next(s for n in range(len(variants) + 1) if (s := _sku(variant.title, n)) not in taken)
            taken.add(sku)
            skus.append((sku, number))
            fixes[variant.id] = {"id": variant.id, **fixes.get(variant.id, {}), "sku": sku}
    house.sandbox.edit_variants(list(fixes.values()))
    with house.connection.cursor() as cursor:
        cursor.executemany("update warehouse.products set sku = %s where id = %s", skus)


def _sku(title: str, number: int) -> str:
    words = "".join(c if c.isalnum() else " " for c in title.upper()).split()
    return ("-".join(words)[:40] or "SKU") + (f"-{number}" if number else "")
