"""Bad input: a clear message, an exit code, nothing half-done."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from house.sandbox import Sandbox
from runner.shopify.vault import Vault
from tests import commands

ROOT = Path(__file__).parents[2]
MAP = ROOT / "warehouses" / "reference" / "warehouse.toml"
SHOP = "demo.myshopify.com"


def shelfwire(dsn: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command against a database."""
    settings = {
        "SHELFWIRE_DATABASE_URL": dsn,
        "SHELFWIRE_SECRET_KEY": Vault.new_key(),
        "SHELFWIRE_LOG_LEVEL": "ERROR",
    }
    return commands.run({**settings, **environment}, *arguments)


def expect(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """It failed with this code, one clear message and no traceback."""
    assert done.returncode == code, done
    for word in words:
        assert word in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


# But not run, which waits for the server.
COMMANDS = [("status",), ("db", "upgrade"), ("db", "check"), ("attach", "--map", str(MAP))]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_out_of_reach(command: tuple[str, ...]) -> None:
    expect(shelfwire("host=127.0.0.1 port=1", *command), 3, "out of reach", "SHELFWIRE_DATABASE_URL")


def test_a_host_that_is_not_known() -> None:
    expect(shelfwire("host=nowhere.invalid", "status"), 3, "out of reach", "nowhere.invalid", "SHELFWIRE_DATABASE_URL")


@pytest.mark.parametrize("dsn", ["nonsense", "bogus=1", "postgresql://u:sec%ret@h/db"])
def test_a_dsn_that_cannot_be_read(dsn: str) -> None:
    for command in COMMANDS[:2]:
        done = shelfwire(dsn, *command)
        expect(done, 2, "cannot be read", "SHELFWIRE_DATABASE_URL")
        assert "sec" not in done.stderr.replace("SHELFWIRE_SECRET_KEY", "")


@pytest.mark.parametrize("command", ["status", "run"])
def test_a_database_or_a_role_that_is_not_there(database: str, command: str) -> None:
    expect(shelfwire(make_conninfo(database, dbname="nobody_made_this"), command), 3, "nobody_made_this")
    expect(shelfwire(make_conninfo(database, user="nobody_made_this"), command), 3, "nobody_made_this")


@pytest.mark.parametrize("command", [("status",), ("run",), ("link",), ("refusals", "list"), ("why", "X")])
def test_a_schema_that_is_not_installed(empty: str, command: tuple[str, ...]) -> None:
    expect(shelfwire(empty, *command), 3, "shelfwire db upgrade")


def test_an_older_schema_stops_the_runner(empty: str) -> None:
    assert shelfwire(empty, "db", "upgrade", "0001").returncode == 0
    expect(shelfwire(empty, "run"), 3, "0001", "shelfwire db upgrade")
    done = shelfwire(empty, "db", "check")
    assert done.returncode == 1 and "0001" in done.stdout


def test_an_unknown_revision(empty: str) -> None:
    expect(shelfwire(empty, "db", "upgrade", "9999"), 2, "9999")


def test_a_role_without_rights(warehouse: str) -> None:
    name = f"nobody_{os.getpid()}"
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute(f"create role {name} login password 'pw'".encode())
        try:
            dsn = make_conninfo(warehouse, user=name, password="pw")
            expect(shelfwire(dsn, "status"), 3, "may not do this", "sync_runner")
            expect(shelfwire(dsn, "run"), 3, "may not do this", "sync_runner")
            expect(shelfwire(dsn, "db", "upgrade"), 3, "may not do this")
            expect(shelfwire(dsn, "detach"), 3, "may not do this")
        finally:
            connection.execute(f"drop role {name}".encode())


def test_a_mapping_that_does_not_fit(database: str, tmp_path: Path) -> None:
    expect(shelfwire(database, "attach", "--map", str(MAP)), 2, f"{MAP}:", "there is no table warehouse.products")
    broken = tmp_path / "broken.toml"
    broken.write_text('schema = "warehouse"\n[products\n')
    expect(shelfwire(database, "attach", "--map", str(broken)), 2, "not TOML", "line 2")
    expect(shelfwire(database, "attach", "--map", str(tmp_path / "none.toml")), 2, "cannot be read", "--map")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("shop", "verify", "other.myshopify.com"),
            ["There is no shop other.myshopify.com", "shelfwire shop add DOMAIN"],
        ),
        (("link", "--shop", "other.myshopify.com"), ["There is no shop other.myshopify.com"]),
        (("shop", "add", "example.com", "--token", "x"), ["name.myshopify.com"]),
        (("shop", "add", SHOP), ["either a token"]),
        (("shop", "add", SHOP, "--token", "x", "--url", "nonsense"), ["'nonsense'", "https://"]),
        (("shop", "add", SHOP, "--client-id", "x"), ["either a token"]),
        (("shop", "map", SHOP, "A=B"), ["There is no shop"]),
        (("why", "NO-SUCH-SKU"), ["NO-SUCH-SKU"]),
        (("refusals", "retry"), ["--all"]),
        (("refusals", "retry", "NO-SUCH-SKU"), ["NO-SUCH-SKU"]),
        (("schedules", "set", "keep_logs", "every day"), ["'every day'", "cron"]),
        (("schedules", "set", "keep_logs", "0 0 31 2 *"), ["'0 0 31 2 *' never comes", '"*/15 * * * *"']),
        (("schedules", "set", "keep_logs", "0 0 1 1 * 0 2020"), ["never comes"]),
        (("schedules", "set", "nothing", "* * * * *"), ["nothing", "keep_logs"]),
    ],
)
def test_arguments_that_name_nothing(warehouse: str, arguments: tuple[str, ...], words: list[str]) -> None:
    expect(shelfwire(warehouse, *arguments), 2, *words)


