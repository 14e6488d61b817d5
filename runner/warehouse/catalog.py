"""What a mapping may say of the catalogue: columns of [products] that mean something, [images], [metafields]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8")
TEXTS = ("text", "varchar", "bpchar", "name", "citext", "enum")
LISTS = ("_text", "_varchar", "_bpchar", "_name", "json", "jsonb")
# By column of [products]: Shopify's name of the field, and the base types it may have.
PRODUCT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "description": ("descriptionHtml", TEXTS),
    "vendor": ("vendor", TEXTS),
    "product_type": ("productType", TEXTS),
    "tags": ("tags", (*TEXTS, *LISTS)),
    "status": ("status", TEXTS),
    "seo_title": ("seo.title", TEXTS),
    "seo_description": ("seo.description", TEXTS),
    "handle": ("handle", TEXTS),
    "category": ("category", TEXTS),
    "collections": ("collections", (*TEXTS, *LISTS)),
}
VARIANT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "price": ("price", NUMBERS),
    "compare_at_price": ("compareAtPrice", NUMBERS),
    "cost": ("cost", NUMBERS),
    "barcode": ("barcode", (*TEXTS, *NUMBERS)),
    "weight": ("weight", NUMBERS),
    "weight_unit": ("weightUnit", TEXTS),
    "requires_shipping": ("requiresShipping", ("bool",)),
    "taxable": ("taxable", ("bool",)),
    "inventory_policy": ("inventoryPolicy", TEXTS),
}
FIELDS = {**PRODUCT, **VARIANT}
# Columns into which a value of the shop may be written, with the field that each becomes.
WRITABLE: Mapping[str, str] = {
    "title": "title",
    **{
        column: field for column, (field, _) in FIELDS.items() if column not in ("collections", "weight", "weight_unit")
    },
}
# The options of a variant, each with its name and its value.
OPTIONS = tuple((f"option{n}_name", f"option{n}_value") for n in (1, 2, 3))
GROUP = "product_group"
POSITION = "position"
TYPES: Mapping[str, tuple[str, ...]] = {
    **{column: types for column, (_, types) in FIELDS.items()},
    **{column: (*TEXTS, *NUMBERS) for pair in OPTIONS for column in pair},
    POSITION: NUMBERS,
}
IMAGES: Mapping[str, tuple[str, ...]] = {"url": TEXTS, "alt": TEXTS, "position": NUMBERS}

WORD = re.compile(r"[A-Za-z0-9_-]+")
# Shopify's limits: https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldDefinitionCreate
NAMESPACE, KEY = (3, 255), (2, 64)
METAFIELD_TYPES = frozenset(
    {"boolean", "color", "date", "date_time", "dimension", "id", "json", "link", "money", "multi_line_text_field",
     "number_decimal", "number_integer", "rating", "rich_text_field", "single_line_text_field", "url", "volume",
     "weight"}
)  # fmt: skip


def _word(shortest: int, longest: int) -> Any:
    def check(given: str) -> str:
        if not (shortest <= len(given) <= longest and WORD.fullmatch(given)):
            raise ValueError(
                f"write {shortest} to {longest} letters, digits, hyphens and underscores: Shopify takes no others"
            )
        return given

    return AfterValidator(check)


def _type(given: str) -> str:
    if given.removeprefix("list.") not in METAFIELD_TYPES:
        raise ValueError(f"Shopify has no such type; it has: {', '.join(sorted(METAFIELD_TYPES))}")
    return given


class Metafield(BaseModel):
    """A column of [products] that becomes a metafield; without ``key`` it is called as the column is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    namespace: Annotated[str, _word(*NAMESPACE)] = "custom"
    key: Annotated[str, _word(*KEY)] | None = None
    type: Annotated[str, AfterValidator(_type)]
    name: str | None = Field(default=None, max_length=255)
