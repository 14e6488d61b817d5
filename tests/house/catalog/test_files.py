"""Real product exports as a warehouse: pushed to an empty shop, read back, and equal field by field."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from house.sandbox import LOCATION, running
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.house.catalog.shop import products
from tests.house.house import House
from tests.runner.warehouse.mappings import written

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("SHELFWIRE_DATA") or ROOT.parent / "shared/data")
OWN = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,SEO Title,SEO Description,Variant Grams,Variant Inventory Policy,\
Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant SKU,Variant Barcode,\
Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Image Src,Image Alt Text
jug,Jug & "Mug",<p>Fired <b>twice</b>.</p>,Kiln,Crockery,"blue, Blue,kitchen",Jugs,For milk,350,deny,\
10,,true,true,JUG-1,4006381333931,Size,S,Glaze,Matt,Feet,Yes,https://example.com/jug.jpg,A jug
jug,,,,,,,,420,continue,12.50,15,true,false,JUG-2,,,M,,Matt,,Yes,https://example.com/mug.jpg,
jug,,,,,,,,0,deny,9.99,,false,true,,,,M,,Glossy,,No,,
שלום,שלום,,Kiln,,,,,100,deny,3,,true,true,,,Title,Default Title,,,,,,
"""
OPTIONS = (1, 2, 3)
TABLES = """
create schema catalogue;
create table catalogue.rows (
  id serial primary key, handle text, title text, body text, vendor text, type text, tags text, seo_title text,
  seo_description text, sku text, grams numeric, policy text, price text, compare text, shipping boolean,
  taxable boolean, barcode text, option1_name text, option1_value text, option2_name text, option2_value text,
  option3_name text, option3_value text
);
create table catalogue.images (row integer, url text, alt text, position integer);
"""
MAPPING = '''
schema = "catalogue"
[products]
sql = """
select id as product, sku, title, handle as product_group, id as position, handle, body as description, vendor,
  type as product_type, tags, seo_title, seo_description, grams as weight, 'g' as weight_unit,
  policy as inventory_policy, price::numeric as price, compare::numeric as compare_at_price,
  shipping as requires_shipping, taxable, barcode, option1_name, option1_value, option2_name, option2_value,
  option3_name, option3_value
from rows
"""
[images]
sql = "select row as product, url, alt, position from images"
[stock]
sql = "select id as product, 0 as available from rows"
[watch]
rows = "id"
images = "row"
'''

Row = dict[str, str]


def texts() -> list[Any]:
    """The project's own file, and the real ones where they are."""
    found = [pytest.param(OWN, id="own")]
    return found + [pytest.param(path.read_text(), id=path.stem) for path in sorted(FOLDER.glob("*.csv"))]


