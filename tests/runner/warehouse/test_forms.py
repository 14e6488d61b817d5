"""The forms that a mapping file may take, and the words and the line for what is none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import MappingError
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.mappings import written

HEAD = """schema = "app"
[products]
sql = "select 1 as product, 'a' as sku, 'A' as title"
[stock]
sql = "select 1 as product, 1 as available"
"""
KEYS = "select 1 where 1 = any (%(keys)s)"


@pytest.mark.parametrize(
    ("text", "watched"),
    [
        ('[watch]\nlevel = "item"', [("level", "item", None)]),
        ('[watch]\nlevel = { column = "item" }', [("level", "item", None)]),
        ('[watch.level]\ncolumn = "item"', [("level", "item", None)]),
        ('[watch.level]\ncolumn = "item"\nproducts = "' + KEYS + '"', [("level", "item", KEYS)]),
        ('[watch]\nlevel = ["item", "other"]', [("level", "item", None), ("level", "other", None)]),
        ('[watch]\nlevel = ["item", { column = "other" }]', [("level", "item", None), ("level", "other", None)]),
        ('[[watch.level]]\ncolumn = "item"\n[[watch.level]]\ncolumn = "other"',
         [("level", "item", None), ("level", "other", None)]),
        ('[watch.far.level]\ncolumn = "item"', [("far.level", "item", None)]),
        ('[[watch.far.level]]\ncolumn = "item"', [("far.level", "item", None)]),
        ('[watch.far]\nlevel = "item"\nmore = ["one"]', [("far.level", "item", None), ("far.more", "one", None)]),
        ('[watch]\nfar.level = "item"\nnear = "id"', [("far.level", "item", None), ("near", "id", None)]),
        ('[watch]\n"far.level" = "item"', [("far.level", "item", None)]),
        ('[watch."Stock Rows"]\ncolumn = "Item No."', [("Stock Rows", "Item No.", None)]),
    ],
)  # fmt: skip
def test_a_table_is_watched_in_any_form_of_toml(
    tmp_path: Path, text: str, watched: list[tuple[str, str, str | None]]
) -> None:
    found = MappingFile(written(tmp_path, HEAD + text)).watched
    assert [(w.table, w.watch.column, w.watch.translation) for w in found] == watched


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[watch]\nlevel = ""', 7, "watch.level.column: String should have at least 1 character"),
        ("[watch]\nlevel = 7", 7, "watch.level: write the column that holds the product's key"),
        ("[watch]\nlevel = [7]", 7, "watch.level: write the column that holds the product's key"),
        ('[watch.level]\nproducts = "' + KEYS + '"', 6, "watch.level.column: Field required"),
        ('[watch.level]\ncolumn = "a"\nproduct = "x"', 8, "watch.level.product: Extra inputs are not permitted"),
        ('[watch.level]\ncolumn = "a"\nproducts = "select 1"', 6, "watch.level: the select does not use %(keys)s"),
        ('[watch.far.level]\ncolumn = "a"\nproduct = "x"', 8, "watch.far.level.product: Extra inputs"),
        ('[watch]\nlevel = "a"\nfar.level = { key = "x" }', 8, "watch.far.level.column: Field required"),
        ('[watch]\nnear = "a"\n"far.level" = { key = "x" }', 8, "watch.far.level.column: Field required"),
        ('[watch.level]\ncolumn = "a"\nproducts = "' + KEYS + '"\ncustomers = "' + KEYS + '"', 6,
         "watch.level: a table is watched either for products or for customers"),
        ('[wathc]\nlevel = "a"', 6, "wathc: Extra inputs are not permitted"),
        ('[items]\ntable = "x"', 6, "items.product: Field required"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, HEAD + text)
    with pytest.raises(MappingError) as found:
        MappingFile(path)
    assert f"{path}:{line}: {words}" in str(found.value)


@pytest.mark.parametrize("given", ["5", '"soon"', '"0 min"', '"-5 min"', '"5 min; drop table x"'])
def test_a_recheck_that_is_no_interval_is_named(tmp_path: Path, given: str) -> None:
    path = written(tmp_path, HEAD + f"recheck = {given}")
    with pytest.raises(MappingError, match=r"toml:6: stock\.recheck: "):
        MappingFile(path)


@pytest.mark.parametrize("given", ['"30 s"', '"5 min"', '"1 h"', '"90 seconds"', '"2hours"'])
def test_a_recheck_is_a_number_and_a_unit(tmp_path: Path, given: str) -> None:
    stock = MappingFile(written(tmp_path, HEAD + f"recheck = {given}")).mapping.stock
    assert stock and stock.recheck


@pytest.mark.parametrize("encoded", [HEAD.encode("utf-8-sig"), HEAD.replace("\n", "\r\n").encode("utf-8-sig")])
def test_a_byte_order_mark_and_line_ends_of_windows_are_no_matter(tmp_path: Path, encoded: bytes) -> None:
    path = tmp_path / "warehouse.toml"
    path.write_bytes(encoded)
    assert MappingFile(path).mapping.schema_ == ["app"]
    path.write_bytes(encoded + b"recheck = 5")
    with pytest.raises(MappingError, match=r"toml:6: stock\.recheck"):
        MappingFile(path)


def test_both_or_neither_of_stock_and_items_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="say what is in stock: either"):
        MappingFile(written(tmp_path, HEAD.split("[stock]")[0]))
