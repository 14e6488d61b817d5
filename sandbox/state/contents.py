"""What a shop has, to be looked up by number, id or name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.state import gids
from sandbox.state.adjustments import InventoryAdjustmentGroup
from sandbox.state.channels import Collection, MetafieldDefinition, Publication
from sandbox.state.entities import (
    AppInstallation,
    InventoryItem,
    InventoryLevel,
    Location,
    MediaImage,
    Metafield,
    Product,
    ProductDeleteOperation,
    ProductSetOperation,
    ProductVariant,
)
from sandbox.state.files import StagedUpload
from sandbox.state.operations import BulkOperation


class Contents:
    def __init__(self) -> None:
        self.installation = AppInstallation(1)
        self.metafields: list[Metafield] = []
        self.locations: dict[int, Location] = {}
        self.products: dict[int, Product] = {}
        self.variants: dict[int, ProductVariant] = {}
        self.items: dict[int, InventoryItem] = {}
        self.handles: dict[str, Product] = {}
        self.skus: dict[str, list[InventoryItem]] = {}
        self.custom_ids: dict[tuple[str, str, str], Product] = {}
        self.groups: dict[int, InventoryAdjustmentGroup] = {}
        self.operations: dict[int, ProductSetOperation | ProductDeleteOperation] = {}
        self.publications: dict[int, Publication] = {}
        self.collections: dict[int, Collection] = {}
        self.images: dict[int, MediaImage] = {}
        """Also those that have left their products: a shop keeps its files."""
        self.bulk_operations: dict[int, BulkOperation] = {}
        self.uploads: dict[str, StagedUpload] = {}
        """By key."""
        self.definitions: dict[int, MetafieldDefinition] = {}

    def item(self, gid: str) -> InventoryItem | None:
        return self.items.get(gids.number(gid, "InventoryItem") or 0)

    def location(self, gid: str) -> Location | None:
        return self.locations.get(gids.number(gid, "Location") or 0)

    def product(self, gid: str) -> Product | None:
        return self.products.get(gids.number(gid, "Product") or 0)

    def variant(self, gid: str) -> ProductVariant | None:
        return self.variants.get(gids.number(gid, "ProductVariant") or 0)

    def level(self, gid: str) -> InventoryLevel | None:
        parts = gids.parse(gid)
        if parts is None or parts[0] != "InventoryLevel" or parts[2] is None:
            return None
        item = self.items.get(parts[2])
        return next((one for one in item.levels if one.location.level_number == parts[1]), None) if item else None

    def kind(self, name: str) -> Mapping[int, Any]:
        """Everything of a type, by number."""
        kinds: dict[str, Mapping[int, Any]] = {
            "BulkOperation": self.bulk_operations,
            "Collection": self.collections,
            "InventoryAdjustmentGroup": self.groups,
            "InventoryItem": self.items,
            "Location": self.locations,
            "MediaImage": self.images,
            "MetafieldDefinition": self.definitions,
            "Product": self.products,
            "ProductDeleteOperation": self.operations,
            "ProductSetOperation": self.operations,
            "ProductVariant": self.variants,
            "Publication": self.publications,
        }
        return kinds.get(name, {})

    def image(self, gid: str) -> MediaImage | None:
        return self.images.get(gids.number(gid, "MediaImage") or 0)

    def collection(self, gid: str) -> Collection | None:
        return self.collections.get(gids.number(gid, "Collection") or 0)

    def members(self, collection: Collection) -> list[Product]:
        """In the order that the collection has them in."""
        if collection.tag is None:
            return collection.products
        return [one for one in self.products.values() if collection.has(one)]

    def definition(self, owner_type: str, namespace: str, key: str) -> MetafieldDefinition | None:
        wanted = (owner_type, namespace, key)
        return next((d for d in self.definitions.values() if (d.owner_type, d.namespace, d.key) == wanted), None)

    def operation(self, gid: str) -> ProductSetOperation | ProductDeleteOperation | None:
        parts = gids.parse(gid)
        return self.operations.get(parts[1]) if parts else None

    def identified(self, identifier: Mapping[str, Any]) -> Product | None:
        """By `id`, `handle` or `customId`, whichever is given."""
        if "id" in identifier:
            return self.product(identifier["id"])
        if "handle" in identifier:
            return self.handles.get(identifier["handle"])
        wanted = identifier["customId"]
        return self.product_with_custom_id(wanted["namespace"], wanted["key"], wanted["value"])

    def product_with_custom_id(self, namespace: str, key: str, value: str) -> Product | None:
        return self.custom_ids.get((namespace, key, value))

    def default_location(self) -> Location:
        """Where new items are stocked: the oldest active location."""
        return next(location for location in self.locations.values() if location.is_active)

    def items_with_sku(self, sku: str) -> list[InventoryItem]:
        """Whatever its case."""
        return self.skus.get(sku.lower(), [])

    def levels(self) -> Iterator[InventoryLevel]:
        for item in self.items.values():
            yield from item.levels
