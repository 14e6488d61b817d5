"""What a shop sells through: publications, each of an app, and collections; and definitions of metafields."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.state.entities import Metafield, Product


@dataclass(slots=True, eq=False)
class AppCatalog:
    """What an app shows of the shop; the online store is one."""

    id: int
    title: str
    status: str = "ACTIVE"


@dataclass(slots=True, eq=False)
class Publication:
    id: int
    catalog: AppCatalog
    auto_publish: bool = False
    supports_future_publishing: bool = False

    @property
    def name(self) -> str:
        return self.catalog.title


@dataclass(slots=True, eq=False)
class Collection:
    """A manual one has its products; a smart one has a tag, and whatever products have that too."""

    id: int
    title: str
    handle: str
    updated_at: float
    description_html: str = ""
    sort_order: str = "BEST_SELLING"
    tag: str | None = None
    products: list[Product] = field(default_factory=list)
    metafields: list[Metafield] = field(default_factory=list)

    def has(self, product: Product) -> bool:
        if self.tag is None:
            return product in self.products
        return any(one.lower() == self.tag.lower() for one in product.tags)


@dataclass(slots=True, eq=False)
class MetafieldDefinition:
    id: int
    owner_type: str
    namespace: str
    key: str
    type_name: str
    name: str
    description: str | None = None
    validations: list[dict[str, str]] = field(default_factory=list)
    is_unique: bool = False
