"""No lock is held over a call to the outside: a runner that is frozen at one is in nobody's way (I4)."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.house.house import NERVOUS, House, Open
from tests.receivers import Hook

# Seconds for which the shop thinks, unless the runner is gone before.
THINKS = 5.0
# Of all sessions but ours: nobody else is connected.
TRANSACTIONS = (
    "select pid, state, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
    "and backend_type = 'client backend' and xact_start is not null"
)
# Seconds until a statement has ended that the runner was at; less than those after which Postgres ends a transaction.
SOON = 5.0


def change(house: House) -> None:
    house.receive("SKU-000001", 1)


def unread(house: House) -> None:
    """Nothing is known of a level."""
    house.do("delete from sync.levels")
    change(house)


def mark(house: House) -> None:
    house.do("update sync.writers set beat_at = now()")


def look(house: House) -> None:
    """What the mark in the shop was is not known any more."""
    house.do("update sync.writers set beat_at = now(), owner = null, digest = null")


def schedule(name: str) -> Callable[[House], None]:
    def every_second(house: House) -> None:
        house.do("update sync.schedules set expression = '* * * * * */1' where name = %s", name)

    every_second.__name__ = name
    return every_second


def expire(house: House) -> None:
    house.do("update sync.shops set access_token_expires_at = now()")
    change(house)


@dataclass(frozen=True)
class Point:
    """Where a runner talks to the shop: the field that it asks for, and what makes it do so."""

    operation: str
    makes: Callable[[House], None]


POINTS = [
    Point("access_token", expire),
    Point("currentAppInstallation", look),
    Point("metafieldsSet", mark),
    Point("inventorySetQuantities", change),
    Point("nodes", unread),
    Point("locations", schedule("link_shops")),
    Point("productVariants", schedule("reconcile_inventory")),
]
LONG = [Point("productVariantsCount", schedule("link_shops")), Point("productVariants", schedule("link_shops"))]


@pytest.fixture
def granted(open_house: Open) -> House:
    """A house whose shop gives tokens by the client credentials grant, which end."""
    house = open_house(
        *("--products", "4", "--variants-per-product", "1", "--unlimited"),
        *("--client-id", "id", "--client-secret", "secret", "--token-lifetime", "3600"),
    )
    given = house.shelfwire("shop", "token", house.sandbox.shop, "--client-id", "id", "--client-secret", "secret")
    assert given.returncode == 0, given.stderr
    house.do("update sync.schedules set expression = '0 0 1 1 *'")
    return house


def others_go_on(house: House) -> None:
    """Another runner brings a change to the shop; the brake takes hold, and lets go."""
    house.wait_until(lambda: house.rows(TRANSACTIONS) == [], "no transaction of the frozen one", patience=SOON)
    house.sandbox.clear_faults()
    change(house)
    with house.runner(NERVOUS):
        house.wait_until(lambda: house.offered() == house.shelf(), "the change in the shop")
        assert house.shelfwire("shop", "mode", house.sandbox.shop, "off").returncode == 0
        house.do("update sync.shops set mode = 'live'")
        house.wait_quiet()


@pytest.mark.parametrize(
    "point",
    [*POINTS, *(pytest.param(point, marks=pytest.mark.long) for point in LONG)],
    ids=lambda p: f"{p.operation}-{p.makes.__name__}",
)
def test_a_runner_that_is_frozen_while_it_asks_the_shop_is_in_nobodys_way(granted: House, point: Point) -> None:
    house = granted
    house.sandbox.reset_stats()
    house.sandbox.fault("delay", operation=point.operation, seconds=THINKS)
    point.makes(house)
    with house.runner(NERVOUS) as runner:
        house.wait_until(lambda: "delay" in house.sandbox.stats()["faults_fired"], f"{point.operation} asked")
        runner.send_signal(signal.SIGSTOP)
        try:
            others_go_on(house)
        finally:
            runner.kill()
    assert house.sandbox.stats()["double_applied"] == 0


def test_a_runner_that_is_frozen_while_it_tells_of_an_alert_is_in_nobodys_way(granted: House, hook: Hook) -> None:
    house = granted
    house.do("update sync.alert_rules set webhook_url = %s", hook.url)
    hook.answering.clear()
    with house.runner(NERVOUS) as runner:
        house.wait_until(lambda: house.listeners() > 0, "a runner")
        house.do("select sync.raise_alert('run_failed', null, 'x', '')")
        house.wait_until(lambda: bool(house.rows("select from sync.deliveries where attempts > 0")), "a delivery")
        runner.send_signal(signal.SIGSTOP)
        try:
            others_go_on(house)
        finally:
            runner.kill()
