"""Products in sizes, as productSet makes them."""

from __future__ import annotations

from typing import Any

from house.sandbox import Sandbox

SET = """mutation ($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
  productSet(input: $input, identifier: $identifier) {
    product { id title handle variants(first: 9) { nodes { id title sku inventoryItem { id tracked } } } }
    userErrors { field message code }
  }
}"""


def product_set(sandbox: Sandbox, identifier: Any = None, **given: Any) -> dict[str, Any]:
    return dict(sandbox.data(SET, {"input": given, "identifier": identifier})["productSet"])


def sizes(*names: str, **more: Any) -> dict[str, Any]:
    """Options and variants for these sizes."""
    options = [{"name": "Size", "values": [{"name": name} for name in names]}]
    variants = [
        {"optionValues": [{"optionName": "Size", "name": name}], "sku": f"{more['title']}-{name}"} for name in names
    ]
    return {"productOptions": options, "variants": variants, **more}
