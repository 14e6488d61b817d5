"""Enums in the order in which the service names their values; the schema file has them by alphabet."""

from __future__ import annotations

from graphql import GraphQLEnumType

from sandbox.inventory.countries import places

ORDERS: dict[str, tuple[str, ...]] = {
    "CountryCode": tuple(code for code in places() if "-" not in code),
    "MediaContentType": ("VIDEO", "EXTERNAL_VIDEO", "MODEL_3D", "IMAGE"),
    "StagedUploadTargetGenerateUploadResource": (
        "COLLECTION_IMAGE",
        "FILE",
        "IMAGE",
        "MODEL_3D",
        "PRODUCT_IMAGE",
        "SHOP_IMAGE",
        "VIDEO",
        "BULK_MUTATION_VARIABLES",
        "RETURN_LABEL",
        "URL_REDIRECT_IMPORT",
        "DISPUTE_FILE_UPLOAD",
    ),
    "WeightUnit": ("KILOGRAMS", "GRAMS", "POUNDS", "OUNCES"),
}
"""As far as a recording tells."""


def in_order(kind: GraphQLEnumType) -> list[str]:
    """What no recording names comes last, by alphabet."""
    known = ORDERS.get(kind.name, ())
    return sorted(kind.values, key=lambda value: known.index(value) if value in known else len(known))
