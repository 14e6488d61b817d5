"""What a shop consists of. Classes carry the names of their GraphQL types; times are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.state.channels import Publication

STATES = ("available", "committed", "damaged", "incoming", "quality_control", "reserved", "safety_stock")
"""Quantities that are kept; `on_hand` is their sum without `incoming`."""


@dataclass(slots=True, eq=False)
class Metafield:
    id: int
    owner: MetafieldOwner
    namespace: str
    key: str
    type: str
    value: str
    created_at: float
    updated_at: float


class MetafieldOwner(Protocol):
    """What can have metafields."""

    metafields: list[Metafield]


@dataclass(slots=True, eq=False)
class AppInstallation:
    """The app in the shop; nobody else sees its metafields."""

    id: int
    metafields: list[Metafield] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class MediaImage:
    id: int
    url: str
    alt: str | None
    created_at: float
    uploaded_at: float
    """By the API; 0 for what the shop opened with."""
    is_downloading: bool = False
    failure: str | None = None
    """Why it could not be downloaded."""


@dataclass(slots=True, eq=False)
class ProductOptionValue:
    id: int
    option: ProductOption
    name: str


@dataclass(slots=True, eq=False)
class ProductOption:
    id: int
    product: Product
    name: str
    values: list[ProductOptionValue] = field(default_factory=list)

    def uses(self, value: ProductOptionValue) -> bool:
        """Whether a variant has the value."""
        return any(value in variant.values for variant in self.product.variants)

    def value(self, name: str) -> ProductOptionValue | None:
        return next((value for value in self.values if value.name == name), None)


@dataclass(slots=True, eq=False)
class Location:
    id: int
    level_number: int
    name: str
    created_at: float
    updated_at: float
    address: dict[str, str] = field(default_factory=dict)
    fulfills_online_orders: bool = True
    ships_inventory: bool = True
    deactivated_at: float | None = None

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


@dataclass(slots=True, eq=False)
class InventoryLevel:
    """Stock of one item at one location. The number in its id is the location's, not its own."""

    row: int
    item: InventoryItem
    location: Location
    is_active: bool
    created_at: float
    updated_at: float
    available_at: float
    available: int = 0
    others: dict[str, tuple[int, float]] | None = None
    """Every other state that was ever changed: quantity and time of the last change."""

    @property
    def is_stored(self) -> bool:
        return self.row != 0

    def quantity(self, name: str) -> int:
        if name == "available":
            return self.available
        if name == "on_hand":
            return self.on_hand
        return self.others[name][0] if self.others and name in self.others else 0

    def changed_at(self, name: str) -> float | None:
        """When the quantity was last changed; Shopify never says so of `on_hand`."""
        if name == "available":
            return self.available_at
        return self.others[name][1] if self.others and name in self.others else None

    @property
    def on_hand(self) -> int:
        if not self.others:
            return self.available
        return self.available + sum(count for name, (count, _) in self.others.items() if name != "incoming")

    def change(self, name: str, delta: int, now: float) -> None:
        self.updated_at = now
        if name == "available":
            self.available += delta
            self.available_at = now
        else:
            self.others = {**(self.others or {}), name: (self.quantity(name) + delta, now)}


@dataclass(slots=True, eq=False)
class InventoryItem:
    id: int
    created_at: float
    updated_at: float
    sku: str | None = None
    tracked: bool = False
    requires_shipping: bool = True
    cost: str | None = None
    country_code_of_origin: str | None = None
    province_code_of_origin: str | None = None
    harmonized_system_code: str | None = None
    country_codes: tuple[tuple[str, str], ...] = ()
    weight: float = 0
    weight_unit: str = "KILOGRAMS"
    levels: list[InventoryLevel] = field(default_factory=list)
    _variant: ProductVariant | None = None

    @property
    def variant(self) -> ProductVariant:
        if self._variant is None:
            raise LookupError(f"inventory item {self.id} has no variant")
        return self._variant

    def level(self, location: Location) -> InventoryLevel | None:
        for level in self.levels:
            if level.location is location:
                return level
        return None


@dataclass(slots=True, eq=False)
class ProductVariant:
    id: int
    product: Product
    item: InventoryItem
    values: list[ProductOptionValue]
    created_at: float
    updated_at: float
    price: str = "0.00"
    compare_at_price: str | None = None
    barcode: str | None = None
    inventory_policy: str = "DENY"
    taxable: bool = True
    tax_code: str = ""
    show_unit_price: bool = False
    unit_price: dict[str, object] | None = None
    media: list[MediaImage] = field(default_factory=list)
    metafields: list[Metafield] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.item._variant = self

    @property
    def title(self) -> str:
        return " / ".join(value.name for value in self.values)

    @property
    def inventory_quantity(self) -> int:
        """Available at the active levels."""
        return sum(level.available for level in self.item.levels if level.is_active)


@dataclass(slots=True, eq=False)
class Product:
    id: int
    title: str
    handle: str
    vendor: str
    created_at: float
    updated_at: float
    product_type: str = ""
    status: str = "ACTIVE"
    description_html: str = ""
    tags: list[str] = field(default_factory=list)
    template_suffix: str | None = None
    seo_title: str | None = None
    seo_description: str | None = None
    published_at: float | None = None
    is_gift_card: bool = False
    gift_card_template_suffix: str | None = None
    requires_selling_plan: bool = False
    category: str | None = None
    publications: list[Publication] = field(default_factory=list)
    options: list[ProductOption] = field(default_factory=list)
    variants: list[ProductVariant] = field(default_factory=list)
    media: list[MediaImage] = field(default_factory=list)
    metafields: list[Metafield] = field(default_factory=list)

    @property
    def has_only_default_variant(self) -> bool:
        return len(self.variants) == 1 and self.variants[0].title == "Default Title"

    @property
    def total_inventory(self) -> int:
        """Over the tracked variants only, as recorded."""
        return sum(variant.inventory_quantity for variant in self.variants if variant.item.tracked)

    @property
    def tracks_inventory(self) -> bool:
        return any(variant.item.tracked for variant in self.variants)


@dataclass(slots=True, eq=False)
class ProductSetOperation:
    """A productSet that was asked to run in the background."""

    id: int
    status: str
    product: Product | None = None
    user_errors: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ProductDeleteOperation:
    id: int
    status: str
    deleted_product_id: str | None = None
    user_errors: list[dict[str, object]] = field(default_factory=list)
