"""What we send has no field, and no value of an enum, that `runner/shopify/schema.graphql` does not say we send.

Only so can `make schema-check` tell what another version of Shopify's schema would refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from graphql import build_schema, get_variable_values

from runner.shopify.documents import document
from runner.shopify.shape import SCHEMA

STORED = "select document, variables::text as variables from sync.requests order by id"


def problems(stored: Iterable[dict[str, str]]) -> set[str]:
    """What is wrong with the variables of stored requests, rows of `STORED`."""
    schema = build_schema(SCHEMA.read_text(), assume_valid=True)
    found = set()
    for row in stored:
        definitions = document(row["document"]).operation.variable_definitions or ()
        given = get_variable_values(schema, definitions, json.loads(row["variables"]))
        if isinstance(given, list):
            found |= {f"{row['document']}: {error.message}" for error in given}
    return found
