"""Commands show what others named without obeying it."""

from __future__ import annotations

import pytest

from tests.house.house import House, Open

SKU = "SKU-000001"
HOSTILE = "\x1b[2J\u202e[bold red]=x[/]\n  in step\x9b31m"
SHOWN = "\\x1b[2J\\u202e[bold red]=x[/]\\n  in step\\x9b31m"


@pytest.fixture
def hostile(open_house: Open) -> House:
    """A house in which everything that others can name has a hostile name."""
    house = open_house("--products", "2", "--variants-per-product", "1", "--unlimited")
    house.receive(SKU, 3)
    house.do("update warehouse.products set name = %s", HOSTILE)
    house.do("update warehouse.locations set name = %s || id", HOSTILE)
    house.do("insert into warehouse.locations (name) values (%s)", f"=1+1{HOSTILE}")
    house.do("update sync.locations set name = %s", HOSTILE)
    house.do("update sync.shops set name = %s", HOSTILE)
    house.do("update sync.variants set title = %s", HOSTILE)
    house.do(
        "insert into sync.refusals (shop_id, kind, key, part, class, message) "
        "select id, 'inventory', '1', '', 'X', %s from sync.shops", HOSTILE,
    )  # fmt: skip
    house.do("select sync.raise_alert('run_failed', null, %s, %s)", HOSTILE, HOSTILE)
    house.do("select sync.hold_kind(id, 'inventory', %s) from sync.shops", HOSTILE)
    return house


COMMANDS = {
    f"why {SKU}": True,
    "shop map demo.myshopify.com": True,
    "shop map demo.myshopify.com nowhere=Front": True,
    "shop list": True,
    "refusals list": True,
    "alerts list": True,
    "events": True,
    "guard show": True,
    "status": True,
    "doctor": True,
    "pending": False,
    "plan": False,
}
"""Each with whether it shows what is hostile."""


def test_no_command_prints_what_a_terminal_obeys(hostile: House) -> None:
    for command, is_shown in COMMANDS.items():
        done = hostile.shelfwire(*command.split())
        said = done.stdout + done.stderr
        assert not {c for c in said if not c.isprintable()} - {"\n"}, command
        assert "\n  in step" not in said, command
        assert (SHOWN[:12] in said) or not is_shown, command
    assert "'=1+1" in hostile.shelfwire("shop", "map", "demo.myshopify.com").stdout
