"""Fields as they are compared and sent: amounts, lists, texts; and what would be refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.seeds import Connection, value

DEFAULT = [{"optionName": "Title", "name": "Default Title"}]


def problem(c: Connection, fields: dict[str, Any], *variants: dict[str, Any]) -> str | None:
    """The class of what is wrong with a product."""
    listed = [{"key": str(n), "fields": {"optionValues": DEFAULT, **one}} for n, one in enumerate(variants or ({},))]
    given = {"title": "A", **fields}
    found = value(c, "select class from sync.product_problem(%s, %s)", json.dumps(given), json.dumps(listed))
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("given", "digits", "shown"),
    [
        ("0.30000000000000004", 2, "0.30"), ("10000000", 2, "10000000.00"), ("1000.5", 0, "1001"),
        ("1.2345", 3, "1.235"), ("0.005", 2, "0.01"), ("null", 2, None), ('"NaN"', 2, "NaN"), ("-1", 2, "-1.00"),
    ],
)  # fmt: skip
def test_amounts_have_the_digits_of_their_currency(
    connection: Connection, given: str, digits: int, shown: str | None
) -> None:
    assert value(connection, "select sync.amount(%s::jsonb, %s) #>> '{}'", given, digits) == shown


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_digits_are_those_of_iso_4217(connection: Connection, currency: str, digits: int) -> None:
    assert value(connection, "select sync.currency_digits(%s)", currency) == digits


@pytest.mark.parametrize(
    ("given", "words"),
    [('"b, A,,b "', ["A", "b"]), ('["x", "X", " y"]', ["X", "y"]), ("null", []), ("[null]", []), ('"é,É"', ["É"])],
)
def test_lists_have_each_word_once(connection: Connection, given: str, words: list[str]) -> None:
    found = value(connection, "select sync.text_list(%s::jsonb)", given)
    assert [w.lower() for w in found] == [w.lower() for w in words]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "x" * 255}, None), ({"title": "x" * 256}, "TEXT_TOO_LONG"), ({"title": "👩" * 255}, None),
        ({"title": ""}, "TITLE_MISSING"), ({"vendor": "v" * 256}, "TEXT_TOO_LONG"),
        ({"tags": ["t" * 256]}, "TEXT_TOO_LONG"),
        ({"tags": [str(n) for n in range(251)]}, "TOO_MANY_TAGS"), ({"status": "GONE"}, "UNKNOWN_STATUS"),
        ({"descriptionHtml": "a\n\tb"}, None), ({"descriptionHtml": "a\x01"}, "CONTROL_CHARACTER"),
        ({"seo.title": "a\x1b"}, "CONTROL_CHARACTER"),
        ({"media": [{"url": "https://x.example/a.jpg", "alt": "a" * 512}]}, None),
        ({"media": [{"url": "https://x.example/a.jpg", "alt": "a" * 513}]}, "TEXT_TOO_LONG"),
        ({"media": [{"url": "a.jpg", "alt": ""}]}, "BAD_IMAGE"),
        ({"category": "gid://shopify/TaxonomyCategory/aa-1-2"}, None),
        ({"category": "gid://shopify/TaxonomyCategory/Shoes"}, "BAD_CATEGORY"),
    ],
)  # fmt: skip
def test_a_product_that_shopify_would_refuse_is_told(
    connection: Connection, fields: dict[str, Any], expected: str | None
) -> None:
    assert problem(connection, fields) == expected


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ([{"price": "1.00"}], None), ([{"price": "-1.00"}], "BAD_PRICE"), ([{"price": "NaN"}], "BAD_PRICE"),
        ([{"price": "1" * 19}], "BAD_PRICE"), ([{"sku": "s" * 256}], "TEXT_TOO_LONG"), ([{}, {}], "DUPLICATE_VARIANT"),
        ([{"inventoryPolicy": "MAYBE"}], "UNKNOWN_POLICY"), ([{"weight": {"value": 1, "unit": "STONE"}}], "BAD_WEIGHT"),
        ([{}, {"optionValues": [{"optionName": "Size", "name": "S"}]}], "OPTIONS_DIFFER"),
        ([{"optionValues": [{"optionName": "Size", "name": ""}]}], "OPTION_EMPTY"),
    ],
)  # fmt: skip
def test_a_variant_that_shopify_would_refuse_is_told(
    connection: Connection, variants: list[dict[str, Any]], expected: str | None
) -> None:
    assert problem(connection, {}, *variants) == expected


def test_what_the_first_row_says_that_says_anything_is_the_products(connection: Connection) -> None:
    rows = ['{"vendor": null, "tags": ["a"]}', '{"vendor": "V", "tags": ["b"]}', '{"vendor": "W", "tags": null}']
    said = value(connection, "select sync.first_said(%s::jsonb[])", rows)
    assert said == {"vendor": "V", "tags": ["a"]}
