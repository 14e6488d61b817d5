"""django-oscar itself, installed: its own migrations make the tables, its own classes move the stock."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from house.warehouse import WAREHOUSES
from tests.warehouses import attached
from tests.warehouses.selects import Selects

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

REQUIREMENTS = ("django-oscar==4.2.1", "django==5.2.19", "django-treebeard==7.0.3", "psycopg[binary]==3.3.9")
MAPPING = WAREHOUSES / "oscar" / "warehouse.toml"
# What happens, and the products it concerns; a shipment takes from both numbers, so that nothing changes for customers.
STEPS = {
    "furnish": {"MUG", "TEAPOT", "KETTLE", "AUDIO", "SIEVE", "TOWEL"},
    "order": {"MUG", "TEAPOT"},
    "ship": {"MUG", "TEAPOT"},
    "cancel": {"MUG"},
    "receive": {"MUG"},
    "move": {"TOWEL"},
    "hide": {"KETTLE", "TOWEL"},
    "delete": {"TEAPOT"},
}

Numbers = dict[str, dict[str, Decimal]]
Do = Callable[[str, str], Numbers]


@pytest.fixture(scope="module")
def do(tmp_path_factory: pytest.TempPathFactory) -> Do:
    """A function that lets Oscar do one thing on a database; returns what it says is available then."""
    venv = tmp_path_factory.mktemp("oscar") / "venv"
    python = venv / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(venv)], check=True)
    install = [*uv, "pip", "install", "--python", str(python), *REQUIREMENTS]
    if subprocess.run([*install, "--dry-run"], check=False, capture_output=True).returncode:
        pytest.skip("PyPI is not there")
    subprocess.run(install, check=True)

    def run(dsn: str, what: str) -> Numbers:
        script = Path(__file__).with_name("oscar_shop.py")
        done = subprocess.run([python, script, dsn, what], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        return {upc: {name: Decimal(n) for name, n in levels.items()} for upc, levels in told.items()}

    return run


def test_the_mapping_reads_what_oscar_says_is_available(do: Do, empty: str) -> None:
    assert do(empty, "migrate") == {}
    with psycopg.connect(empty, autocommit=True) as connection:
        selects = Selects(connection, MAPPING.read_text())
        for step, concerned in STEPS.items():
            skus = selects.products()
            with selects.noting() as noted:
                told = do(empty, step)
            skus |= selects.products()
            assert selects.named(selects.levels()) == told, step
            assert {skus[key] for key in noted if skus.get(key)} == concerned, step


def test_attached_it_reads_the_same_and_captures_every_change(do: Do, database: str) -> None:
    do(database, "migrate")
    attached.attach(database, MAPPING)
    with psycopg.connect(database, autocommit=True) as connection:
        selects = Selects(connection, MAPPING.read_text())
        for step, concerned in STEPS.items():
            skus = selects.products()
            with attached.relaying(connection) as noted:
                told = do(database, step)
            skus |= selects.products()
            assert {skus[key] for key in noted if skus.get(key)} == concerned, step
            assert some(selects.named(attached.levels(connection))) == some(told), step


def some(numbers: Numbers) -> Numbers:
    """Without what is nothing."""
    return {upc: {name: number for name, number in levels.items() if number} for upc, levels in numbers.items()}
