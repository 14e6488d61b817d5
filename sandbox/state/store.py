"""The shop's state in memory: how things are made, numbered and removed, and what was changed by whom."""

from __future__ import annotations

from collections import deque
from itertools import product as combinations
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.state import gids
from sandbox.state.adjustments import InventoryAdjustmentGroup
from sandbox.state.channels import AppCatalog, Collection, Publication
from sandbox.state.contents import Contents
from sandbox.state.entities import (
    InventoryItem,
    InventoryLevel,
    Location,
    MediaImage,
    Metafield,
    MetafieldOwner,
    Product,
    ProductOption,
    ProductOptionValue,
    ProductVariant,
)
from sandbox.state.index import SearchIndex

CHANNELS = ("Online Store", "Point of Sale")
"""What a new shop sells through."""

HISTORY = 5_000
"""Adjustment groups kept for `InventoryAdjustmentGroup` reads and the control pages."""


class Store(Contents):
    """The shop, as it changes. All changes happen on one event loop, so none needs a lock."""

    def __init__(self, domain: str, currency: str, clock: Clock, index_lag: float = 0) -> None:
        super().__init__()
        self.domain = domain
        self.name = domain.removesuffix(".myshopify.com")
        self.currency = currency
        self.zone = ZoneInfo("America/New_York")
        self.clock = clock
        self.created_at = clock.now()
        self.history: deque[InventoryAdjustmentGroup] = deque()
        self.index = SearchIndex(clock, index_lag)
        self.new_id = gids.Numbers().new
        for title in CHANNELS:
            catalog = AppCatalog(self.new_id("AppCatalog"), title)
            made = Publication(self.new_id("Publication"), catalog)
            self.publications[made.id] = made

    def now(self) -> float:
        return self.clock.now()

    def fill_matrix(self, product: Product) -> None:
        """A variant for every combination of option values that has none."""
        there = {tuple(variant.values) for variant in product.variants}
        for values in combinations(*(option.values for option in product.options)):
            if values not in there:
                self.add_level(self.add_variant(product, list(values)).item, self.default_location())

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

    def add_collection(self, title: str, handle: str, tag: str | None = None) -> Collection:
        collection = Collection(self.new_id("Collection"), title, handle, self.now(), tag=tag)
        self.index.created(collection)
        self.collections[collection.id] = collection
        return collection

    def rename_collection(self, collection: Collection, title: str) -> None:
        self.index.changing(collection)
        collection.title, collection.updated_at = title, self.now()

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
