"""The shop's state in memory: what exists, under which number, and what was changed by whom."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import product as combinations
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.state import gids
from sandbox.state.adjustments import InventoryAdjustmentGroup
from sandbox.state.channels import AppCatalog, Collection, MetafieldDefinition, Publication
from sandbox.state.entities import (
    AppInstallation,
    InventoryItem,
    InventoryLevel,
    Location,
    MediaImage,
    Metafield,
    MetafieldOwner,
    Product,
    ProductDeleteOperation,
    ProductOption,
    ProductOptionValue,
    ProductSetOperation,
    ProductVariant,
)
from sandbox.state.index import SearchIndex

CHANNELS = ("Online Store", "Point of Sale")
"""What a new shop sells through."""

HISTORY = 5_000
"""Adjustment groups kept for `InventoryAdjustmentGroup` reads and the control pages."""


class Store:
    """Everything the shop has. All changes happen on one event loop, so none needs a lock."""

    def __init__(self, domain: str, currency: str, clock: Clock, index_lag: float = 0) -> None:
        self.domain = domain
        self.name = domain.removesuffix(".myshopify.com")
        self.currency = currency
        self.zone = ZoneInfo("America/New_York")
        self.clock = clock
        self.created_at = clock.now()
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
        self.definitions: dict[int, MetafieldDefinition] = {}
        self.history: deque[InventoryAdjustmentGroup] = deque()
        self.index = SearchIndex(clock, index_lag)
        self.new_id = gids.Numbers().new
        for title in CHANNELS:
            catalog = AppCatalog(self.new_id("AppCatalog"), title)
            made = Publication(self.new_id("Publication"), catalog)
            self.publications[made.id] = made

    def now(self) -> float:
        return self.clock.now()

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

    def fill_matrix(self, product: Product) -> None:
        """A variant for every combination of option values that has none."""
        there = {tuple(variant.values) for variant in product.variants}
        for values in combinations(*(option.values for option in product.options)):
            if values not in there:
                self.add_level(self.add_variant(product, list(values)).item, self.default_location())

    def product_with_custom_id(self, namespace: str, key: str, value: str) -> Product | None:
        return self.custom_ids.get((namespace, key, value))

    def add_location(self, name: str, address: dict[str, str] | None = None, online: bool = True) -> Location:
        now = self.now()
        location = Location(
            id=self.new_id("Location"),
            level_number=self.new_id("InventoryLevel"),
            name=name,
            created_at=now,
            updated_at=now,
            address=address or {},
            fulfills_online_orders=online,
        )
        self.locations[location.id] = location
        return location

    def default_location(self) -> Location:
        """Where new items are stocked: the oldest active location."""
        return next(location for location in self.locations.values() if location.is_active)

    def new_level(self, item: InventoryItem, location: Location, available: int = 0) -> InventoryLevel:
        """A level that the shop does not know of until it is kept."""
        now = self.now()
        return InventoryLevel(0, item, location, True, now, now, now, available)

    def keep_level(self, level: InventoryLevel) -> InventoryLevel:
        """The level, now the shop's; or the one that was there before it."""
        there = level.item.level(level.location)
        if there is None:
            level.row = self.new_id("row")
            level.item.levels.append(level)
        return there or level

    def add_level(self, item: InventoryItem, location: Location, available: int = 0) -> InventoryLevel:
        return self.keep_level(self.new_level(item, location, available))

    def add_option(self, product: Product, name: str, values: list[str]) -> ProductOption:
        option = ProductOption(self.new_id("ProductOption"), product, name)
        product.options.append(option)
        for value in values:
            self.add_value(option, value)
        return option

    def add_value(self, option: ProductOption, name: str) -> ProductOptionValue:
        value = ProductOptionValue(self.new_id("ProductOptionValue"), option, name)
        option.values.append(value)
        return value

    def add_product(self, title: str, handle: str, vendor: str | None = None) -> Product:
        now = self.now()
        product = Product(
            id=self.new_id("Product"),
            title=title,
            handle=handle,
            vendor=self.name if vendor is None else vendor,
            created_at=now,
            updated_at=now,
        )
        self.index.created(product)
        self.products[product.id] = product
        self.handles[handle] = product
        return product

    def add_variant(self, product: Product, values: list[ProductOptionValue], sku: str | None = None) -> ProductVariant:
        """A variant with its item, stocked nowhere yet."""
        now = self.now()
        item = InventoryItem(self.new_id("InventoryItem"), created_at=now, updated_at=now)
        variant = ProductVariant(self.new_id("ProductVariant"), product, item, values, created_at=now, updated_at=now)
        product.variants.append(variant)
        self.index.created(variant)
        self.index.created(item)
        self.variants[variant.id] = variant
        self.items[item.id] = item
        self.set_sku(item, sku)
        return variant

    def set_sku(self, item: InventoryItem, sku: str | None) -> None:
        if item.sku:
            self.skus[item.sku.lower()].remove(item)
        item.sku = sku or None
        if sku:
            self.skus.setdefault(sku.lower(), []).append(item)

    def items_with_sku(self, sku: str) -> list[InventoryItem]:
        """Whatever its case."""
        return self.skus.get(sku.lower(), [])

    def set_handle(self, product: Product, handle: str) -> None:
        del self.handles[product.handle]
        product.handle = handle
        self.handles[handle] = product

    def add_image(self, product: Product, url: str, alt: str | None = None, uploaded_at: float = 0) -> MediaImage:
        image = MediaImage(self.new_id("MediaImage"), url, alt, self.now(), uploaded_at)
        self.images[image.id] = image
        product.media.append(image)
        return image

    def set_metafield(self, owner: MetafieldOwner, namespace: str, key: str, type_: str, value: str) -> Metafield:
        now = self.now()
        for one in owner.metafields:
            if (one.namespace, one.key) == (namespace, key):
                self._forget_custom_id(one)
                one.type, one.value, one.updated_at = type_ or one.type, value, now
                self._know_custom_id(one)
                return one
        made = Metafield(self.new_id("Metafield"), owner, namespace, key, type_, value, now, now)
        owner.metafields.append(made)
        self._know_custom_id(made)
        return made

    def remove_metafield(self, one: Metafield) -> None:
        self._forget_custom_id(one)
        one.owner.metafields.remove(one)

    def _know_custom_id(self, one: Metafield) -> None:
        if one.type == "id" and isinstance(one.owner, Product):
            self.custom_ids[one.namespace, one.key, one.value] = one.owner

    def _forget_custom_id(self, one: Metafield) -> None:
        if self.custom_ids.get((one.namespace, one.key, one.value)) is one.owner:
            del self.custom_ids[one.namespace, one.key, one.value]

    def remove_variant(self, variant: ProductVariant) -> None:
        self.set_sku(variant.item, None)
        variant.product.variants.remove(variant)
        del self.variants[variant.id], self.items[variant.item.id]

    def remove_product(self, product: Product) -> None:
        for variant in list(product.variants):
            self.remove_variant(variant)
        for one in product.metafields:
            self._forget_custom_id(one)
        for collection in self.collections.values():
            if product in collection.products:
                collection.products.remove(product)
        del self.products[product.id], self.handles[product.handle]

    def touch(self, variant: ProductVariant, now: float) -> None:
        variant.updated_at = variant.product.updated_at = now

    def changing_stock(self, level: InventoryLevel) -> None:
        """To be told before a level changes: the sums that searches know lag behind."""
        if self.index.lags:
            self.index.changing(level.item.variant)
            self.index.changing(level.item.variant.product)

    def record(self, group: InventoryAdjustmentGroup) -> None:
        self.groups[group.id] = group
        self.history.append(group)
        if len(self.history) > HISTORY:
            oldest = self.history.popleft()
            oldest.parts.clear()
            del self.groups[oldest.id]

    def levels(self) -> Iterator[InventoryLevel]:
        for item in self.items.values():
            yield from item.levels
