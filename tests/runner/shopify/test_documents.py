"""Our GraphQL documents are what Shopify understands, and cost what we predict."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, build_schema, parse, validate

from runner.db import Database
from runner.kinds import strategies
from runner.shopify.documents import FOLDER, document
from runner.shopify.shape import SCHEMA

ROOT = Path(__file__).parents[3]
NAMES = sorted(path.stem for path in FOLDER.glob("*.graphql"))
# Shopify's full schemas are too large to keep here; where somebody has them, they are tried as well.
FULL = Path(os.environ.get("SHELFWIRE_SCHEMAS", ROOT.parent / "shared" / "shopify"))
FULL_SCHEMAS = sorted(FULL.glob("*.graphql.gz"))


@pytest.mark.parametrize("name", NAMES)
def test_every_document_is_valid_in_the_schema_of_its_version(name: str) -> None:
    schema = build_schema((ROOT / "sandbox" / "execution" / "schema.graphql").read_text())
    assert validate(schema, parse(document(name).text)) == []


@pytest.mark.skipif(not FULL_SCHEMAS, reason="Shopify's full schemas are not here")
@pytest.mark.parametrize("path", FULL_SCHEMAS, ids=lambda path: path.name)
def test_every_document_is_valid_in_shopifys_full_schemas(path: Path) -> None:
    schema = build_schema(gzip.decompress(path.read_bytes()).decode(), assume_valid=True)
    for name in NAMES:
        assert validate(schema, parse(document(name).text)) == [], name


def test_a_file_holds_one_operation_named_like_the_file() -> None:
    for name in NAMES:
        assert document(name).name == name


@pytest.mark.parametrize(
    ("name", "variables", "points"),
    [
        # A mutation costs 10, whatever it carries; what it directly returns costs nothing.
        ("InventorySetQuantities", {}, 10),
        # shop 1, app installation 1, its list of scopes 1.
        ("Shop", {}, 3),
        # A connection of 100: 2 + floor(2 ln 100) x 1.
        ("Locations", {"first": 100}, 11),
        ("VariantsCount", {}, 10),
    ],
)
def test_the_cost_is_predicted_by_the_published_and_measured_rules(
    name: str, variables: dict[str, object], points: int
) -> None:
    assert document(name).cost(variables) == points


def test_the_cost_of_a_page_grows_with_its_size() -> None:
    query = document("Variants")
    costs = [query.cost({"first": n, "levels": 1}) for n in (1, 10, 250)]
    assert costs == sorted(set(costs))


async def of_pushes(dsn: str) -> set[str]:
    async with Database.open(dsn) as database:
        pushing = strategies(database).values()
        return {d.name for strategy in pushing for d in (*strategy.documents.values(), *strategy.bulk.values())}


def test_only_pushes_and_the_writers_mark_write(database: str) -> None:
    writing = {*asyncio.run(of_pushes(database)), "WriterMark", "BulkOperationRunMutation"}
    assert {n for n in NAMES if document(n).writes} == writing


def test_an_unknown_document_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        document("Nothing")


@pytest.mark.parametrize("path", [ROOT / "sandbox" / "execution" / "schema.graphql", *FULL_SCHEMAS], ids=str)
def test_what_an_answer_may_leave_null_is_what_the_schema_says(path: Path) -> None:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    full, ours = build_schema(text, assume_valid=True), build_schema(SCHEMA.read_text(), assume_valid=True)
    for name, kind in ours.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            fields = getattr(full.type_map[name], "fields", {})
            assert {f: str(d.type) for f, d in kind.fields.items()} == {f: str(fields[f].type) for f in kind.fields}
