"""What Shopify says about a document, its variables and its size, before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import SET, Sandbox, set_variables
from tests.sandbox.conftest import Shelf

ITEM = "gid://shopify/InventoryItem/1"
PLACE = "gid://shopify/Location/1"


@pytest.mark.parametrize(
    ("text", "code", "message", "path"),
    [
        ("{ shop { nope } }", "undefinedField", "Field 'nope' doesn't exist on type 'Shop'", ["query", "shop", "nope"]),
        (
            "query Q { shop(id: 1) { name } }",
            "argumentNotAccepted",
            "Field 'shop' doesn't accept argument 'id'",
            ["query Q", "shop", "id"],
        ),
        (
            "{ product { id } }",
            "missingRequiredArguments",
            "Field 'product' is missing required arguments: id",
            ["query", "product"],
        ),
        (
            "query Q($a: Int) { shop { name } }",
            "variableNotUsed",
            "Variable $a is declared by Q but not used",
            ["query Q"],
        ),
        ("{ shop @nope { name } }", "undefinedDirective", "Directive @nope is not defined", ["query", "shop"]),
        (
            "{ shop }",
            "selectionMismatch",
            "Field must have selections (field 'shop' returns Shop but has no selections. "
            "Did you mean 'shop { ... }'?)",
            ["query", "shop"],
        ),
        (
            "query Q($a: Nope) { product(id: $a) { id } }",
            "undefinedType",
            "Nope isn't a defined input type (on $a)",
            ["query Q"],
        ),
        (
            "{ products(first: true) { nodes { id } } }",
            "argumentLiteralsIncompatible",
            "Argument 'first' on Field 'products' has an invalid value (true). Expected type 'Int'.",
            ["query", "products", "first"],
        ),
        (
            '{ productByIdentifier(identifier: {handle: "a", id: "gid://shopify/Product/1"}) { id } }',
            "invalidOneOfInputObject",
            "OneOf Input Object 'ProductIdentifierInput' must specify exactly one key.",
            ["query", "productByIdentifier", "identifier"],
        ),
    ],
)
def test_static_errors_have_neither_data_nor_cost(
    shared: Sandbox, text: str, code: str, message: str, path: list[str]
) -> None:
    body = shared.query(text)
    assert set(body) == {"errors"}
    error = body["errors"][0]
    assert (error["extensions"]["code"], error["message"], error["path"]) == (code, message, path)
    assert error["locations"][0]["line"] == 1


def test_plain_user_errors_have_no_code(shared: Sandbox) -> None:
    text = f'mutation {{ inventoryDeactivate(inventoryLevelId: "{ITEM}") {{ userErrors {{ code }} }} }}'
    assert shared.query(text)["errors"][0]["message"] == "Field 'code' doesn't exist on type 'UserError'"


def test_a_text_that_is_no_graphql_is_a_parse_error(shared: Sandbox) -> None:
    assert shared.query("{ shop {")["errors"][0]["extensions"]["code"] == "PARSE_ERROR"


def test_a_wrong_variable_lists_its_problems(shared: Sandbox) -> None:
    variables = set_variables((ITEM, PLACE, 1, 0), ignoreCompareQuantity=True)
    variables["input"]["quantities"][0]["quantity"] = "many"
    body = shared.query(SET, variables)
    assert set(body) == {"errors"}
    error = body["errors"][0]
    assert error["message"] == (
        "Variable $input of type InventorySetQuantitiesInput! was provided invalid value for "
        "ignoreCompareQuantity (Field is not defined on InventorySetQuantitiesInput), "
        'quantities.0.quantity (Could not coerce value "many" to Int)'
    )
    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert error["extensions"]["value"] == variables["input"]
    assert [problem["path"] for problem in error["extensions"]["problems"]] == [
        ["ignoreCompareQuantity"],
        ["quantities", 0, "quantity"],
    ]


def test_an_enum_s_values_come_in_the_service_s_order(shared: Sandbox) -> None:
    text = """mutation ($input: InventoryItemInput!) {
      inventoryItemUpdate(id: "gid://shopify/InventoryItem/1", input: $input) { userErrors { field } } }"""
    given = {"input": {"measurement": {"weight": {"unit": "STONES", "value": 1}}}}
    (error,) = shared.query(text, given)["errors"]
    explanation = 'Expected "STONES" to be one of: KILOGRAMS, GRAMS, POUNDS, OUNCES'
    problem = {"path": ["measurement", "weight", "unit"], "explanation": explanation}
    assert error["extensions"]["problems"] == [problem]


def test_more_than_250_entries_are_refused_before_anything_runs(shelf: Shelf) -> None:
    entries = [(shelf.item, shelf.location, 1, None)] * 251
    body = shelf.sandbox.query(SET, set_variables(*entries))
    assert set(body) == {"errors", "extensions"}
    cost = body["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, None)
    error = body["errors"][0]
    assert error["message"] == "The input array size of 251 is greater than the maximum allowed of 250."
    assert error["extensions"] == {"code": "MAX_INPUT_SIZE_EXCEEDED"}
    assert error["path"] == ["inventorySetQuantities", "input", "quantities"]
    assert shelf.available == 10


def test_lists_in_literals_are_counted_too(shared: Sandbox) -> None:
    ids = ", ".join(f'"{ITEM}"' for _ in range(251))
    error = shared.query(f"{{ nodes(ids: [{ids}]) {{ id }} }}")["errors"][0]
    assert error["path"] == ["nodes", "ids"]


def test_a_product_takes_2048_variants(shared: Sandbox) -> None:
    text = """mutation ($input: ProductSetInput!) { productSet(input: $input) {
      product { variantsCount { count } } userErrors { message } } }"""

    def attempt(size: int) -> dict[str, Any]:
        names = [str(n) for n in range(size)]
        given: dict[str, Any] = {"title": f"Wide {size}"}
        given["productOptions"] = [{"name": "N", "values": [{"name": name} for name in names[:200]]}]
        given["variants"] = [{"optionValues": [{"optionName": "N", "name": name}]} for name in names]
        return shared.query(text, {"input": given})

    assert attempt(300)["data"]["productSet"]["product"]["variantsCount"]["count"] == 300
    assert attempt(2049)["errors"][0]["path"] == ["productSet", "input", "variants"]


def test_idempotent_is_mandatory_and_its_absence_costs_10(shelf: Shelf) -> None:
    text = SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    variables = set_variables((shelf.item, shelf.location, 1, 10))
    body = shelf.sandbox.query(text, {"input": variables["input"]})
    assert body["data"] == {"inventorySetQuantities": None}
    assert body["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    assert "@idempotent directive is required" in body["errors"][0]["message"]
    assert body["extensions"]["cost"]["actualQueryCost"] == 10


def test_an_absent_change_from_quantity_is_refused_and_null_skips_the_check(shelf: Shelf) -> None:
    variables = set_variables((shelf.item, shelf.location, 3, None))
    del variables["input"]["quantities"][0]["changeFromQuantity"]
    body = shelf.sandbox.query(SET, variables)
    assert body["errors"][0]["message"] == (
        "InventoryQuantityInput must include the following argument: changeFromQuantity."
    )
    assert body["errors"][0]["extensions"] == {"code": "INVALID_FIELD_ARGUMENTS"}
    assert shelf.available == 10
    assert shelf.sandbox.set((shelf.item, shelf.location, 3, None))["userErrors"] == []
    assert shelf.available == 3


def test_an_id_of_another_type_is_not_found(shared: Sandbox) -> None:
    error = shared.query(f'{{ product(id: "{ITEM}") {{ id }} }}')["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == ("invalid id", "RESOURCE_NOT_FOUND")
