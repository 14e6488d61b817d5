"""The schema that is served is a cut of the real one, and the runner's documents fit it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from house.sandbox import Sandbox
from sandbox.execution.prune import prune
from sandbox.execution.schema import schema_text
from tests.sandbox.recording import FOLDER
from tests.sandbox.sizes import product_set, sizes

FULL = FOLDER.parent / "admin-2026-10.graphql.gz"
DOCUMENTS = sorted((Path(__file__).parents[3] / "runner/shopify/graphql").glob("*.graphql"))


@pytest.mark.skipif(not FULL.is_file(), reason=f"the full schema is not at {FULL}")
def test_the_served_schema_is_what_pruning_the_full_one_gives() -> None:
    assert prune(gzip.decompress(FULL.read_bytes()).decode()) == schema_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_runners_documents_are_valid_by_the_specification_too(path: Path) -> None:
    assert validate(build_schema(schema_text()), parse(path.read_text())) == []


def test_every_field_of_the_schema_can_be_asked_for(shared: Sandbox) -> None:
    """Objects with everything they have, two levels deep, without an internal error."""
    product_set(shared, **sizes("S", title="Whole"))
    types = shared.data("{ __schema { types { name kind fields(includeDeprecated: true) { ...F } } } } " + FIELD)
    kinds = {one["name"]: one for one in types["__schema"]["types"]}
    for root, selection in (
        ("shop", everything(kinds, "Shop", 1)),
        ("products(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'Product', 2)} }}"),
        ("productVariants(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'ProductVariant', 2)} }}"),
        ("inventoryItems(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'InventoryItem', 2)} }}"),
        ("locations(first: 1)", f"nodes {{ {everything(kinds, 'Location', 1)} }}"),
        ("currentAppInstallation", everything(kinds, "AppInstallation", 2)),
        ("inventoryProperties", everything(kinds, "InventoryProperties", 2)),
        ("publicApiVersions", everything(kinds, "ApiVersion", 1)),
    ):
        shared.data(f"{{ {root} {{ {selection} }} }}")


FIELD = """fragment F on __Field { name args { name type { kind } }
  type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } fragment T on __Type { name kind }"""


def everything(kinds: dict[str, Any], name: str, depth: int) -> str:
    """All fields without mandatory arguments, objects below down to a depth."""
    asked = []
    for field in kinds[name]["fields"] or ():
        kind = field["type"]
        while kind.get("ofType"):
            kind = kind["ofType"]
        if any(one["type"]["kind"] == "NON_NULL" for one in field["args"]):
            continue
        pages = "(first: 1)" if any(one["name"] == "first" for one in field["args"]) else ""
        if kind["kind"] in ("SCALAR", "ENUM"):
            asked.append(field["name"] + pages)
        elif depth and kind["kind"] == "OBJECT":
            below = everything(kinds, kind["name"], depth - 1)
            if below:
                asked.append(f"{field['name']}{pages} {{ {below} }}")
    return " ".join(asked)
