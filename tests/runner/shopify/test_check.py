"""schema-check names every place of ours that another version of Shopify's schema breaks or deprecates."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest
from graphql import build_schema

from runner.shopify.check import Finding, check, main, read_schema
from runner.shopify.documents import FOLDER
from runner.shopify.shape import SCHEMA
from tests import sent
from tests.runner.shopify.test_documents import FULL_SCHEMAS, ROOT
from tests.seeds import BACK, Shelf, rows

CURRENT = ROOT / "sandbox" / "execution" / "schema.graphql"
# What Shopify deprecates in the version that we speak.
KNOWN = "Collections.graphql", "ruleSet"


def changed(old: str, new: str, within: str) -> list[Finding]:
    """What is found in the current schema with one change within a definition, besides what is found without."""
    text = CURRENT.read_text()
    start = text.index(f"\n{within} ")
    definition = text[start : text.index("\n}", start)]
    assert definition.count(old) == 1, f"{within} has {definition.count(old)} times {old!r}"
    text = text.replace(definition, definition.replace(old, new))
    return [one for one in check(build_schema(text, assume_valid=True)) if (one.file, one.field) != KNOWN]


def line_of(path: Path, text: str, after: str = "") -> int:
    """The line of a text in a file, the first one after another text."""
    content = path.read_text()
    place = content.index(text, content.index(after))
    return content.count("\n", 0, place) + 1


def test_nothing_breaks_in_the_version_that_we_speak() -> None:
    found = check(read_schema(CURRENT))
    assert [(one.breaks, one.file, one.field) for one in found] == [(False, *KNOWN)]


@pytest.mark.skipif(not FULL_SCHEMAS, reason="Shopify's full schemas are not here")
@pytest.mark.parametrize("path", FULL_SCHEMAS, ids=lambda path: path.name)
def test_nothing_breaks_in_shopifys_full_schemas(path: Path) -> None:
    found = check(read_schema(path))
    assert [one for one in found if one.breaks] == []
    assert KNOWN in {(one.file, one.field) for one in found}


def test_a_field_that_is_gone_is_named_with_each_document_that_asks_for_it() -> None:
    found = changed("\n  displayName: ", "\n  fullName: ", "type ProductVariant")
    assert all(one.breaks and one.field == "displayName" for one in found)
    asking = {path.name for path in FOLDER.glob("*.graphql") if "displayName" in path.read_text()}
    assert {one.file for one in found} == asking
    (variants,) = [one for one in found if one.file == "Variants.graphql"]
    assert variants.line == line_of(FOLDER / "Variants.graphql", "displayName")
    assert "Cannot query field 'displayName' on type 'ProductVariant'" in variants.message


def test_an_argument_that_is_gone_breaks() -> None:
    found = changed("first: Int, includeInactive: Boolean = false, ", "first: Int, ", "type InventoryItem")
    assert {(one.breaks, one.file) for one in found} >= {(True, "InventoryLevels.graphql"), (True, "Variants.graphql")}
    assert {one.field for one in found} == {"includeInactive"}


@pytest.mark.parametrize(
    ("old", "new", "within", "field", "message"),
    [
        ("  quantity: Int!", "", "input InventoryQuantityInput", "InventoryQuantityInput.quantity", "no such field"),
        ("quantity: Int!", "quantity: String!", "input InventoryQuantityInput", "InventoryQuantityInput.quantity",
         "It takes String!; we send Int!."),
        ("changeFromQuantity: Int", "changeFromQuantity: Int!", "input InventoryQuantityInput",
         "InventoryQuantityInput.changeFromQuantity", "It takes Int!; we send Int."),
        ("  quantity: Int!", "  quantity: Int!\n  unit: String!", "input InventoryQuantityInput",
         "InventoryQuantityInput.unit", "It is required, as String!; we do not send it."),
        ("  POUNDS", "", "enum WeightUnit", "WeightUnit.POUNDS", "no such value"),
        ("displayName: String!", "displayName: String", "type ProductVariant", "ProductVariant.displayName",
         "It is answered as String; we read String!."),
    ],
)  # fmt: skip
def test_what_we_send_and_read_is_compared(old: str, new: str, within: str, field: str, message: str) -> None:
    (found,) = changed(old, new, within)
    assert found.breaks and found.field == field and message in found.message
    owner, _, part = field.partition(".")
    kind = within.split()[0]
    wanted = (
        line_of(SCHEMA, f"{kind} {owner} ")
        if "required" in message
        else line_of(SCHEMA, f"  {part}", f"\n{kind} {owner} ")
    )
    assert (found.file, found.line) == ("schema.graphql", wanted)


def test_what_may_be_left_out_or_is_answered_more_strictly_breaks_nothing() -> None:
    assert changed("  quantity: Int!", "  quantity: Int!\n  unit: String", "input InventoryQuantityInput") == []
    assert changed("  quantity: Int!", "  quantity: Int!\n  a: Int! = 1", "input InventoryQuantityInput") == []
    assert changed("\n  sku: String\n", "\n  sku: String!\n", "type ProductVariant") == []
    assert changed("quantity: Int!", "quantity: Int", "input InventoryQuantityInput") == []


@pytest.mark.parametrize(
    ("old", "new", "within", "file", "field"),
    [
        ("displayName: String!", 'displayName: String! @deprecated(reason: "Use name.")', "type ProductVariant",
         "Variants.graphql", "displayName"),
        ("first: Int, includeInactive: Boolean = false",
         'first: Int, includeInactive: Boolean = false @deprecated(reason: "Use name.")', "type InventoryItem",
         "InventoryLevels.graphql", "includeInactive"),
        ("  reason: String!", '  reason: String! @deprecated(reason: "Use name.")', "input InventorySetQuantitiesInput",
         "schema.graphql", "InventorySetQuantitiesInput.reason"),
        ("  POUNDS", '  POUNDS @deprecated(reason: "Use name.")', "enum WeightUnit", "schema.graphql",
         "WeightUnit.POUNDS"),
        ("  UPDATED_AT", '  UPDATED_AT @deprecated(reason: "Use name.")', "enum ProductSortKeys",
         "ProductsChanged.graphql", "UPDATED_AT"),
    ],
)  # fmt: skip
def test_what_is_deprecated_is_named_with_its_reason(old: str, new: str, within: str, file: str, field: str) -> None:
    found = changed(old, new, within)
    assert found and not any(one.breaks for one in found)
    assert all("Use name." in one.message for one in found)
    assert file in {one.file for one in found}
    assert {one.field for one in found} == {field}


def test_what_is_stored_to_be_sent_is_what_is_compared(shelf: Shelf) -> None:
    """Of products, at the end of each file of tests/house/catalog."""
    key, other = shelf.stocked(5, 5)
    for stocked in (key, other):
        shelf.see(stocked, BACK, 0)
        shelf.sell(stocked)
    shelf.relay()
    assert [push for push in shelf.prepared([key, other]) if push["request_id"]]
    assert sent.problems(rows(shelf.connection, sent.STORED)) == set()
    shelf.connection.execute("""update sync.requests set variables = '{"input": {"size": 1}, "key": "k"}'""")
    assert any("size" in problem for problem in sent.problems(rows(shelf.connection, sent.STORED)))


def test_the_exit_code_says_whether_something_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(CURRENT)]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("deprecated  Collections.graphql:7  ruleSet: ")
    packed = tmp_path / "schema.graphql.gz"
    packed.write_bytes(gzip.compress(CURRENT.read_text().replace("  POUNDS\n", "").encode()))
    assert main([str(packed)]) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("breaks      schema.graphql:") and "WeightUnit.POUNDS" in first
    assert last.endswith("1 places break, 1 are deprecated.")


@pytest.mark.parametrize(
    "content", [b"", b"type", b"\x1f\x8bnothing", b"\xff\xfe", b"type A { b: C }", b"type QueryRoot { a: Int }"]
)
def test_a_file_that_is_no_schema_is_named(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "given.graphql"
    path.write_bytes(content)
    assert main([str(path)]) == 2
    assert f"schema-check: {path} " in capsys.readouterr().err
    assert main([str(tmp_path / "missing")]) == 2
    assert main([]) == 2


def test_make_gives_it_the_file() -> None:
    command = ["make", "--no-print-directory", "schema-check", f"FILE={CURRENT}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 places break" in done.stdout
