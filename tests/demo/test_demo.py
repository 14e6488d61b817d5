"""The demo ends with the shop equal to the shelves, whatever the catalogue."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAST = re.compile(
    r"demo: ok changes=\d+ pushed=\d+ calls=\d+ throttled=0 refused=\d+ discrepancies=0 "
    r"products=\d+ conflicts=\d+ latency_p50_ms=\d+ latency_p99_ms=\d+"
)
# An export in Shopify's form: two variants, one of them without SKU and without tracking.
CATALOG = """\
Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price
mug,Mug,Colour,Red,MUG-RED,shopify,1,9.50
mug,,,Blue,,,1,9.50
"""


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it for a few seconds."""
    return subprocess.run(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT, env={**os.environ, "DEMO_SECONDS": "6"}, capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip


def test_the_demo_ends_in_step() -> None:
    done = demo()
    assert done.returncode == 0, done.stdout + done.stderr
    assert LAST.fullmatch(done.stdout.splitlines()[-1]), done.stdout
    assert "restored, as it comes back: seen in the shop" in done.stdout
    assert re.search(r"products=[1-9]\d* conflicts=1 ", done.stdout), done.stdout


@pytest.mark.long
def test_a_catalogue_with_missing_skus_is_explained_and_completed(tmp_path: Path) -> None:
    catalog = tmp_path / "products.csv"
    catalog.write_text(CATALOG)
    done = demo("--catalog", str(catalog))
    assert done.returncode == 0, done.stdout + done.stderr
    assert LAST.fullmatch(done.stdout.splitlines()[-1]), done.stdout
    assert "1 of 2 variants have no SKU" in done.stdout
    assert "1 linked, 1 broken" in done.stdout and "2 linked, 0 broken" in done.stdout


def catalogue(path: Path, variants: int, cells: str) -> Path:
    """Products of two sizes each, in the columns of today's exports; ``cells`` are SKU and tracker, {n} a number."""
    with path.open("w") as file:
        file.write("Title,URL handle,Option1 name,Option1 value,SKU,Inventory tracker,Inventory quantity,Price\n")
        for n in range(variants):
            product = f"Product {n // 2},p-{n // 2},Size" if n % 2 == 0 else f",p-{n // 2},"
            file.write(f"{product},{'SM'[n % 2]},{cells.format(n=n)},1,9.50\n")
    return path


@pytest.mark.long
@pytest.mark.parametrize(
    ("variants", "cells", "finding"),
    [
        (1_700, ",", "1,700 of 1,700 variants have no SKU"),
        (5_000, "SKU-{n},", "5,000 of 5,000 variants are not tracked"),
    ],
)
def test_however_much_a_catalogue_lacks_its_owner_is_never_throttled(
    tmp_path: Path, variants: int, cells: str, finding: str
) -> None:
    done = demo("--catalog", str(catalogue(tmp_path / "products.csv", variants, cells)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert LAST.fullmatch(done.stdout.splitlines()[-1]), done.stdout
    assert finding in done.stdout and f"{variants:,} linked products read back" in done.stdout


@pytest.mark.parametrize(("arguments", "word"), [(("--catalog", "none.csv"), "none.csv"), (("--seconds", "0"), "0")])
def test_bad_arguments_are_refused(arguments: tuple[str, ...], word: str) -> None:
    done = demo(*arguments)
    assert done.returncode == 2 and word in done.stderr