def test_a_missing_or_wrong_secret_key(warehouse: str) -> None:
    add = ("shop", "add", SHOP, "--token", "x")
    expect(shelfwire(warehouse, *add, SHELFWIRE_SECRET_KEY="short"), 2, "secret key", "shelfwire shop key")
    expect(shelfwire(warehouse, "run", SHELFWIRE_SECRET_KEY="short"), 2, "secret key")


def test_a_setting_that_is_no_number(warehouse: str) -> None:
    expect(shelfwire(warehouse, "status", SHELFWIRE_HTTP_TIMEOUT="soon"), 2, "SHELFWIRE_HTTP_TIMEOUT")
    expect(shelfwire(warehouse, "status", SHELFWIRE_LOG_LEVEL="loud"), 2, "SHELFWIRE_LOG_LEVEL")


def shops(dsn: str) -> int:
    """How many shops there are."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from sync.shops").fetchone()
        assert row is not None
        return int(row[0])


def test_an_unreachable_host(warehouse: str) -> None:
    done = shelfwire(warehouse, "shop", "add", SHOP, "--token", "x", "--url", "http://127.0.0.1:1")
    expect(done, 4, "out of reach")
    assert shops(warehouse) == 0


@pytest.mark.parametrize(
    ("options", "token", "words"),
    [
        ((), "shpat_wrong", ["does not take the access token", f"shelfwire shop add {SHOP}"]),
        (("--scopes", "read_products,read_inventory"), "shpat_sandbox", ["write_inventory", "scope"]),
        (("--shop", "another"), "shpat_sandbox", ["another.myshopify.com"]),
    ],
)
def test_a_shop_that_cannot_be_verified_is_not_kept(
    warehouse: str, options: tuple[str, ...], token: str, words: list[str]
) -> None:
    sandbox = Sandbox.start("--products", "1", *options)
    try:
        done = shelfwire(warehouse, "shop", "add", SHOP, "--url", sandbox.url, SHELFWIRE_TOKEN=token)
        expect(done, 4, *words)
        assert token not in done.stderr
        assert shops(warehouse) == 0
    finally:
        sandbox.stop()


def test_another_api_version_than_ours_is_refused(warehouse: str) -> None:
    sandbox = Sandbox.start("--products", "1")
    try:
        sandbox.fault(fault="version_fallback")
        add = ("shop", "add", SHOP, "--url", sandbox.url)
        expect(shelfwire(warehouse, *add, SHELFWIRE_TOKEN=sandbox.token), 4, "2026-10", "version")
        assert shops(warehouse) == 0
    finally:
        sandbox.stop()


def test_a_token_is_not_stored_under_another_key_than_the_other_shops(warehouse: str) -> None:
    sandbox = Sandbox.start("--products", "1")
    try:
        with psycopg.connect(warehouse, autocommit=True) as connection:
            connection.execute(
                "select sync.add_shop('other.myshopify.com', 'https://x', 'token', null, 'sealed with another key')"
            )
        add = ("shop", "add", SHOP, "--url", sandbox.url)
        done = shelfwire(warehouse, *add, SHELFWIRE_TOKEN=sandbox.token)
        expect(done, 2, "encrypted with another secret key", "--new-key")
        assert shops(warehouse) == 1
        key = Vault.new_key()
        secrets = {"SHELFWIRE_TOKEN": sandbox.token, "SHELFWIRE_SECRET_KEY": key}
        assert shelfwire(warehouse, *add, "--new-key", **secrets).returncode == 0
        # One that opens another is right.
        assert shelfwire(warehouse, "shop", "token", SHOP, "--new-key", **secrets).returncode == 0
        expect(shelfwire(warehouse, "shop", "token", SHOP, **secrets), 2, "--new-key")
    finally:
        sandbox.stop()