def read(text: str) -> tuple[list[Row], list[tuple[int, str, str]]]:
    """Rows that are variants, with what their product's first row says; and the images, by the variant's number."""
    variants: list[Row] = []
    images: list[tuple[int, str, str]] = []
    firsts: dict[str, tuple[int, Row]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        number, first = firsts.setdefault(row["Handle"], (len(variants), row))
        if row["Option1 Value"]:
            names = {f"Option{n} Name": first[f"Option{n} Name"] for n in OPTIONS}
            kept = ("Title", "Body (HTML)", "Vendor", "Type", "Tags", "SEO Title", "SEO Description")
            variants.append({**row, **names, **{name: first[name] for name in kept}})
        if row["Image Src"]:
            images.append((number + 1, row["Image Src"], row["Image Alt Text"]))
    return variants, images


@pytest.fixture
def stocked(database: str, tmp_path: Path) -> Iterator[Callable[[str], House]]:
    """A function that makes a house of a file, whose shop is empty."""
    with ExitStack() as stack:

        def make(text: str) -> House:
            sandbox = stack.enter_context(running("--products", "1", "--variants-per-product", "1", "--unlimited"))
            house = House(database, sandbox)
            stack.callback(house.close)
            house.do(TABLES)
            asyncio.run(adapter.attach(database, MappingFile(written(tmp_path, MAPPING))))
            variants, images = read(text)
            with house.connection.cursor() as cursor:
                cursor.executemany(
                    "insert into catalogue.rows (handle, title, body, vendor, type, tags, seo_title, seo_description, "
                    "sku, grams, policy, price, compare, shipping, taxable, barcode, option1_name, option1_value, "
                    f"option2_name, option2_value, option3_name, option3_value) values ({', '.join(['%s'] * 22)})",
                    [
                        (
                            v["Handle"], v["Title"], v["Body (HTML)"], v["Vendor"], v["Type"], v["Tags"],
                            v["SEO Title"], v["SEO Description"], v["Variant SKU"] or None, v["Variant Grams"] or "0",
                            v["Variant Inventory Policy"], v["Variant Price"], v["Variant Compare At Price"] or None,
                            v["Variant Requires Shipping"], v["Variant Taxable"], v["Variant Barcode"] or None,
                            *(v[f"Option{n} {what}"] or None for n in OPTIONS for what in ("Name", "Value")),
                        )
                        for v in variants
                    ],
                )  # fmt: skip
                cursor.executemany(
                    "insert into catalogue.images values (%s, %s, %s, %s)",
                    [(row, url, alt, place) for place, (row, url, alt) in enumerate(images)],
                )
            asyncio.run(house.join(rest=LOCATION))
            house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
            house.do("update sync.guards set loss_share = 1, change_share = 1")
            house.do("select sync.mark_shop(id) from sync.shops")
            return house

        yield make


def money(text: str) -> str | None:
    return f"{float(text):.2f}" if text else None


@pytest.mark.parametrize("text", texts())
def test_a_file_arrives_field_by_field(stocked: Callable[[str], House], text: str) -> None:
    house = stocked(text)
    variants, images = read(text)
    with house.runner():
        house.wait_quiet()
        shown = {one["handle"]: one for one in products(house).values()}
        calls = house.value("select count(*) from sync.calls")
        house.do("select sync.mark_shop(id) from sync.shops")
        house.wait_quiet()
        # An unchanged pass costs nothing.
        assert house.value("select count(*) from sync.calls") == calls
    assert house.rows("select * from sync.refusals where kind = 'catalog'") == []
    wanted = {v["Handle"]: v for v in reversed(variants)}
    assert {*wanted} <= {*shown}
    for handle, first in wanted.items():
        product = shown[handle]
        tags = {tag.strip().lower() for tag in first["Tags"].split(",") if tag.strip()}
        assert (
            product["title"], product["descriptionHtml"], product["productType"],
            {tag.lower() for tag in product["tags"]},
            product["seo"]["title"] or "", product["seo"]["description"] or "",
        ) == (
            first["Title"].strip(), first["Body (HTML)"], first["Type"].strip(), tags, first["SEO Title"].strip(),
            first["SEO Description"].strip(),
        )  # fmt: skip
        assert not first["Vendor"] or product["vendor"] == first["Vendor"].strip()
        mine = [v for v in variants if v["Handle"] == handle]
        assert [_shown(v) for v in product["variants"]] == [_wanted(v) for v in mine]
        rows = {variants.index(v) + 1 for v in mine}
        assert [m["alt"] or "" for m in product["media"]] == [alt for row, _, alt in images if row in rows]


def _shown(variant: dict[str, Any]) -> tuple[Any, ...]:
    item = variant["inventoryItem"]
    return (
        variant["sku"] or "", variant["price"], variant["compareAtPrice"], variant["barcode"] or "", variant["taxable"],
        variant["inventoryPolicy"], item["requiresShipping"], item["measurement"]["weight"]["value"],
        [option["value"] for option in variant["selectedOptions"]],
    )  # fmt: skip


def _wanted(row: Row) -> tuple[Any, ...]:
    values = [row[f"Option{n} Value"].strip() for n in OPTIONS]
    return (
        row["Variant SKU"].strip(), money(row["Variant Price"]), money(row["Variant Compare At Price"]),
        row["Variant Barcode"].strip(), row["Variant Taxable"] == "true", row["Variant Inventory Policy"].upper(),
        row["Variant Requires Shipping"] == "true", float(row["Variant Grams"] or 0), [one for one in values if one],
    )  # fmt: skip
