"""The process: what it prints, how it ends, what it refuses to start with."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from house.sandbox import Sandbox
from sandbox.__main__ import main

Start = Callable[..., Sandbox]


def test_it_names_address_and_shop_and_ends_with_0_on_sigterm() -> None:
    sandbox = Sandbox.start("--shop", "north")
    assert re.match(r"http://127\.0\.0\.1:\d+\Z", sandbox.url)
    assert sandbox.shop == "north.myshopify.com"
    assert sandbox.stop() == 0


def test_latency_and_currency_are_as_asked(start: Start) -> None:
    sandbox = start("--latency-ms", "150", "--currency", "EUR")
    begun = time.monotonic()
    assert sandbox.data("{ shop { currencyCode } }") == {"shop": {"currencyCode": "EUR"}}
    assert time.monotonic() - begun >= 0.15


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "70000"], "--port"),
        (["--shop", "No Shop"], "name of a shop"),
        (["--products", "many"], "--products"),
        (["--variants-per-product", "2049"], "--variants-per-product"),
        (["--scopes", "read_mind"], "unknown: read_mind"),
        (["--locations", ","], "at least one name"),
        (["--locations", "A,A"], "a name is there twice"),
        (["--currency", "dollars"], "currency code"),
        (["--capacity", "0"], "--capacity"),
        (["--token-lifetime", "0"], "--token-lifetime"),
        (["--track-all"], "--catalog"),
        (["--catalog", "nowhere.csv"], "nowhere.csv"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_bad_option_is_named_and_ends_with_2(options: list[str], complaint: str) -> None:
    done = run(*options)
    assert done.exit_code == 2, done.stderr
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Handle,Name\n", "line 1: no column Title"),
        ("Handle,Title,Variant Inventory Qty\na,A,few\n", "line 2: Variant Inventory Qty is 'few'"),
        ("Handle,Title,Variant Price\na,A,1\nb,B,cheap\n", "line 3: Variant Price is 'cheap'"),
        ("Handle,Title,Vendor\na,A,V\n,,V\n", "line 3: the row has neither a handle nor a Title"),
        ("Handle,Title\na,\n", "line 2: the product's first row has no Title"),
        ('Handle,Title\na,"A\nB",c\n', "line 2: more cells"),
        ('Handle,Title\na,"A"x\n', "line 2:"),
        ("Handle,Title,SKU,Variant SKU\n", "line 1: the columns 'SKU' and 'Variant SKU' say the same"),
        ("Title,Status\nA,active\n\n\u2028,\nB,gone\n", "line 5: Status is 'gone', not one of active, draft"),
        ("Title,Variant Inventory Policy\nA,allow\n", "line 2: Variant Inventory Policy is 'allow', not one of deny,"),
        ("Title,Continue selling when out of stock\nA,yes\n", "line 2: Continue selling when out of stock is 'yes'"),
        ("Title,Price\nA,nan\n", "line 2: Price is 'nan', not a price such as 19.90"),
        ("Title,Price\nA,-1\n", "line 2: Price is '-1', not a price"),
        ("Title,Price\nA,1e3\n", "line 2: Price is '1e3', not a price"),
        (f"Title,Price\nA,{10**18}\n", "line 2: Price is '1000000000000000000', beyond what Shopify takes"),
        ("Title,Cost per item\nA,inf\n", "line 2: Cost per item is 'inf', not a price"),
        ("Title,Inventory quantity\nA,5000000000\n", "line 2: Inventory quantity is '5000000000', beyond"),
        ("Title,Inventory quantity\nA,1_000\n", "line 2: Inventory quantity is '1_000', not a whole number"),
        (f"Title,SKU\nA,{'x' * 300}\n", f"line 2: SKU is '{'x' * 60}...', longer than 255 characters"),
        (f"Title\n{'x' * 256}\n", f"line 2: Title is '{'x' * 60}...', longer than 255 characters"),
        ("Title,Published\nA,maybe\n", "line 2: Published is 'maybe', not one of true, false"),
        ("Title,SKU\nA,x\0y\n", "line 2: SKU is 'x\\x00y', which holds a null character"),
        (
            "Handle,Title,Option1 Name,Option1 Value\na,A,Size,S\na,,,S\n",
            "line 3: the product has a variant 'S' already",
        ),
        ("Handle,Title,Variant SKU\na,A,x\na,,y\n", "line 3: Variant SKU is 'y', but the row has no option value"),
        ("Title,Option2 Value\nA,Red\n", "line 2: Option2 Value is 'Red', but the product's first row has no Option2"),
    ],
)
def test_a_bad_csv_is_refused_with_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, "utf-8")
    done = run("--catalog", str(file))
    assert done.exit_code == 2
    assert f"{file}, {complaint}" in done.stderr


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes("Title\nMug\nCafé\n".encode("latin-1"))
    done = run("--catalog", str(file))
    assert done.exit_code == 2 and f"{file}, line 3: not UTF-8 text" in done.stderr


def test_a_taken_port_is_said(start: Start) -> None:
    port = start().url.rpartition(":")[2]
    done = run("--port", port)
    assert done.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


def run(*options: str) -> Result:
    """The command in this process: it ends before it would listen."""
    return CliRunner().invoke(main, options)
