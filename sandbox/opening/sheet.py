"""Rows of a product CSV: cells under the names that Shopify gives them now, read as what they must be."""

from __future__ import annotations

import csv
import io
import re
import string
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sandbox.inventory.quantities import SET_LIMIT
from sandbox.variants.input import PRICE_LIMIT

OLDER = {
    "body (html)": "Description",
    "handle": "URL handle",
    "image src": "Product image URL",
    "published": "Published on online store",
    "variant barcode": "Barcode",
    "variant compare at price": "Compare-at price",
    "variant inventory policy": "Continue selling when out of stock",
    "variant inventory qty": "Inventory quantity",
    "variant inventory tracker": "Inventory tracker",
    "variant price": "Price",
    "variant requires shipping": "Requires shipping",
    "variant sku": "SKU",
    "variant taxable": "Charge tax",
}
"""Names that exports had before, in lower case, and today's."""
OPTIONS = (1, 2, 3)
READ = (
    *OLDER.values(), "Cost per item", "Gift card", "Image alt text", "SEO description", "SEO title", "Status", "Tags",
    "Title", "Type", "Vendor", *(f"Option{n} {what}" for n in OPTIONS for what in ("name", "value")),
)  # fmt: skip
NAMES = {**OLDER, **{name.lower(): name for name in READ}}
# A description alone may be that long.
LONGEST_CELL = 1_000_000
# Of a value that is shown with an error.
SHOWN = 60


class BadSpreadsheet(Exception):
    """The file cannot be read as a product CSV; the message names file and line, of a cell its column and value."""


class Row(NamedTuple):
    """One row; a blank cell, or one that is not there, is empty text. Every reading raises BadSpreadsheet."""

    path: Path
    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]

    def text(self, name: str, longest: int | None = None) -> str:
        """A cell without the blanks around it, of so many characters at most."""
        return self._within(name, self.cells.get(name, "").strip(string.whitespace), longest)

    def code(self, name: str, longest: int) -> str | None:
        """A text that may look like a number: spreadsheets mark it with one apostrophe in front."""
        return self._within(name, self.text(name).removeprefix("'").strip(string.whitespace), longest) or None

    def choice(self, name: str, *choices: str) -> str:
        """One of the words, whatever its case; the first one if the cell is blank."""
        word = self.text(name).upper() or choices[0]
        if word not in choices:
            raise self.bad(name, f"not one of {', '.join(choices).lower()}")
        return word

    def is_true(self, name: str, *, default: bool) -> bool:
        """Whether it says so."""
        return self.choice(name, *(("TRUE", "FALSE") if default else ("FALSE", "TRUE"))) == "TRUE"

    def quantity(self, name: str) -> int:
        """Units, as many as Shopify takes; none if the cell is blank."""
        text = self.text(name) or "0"
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise self.bad(name, "not a whole number")
        if len(text) > len(str(SET_LIMIT)) + 1 or abs(int(text)) > SET_LIMIT:
            raise self.bad(name, f"beyond what Shopify takes, {SET_LIMIT:,} units")
        return int(text)

    def price(self, name: str) -> str | None:
        """An amount with two decimals."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", text):
            raise self.bad(name, "not a price such as 19.90")
        if Decimal(text) >= PRICE_LIMIT:
            raise self.bad(name, "beyond what Shopify takes as a price")
        return f"{Decimal(text):.2f}"

    def _within(self, name: str, text: str, longest: int | None) -> str:
        if longest is not None and len(text) > longest:
            raise self.bad(name, f"longer than {longest} characters")
        return text

    def bad(self, name: str, reason: str) -> BadSpreadsheet:
        """What is wrong with a cell."""
        value = self.cells.get(name, "")
        shown = repr(value if len(value) <= SHOWN else value[:SHOWN] + "...")
        return self.wrong(f"{self.headings.get(name, name)} is {shown}, {reason}")

    def wrong(self, what: str) -> BadSpreadsheet:
        """What is wrong with the row."""
        return BadSpreadsheet(f"{self.path}, line {self.line}: {what}")


def rows(path: Path) -> Iterator[Row]:
    """The rows that are not blank.

    Raises:
        BadSpreadsheet: it is no CSV file, or its columns are not those of products.
    """
    # Lines end as the CSV format says: U+2028, a vertical tab or NEL are parts of a text.
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        headings = _headings(path, header)
        columns = {heading: name for name, heading in headings.items()}
        line = reader.line_num + 1
        for cells in reader:
            row = Row(path, line, dict(_named(header, cells, columns)), headings)
            if len(cells) > len(header):
                raise row.wrong("more cells than the header has columns")
            if any(row.cells.values()):
                for name, value in row.cells.items():
                    if "\0" in value:
                        raise row.bad(name, "which holds a null character")
                yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadSpreadsheet(f"{path}, line {line}: {error}") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSpreadsheet(f"{path}, line {line}: not UTF-8 text ({error.reason} at byte {error.start})") from None
    except OSError as error:
        raise BadSpreadsheet(f"{path}: {error.strerror}") from None


def _headings(path: Path, header: list[str]) -> dict[str, str]:
    """The columns that are read, by today's name, each as the file writes it."""
    headings: dict[str, str] = {}
    for heading in header:
        name = NAMES.get(heading.strip().lower())
        if name in headings:
            raise BadSpreadsheet(f"{path}, line 1: the columns {headings[name]!r} and {heading!r} say the same")
        if name is not None:
            headings[name] = heading
    if "Title" not in headings:
        raise BadSpreadsheet(f"{path}, line 1: no column Title")
    return headings


def _named(header: list[str], cells: list[str], columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((columns[heading], cell) for heading, cell in zip(header, cells, strict=False) if heading in columns)
