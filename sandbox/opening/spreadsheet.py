"""A shop filled from a product CSV as Shopify exports it.

https://help.shopify.com/manual/products/import-export/using-csv
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sandbox.products.handles import free_handle, normalised
from sandbox.state.entities import Product
from sandbox.state.store import Store

OPTIONS = (1, 2, 3)


class BadSpreadsheet(Exception):
    """The file cannot be read as a product CSV; the message names file and line."""


class Row(NamedTuple):
    line: int
    cells: dict[str, str]

    def get(self, name: str) -> str:
        return (self.cells.get(name) or "").strip()


def load(path: Path, store: Store, track_all: bool) -> None:
    """Every product of the file; stock goes to the shop's first location.

    Raises BadSpreadsheet before anything is added, if any line is wrong.
    """
    products: dict[str, list[Row]] = {}
    for row in _rows(path):
        products.setdefault(row.get("Handle"), []).append(row)
    for rows in products.values():
        for row in rows:
            _number(path, row, "Variant Inventory Qty")
            _price(path, row, "Variant Price")
            _price(path, row, "Variant Compare At Price")
        if not rows[0].get("Title"):
            raise BadSpreadsheet(f"{path}, line {rows[0].line}: the product's first row has no Title")
    for handle, rows in products.items():
        _add(path, store, handle, rows, track_all)


def _rows(path: Path) -> Iterator[Row]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSpreadsheet(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from None
    except OSError as error:
        raise BadSpreadsheet(f"{path}: {error.strerror}") from None
    line = 1
    reader = csv.DictReader(text.splitlines(keepends=True), restkey="", strict=True)
    try:
        missing = {"Handle", "Title"} - set(reader.fieldnames or ())
        if missing:
            raise BadSpreadsheet(f"{path}, line 1: no column {' and '.join(sorted(missing))}")
        line = reader.line_num + 1
        for cells in reader:
            if "" in cells:
                raise BadSpreadsheet(f"{path}, line {line}: more cells than the header has columns")
            row = Row(line, cells)
            if not row.get("Handle"):
                raise BadSpreadsheet(f"{path}, line {line}: the Handle is blank")
            yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadSpreadsheet(f"{path}, line {line}: {error}") from None


def _number(path: Path, row: Row, column: str) -> int:
    try:
        return int(row.get(column) or 0)
    except ValueError:
        raise BadSpreadsheet(f"{path}, line {row.line}: {column} is {row.get(column)!r}, not a whole number") from None


def _price(path: Path, row: Row, column: str) -> str | None:
    text = row.get(column)
    try:
        return f"{float(text):.2f}" if text else None
    except ValueError:
        raise BadSpreadsheet(f"{path}, line {row.line}: {column} is {text!r}, not a price") from None


def _add(path: Path, store: Store, handle: str, rows: list[Row], track_all: bool) -> None:
    first = rows[0]
    product = store.add_product(first.get("Title"), free_handle(normalised(handle), store.handles), first.get("Vendor"))
    product.product_type = first.get("Type")
    product.description_html = first.get("Body (HTML)")
    product.tags = sorted((tag.strip() for tag in first.get("Tags").split(",") if tag.strip()), key=str.lower)
    product.status = (first.get("Status") or "active").upper()
    published = first.get("Published").lower() != "false"
    product.published_at = product.created_at if published else None
    product.seo_title = first.get("SEO Title") or None
    product.seo_description = first.get("SEO Description") or None
    product.is_gift_card = first.get("Gift Card").lower() == "true"
    for row in rows:
        if row.get("Image Src"):
            store.add_image(product, row.get("Image Src"), row.get("Image Alt Text") or None)
    variants = [row for row in rows if row.get("Option1 Value") or row is first]
    names = [first.get(f"Option{n} Name") for n in OPTIONS]
    for name in [name for name in names if name] or ["Title"]:
        store.add_option(product, name, [])
    for row in variants:
        _add_variant(path, store, product, row, track_all)


def _add_variant(path: Path, store: Store, product: Product, row: Row, track_all: bool) -> None:
    values = []
    for n, option in enumerate(product.options, 1):
        name = row.get(f"Option{n} Value") or "Default Title"
        values.append(option.value(name) or store.add_value(option, name))
    variant = store.add_variant(product, values, row.get("Variant SKU").lstrip("'") or None)
    variant.price = _price(path, row, "Variant Price") or "0.00"
    variant.compare_at_price = _price(path, row, "Variant Compare At Price")
    variant.barcode = row.get("Variant Barcode").lstrip("'") or None
    variant.inventory_policy = (row.get("Variant Inventory Policy") or "deny").upper()
    variant.taxable = row.get("Variant Taxable").lower() != "false"
    item = variant.item
    item.tracked = track_all or bool(row.get("Variant Inventory Tracker"))
    item.requires_shipping = row.get("Variant Requires Shipping").lower() != "false"
    item.cost = _price(path, row, "Cost per item")
    for location in store.locations.values():
        default = location is store.default_location()
        store.add_level(item, location, _number(path, row, "Variant Inventory Qty") if default else 0)
