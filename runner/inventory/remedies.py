"""What a person can do about each class of refusal, in words."""

REMEDIES = {
    "INVALID_INVENTORY_ITEM": "The variant was deleted in Shopify. Run: shelfwire link",
    "INVALID_LOCATION": "The location was deleted in Shopify. Run: shelfwire shop verify, then shelfwire shop map",
    "INVALID_QUANTITY_NEGATIVE": "More units are sold than lie on the shelf. Correct the stock in the warehouse.",
    "INVALID_QUANTITY_TOO_HIGH": "Shopify takes at most 1,000,000,000 units. Correct the stock in the warehouse.",
    "INVALID_QUANTITY_TOO_LOW": "Shopify takes at least -1,000,000,000 units. Correct the stock in the warehouse.",
    "NON_MUTABLE_INVENTORY_ITEM": "The variant is a bundle, whose stock Shopify computes. Give its SKU to no product.",
}
OTHERWISE = "Read the message, correct the product in Shopify or in the warehouse, then run: shelfwire refusals retry"


def remedy_for(error_class: str) -> str:
    """The remedy to show beside a refusal."""
    return REMEDIES.get(error_class, OTHERWISE)
