"""A shop filled from a product CSV as Shopify exports it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from house.sandbox import Sandbox, running

Start = Callable[..., Sandbox]

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Variant Barcode,Image Src,Image Alt Text,Status\n"
)
ROWS = """\
tee,Tee,"<p>Soft,
and red</p>",Acme,Shirts,"b, A",true,Size,S,Color,Red,TEE-S,shopify,3,deny,19.9,25,'0123,https://x.test/1.jpg,Front,active
tee,,,,,,,,M,,Red,TEE-M,,-2,continue,20,,,https://x.test/2.jpg,,
tee,,,,,,,,,,,,,,,,,,https://x.test/3.jpg,,
mug,Mug,,,,,false,Title,Default Title,,,,,5,deny,7,,,,,draft
"""
READ = """{ products(first: 9) { nodes {
  title handle vendor productType tags status publishedAt options { name values } mediaCount { count }
  variants(first: 9) { nodes {
    title sku price compareAtPrice barcode inventoryPolicy inventoryQuantity inventoryItem { tracked }
  } } } } }"""


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    file = tmp_path_factory.mktemp("catalog") / "products.csv"
    file.write_text("\ufeff" + HEADER + ROWS, "utf-8")
    with running("--catalog", str(file), "--locations", "Main,Second") as sandbox:
        yield sandbox.data(READ)["products"]["nodes"]


def test_rows_of_a_handle_are_one_product(products: list[dict[str, Any]]) -> None:
    tee = products[0]
    assert [one["handle"] for one in products] == ["tee", "mug"]
    assert (tee["vendor"], tee["productType"], tee["tags"], tee["status"]) == ("Acme", "Shirts", ["A", "b"], "ACTIVE")
    assert tee["options"] == [{"name": "Size", "values": ["S", "M"]}, {"name": "Color", "values": ["Red"]}]
    assert tee["mediaCount"] == {"count": 3}
    assert (tee["publishedAt"] is None, products[1]["publishedAt"] is None) == (False, True)
    assert products[1]["status"] == "DRAFT"


def test_variants_carry_price_barcode_and_stock(products: list[dict[str, Any]]) -> None:
    small, medium = products[0]["variants"]["nodes"]
    assert small == {
        "title": "S / Red",
        "sku": "TEE-S",
        "price": "19.90",
        "compareAtPrice": "25.00",
        "barcode": "0123",
        "inventoryPolicy": "DENY",
        "inventoryQuantity": 3,
        "inventoryItem": {"tracked": True},
    }
    assert (medium["inventoryQuantity"], medium["inventoryPolicy"]) == (-2, "CONTINUE")


def test_a_blank_tracker_is_untracked_and_a_blank_sku_is_none(products: list[dict[str, Any]]) -> None:
    assert [one["inventoryItem"]["tracked"] for one in products[0]["variants"]["nodes"]] == [True, False]
    assert products[1]["variants"]["nodes"][0]["sku"] is None


def test_all_can_be_tracked(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(HEADER + ROWS)
    sandbox = start("--catalog", str(file), "--track-all")
    assert {level["tracked"] for level in sandbox.state()} == {True}
    assert len(sandbox.state()) == 3


def test_the_newer_column_names_say_what_the_older_ones_said(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(
        "Title,URL handle,Description,Vendor,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,"
        "Option1 value,Price,Compare-at price,Cost per item,Charge tax,Inventory tracker,Inventory quantity,"
        "Continue selling when out of stock,Requires shipping,Product image URL,Image alt text,Gift card\n"
        "Tee,tee,Soft,Acme,Shirts,a,FALSE,Unlisted,TEE-S,0123,Size,S,19.9,25,7,FALSE,shopify,3,CONTINUE,FALSE,"
        "https://x.test/1.jpg,Front,FALSE\n"
        ",tee,,,,,,,TEE-M,,,M,,,,,,-2,,,,,\n"
    )
    (tee,) = start("--catalog", str(file)).data(
        "{ products(first: 9) { nodes { title handle descriptionHtml status publishedAt mediaCount { count } "
        "variants(first: 9) { nodes { title sku barcode price compareAtPrice taxable inventoryPolicy inventoryQuantity "
        "inventoryItem { tracked requiresShipping unitCost { amount } } } } } } }"
    )["products"]["nodes"]
    small, medium = tee["variants"]["nodes"]
    assert (tee["title"], tee["handle"], tee["descriptionHtml"]) == ("Tee", "tee", "Soft")
    assert (tee["status"], tee["publishedAt"], tee["mediaCount"]) == ("UNLISTED", None, {"count": 1})
    assert small == {
        "title": "S",
        "sku": "TEE-S",
        "barcode": "0123",
        "price": "19.90",
        "compareAtPrice": "25.00",
        "taxable": False,
        "inventoryPolicy": "CONTINUE",
        "inventoryQuantity": 3,
        "inventoryItem": {"tracked": True, "requiresShipping": False, "unitCost": {"amount": "7.00"}},
    }
    assert (medium["sku"], medium["inventoryQuantity"], medium["inventoryPolicy"]) == ("TEE-M", -2, "DENY")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_what_only_some_programs_take_for_a_line_end_is_part_of_a_text(start: Start, tmp_path: Path, mark: str) -> None:
    file = tmp_path / "products.csv"
    file.write_text(f"Title,SKU\nRed{mark}mug,A{mark}1\nCup,B\n", "utf-8")
    read = "{ products(first: 9) { nodes { title variants(first: 1) { nodes { sku } } } } }"
    first, second = start("--catalog", str(file)).data(read)["products"]["nodes"]
    assert (first["title"], first["variants"]["nodes"]) == (f"Red{mark}mug", [{"sku": f"A{mark}1"}])
    assert second["variants"]["nodes"] == [{"sku": "B"}]


def test_the_apostrophe_of_a_spreadsheet_is_no_part_of_a_sku_nor_are_blanks_behind_it(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("Title,SKU,Barcode\nA,' 0815 ,'\nB,''x,\nC,\u00a0y,\n", "utf-8")
    read = "{ productVariants(first: 9) { nodes { sku barcode } } }"
    found = start("--catalog", str(file)).data(read)["productVariants"]["nodes"]
    assert [(one["sku"], one["barcode"]) for one in found] == [("0815", None), ("'x", None), ("\u00a0y", None)]


def test_a_title_is_enough_and_each_row_of_its_own_is_a_product(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("Title\nMug\n\nMug\n")
    found = start("--catalog", str(file)).data("{ products(first: 9) { nodes { handle } } }")["products"]["nodes"]
    assert [one["handle"] for one in found] == ["mug", "mug-1"]
