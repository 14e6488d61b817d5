"""Where stock is shown is said by people: asked for when a shop is added, never taken by itself."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from house import warehouse as houses
from house.sandbox import LOCATION, running
from house.warehouse import Product
from tests.house.house import House, Open

SKU = "SKU-000001"


@pytest.fixture
def fresh(warehouse: str) -> Iterator[House]:
    """A warehouse with two halls, and a shop with two locations that is not added yet."""
    options = ("--products", "2", "--variants-per-product", "1", "--locations", "Front,Back", "--unlimited")
    with running(*options) as sandbox, closing(House(warehouse, sandbox)) as house:
        houses.stock(house.connection, [Product(SKU, "a mug")])
        yield house


@pytest.fixture
def open_hall(open_house: Open) -> House:
    """A house whose halls are shown at the shop's only location, which now gets a third one for what is broken."""
    house = open_house("--products", "3", "--variants-per-product", "1", "--unlimited")
    house.receive(SKU, 5)
    house.do("insert into warehouse.locations (name) values ('Defects')")
    put_aside(house, 2)
    return house


def put_aside(house: House, units: int) -> None:
    """Units come to the third location."""
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, p.id, 3, 'received' from warehouse.products as p, generate_series(1, %s) where p.sku = %s",
        units,
        SKU,
    )


def add(house: House, *options: str) -> subprocess.CompletedProcess[str]:
    """Add the shop, where nobody can be asked."""
    return house.shelfwire(
        "shop", "add", house.sandbox.shop, "--url", house.sandbox.url, "--token", "shpat_sandbox", *options
    )


def shown(house: House) -> dict[str, str | None]:
    """The name of what each mapped location is shown at, by key."""
    found = house.rows(
        "select m.location_key, o.name from sync.shop_locations as m left join sync.locations as o using "
        "(shop_id, location_id) order by 1"
    )
    return {row["location_key"]: row["name"] for row in found}


def map_(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """Map locations, or show how they are."""
    return house.shelfwire("shop", "map", house.sandbox.shop, *words)


def told(house: House) -> list[tuple[str, str]]:
    """Subject and message of the open alerts on locations."""
    found = house.rows("select subject, message from sync.open_alerts where rule = 'unmapped_location' order by 1")
    return [(row["subject"], row["message"]) for row in found]


def test_adding_a_shop_maps_nothing_and_prints_the_command_that_does(fresh: House) -> None:
    done = add(fresh)
    assert done.returncode == 0 and shown(fresh) == {}
    assert "Not mapped: Hall A (1), Hall B (2)" in done.stdout
    (command,) = re.findall(r"^  shelfwire (shop map .*)", done.stdout, re.MULTILINE)
    assert command == f"shop map {fresh.sandbox.shop} 1=LOCATION 2=LOCATION"
    assert fresh.shelfwire(*shlex.split(command.replace("LOCATION", "Front"))).returncode == 0
    assert shown(fresh) == {"1": "Front", "2": "Front"}


def test_the_only_location_of_a_shop_is_not_taken_either(warehouse: str) -> None:
    with running("--products", "1") as sandbox, closing(House(warehouse, sandbox)) as house:
        houses.stock(house.connection, [Product(SKU, "a mug")])
        assert "Not mapped: Hall A (1), Hall B (2)" in add(house).stdout
        assert map_(house).returncode == 0 and shown(house) == {}


def test_options_say_where_stock_is_shown_when_a_shop_is_added(fresh: House) -> None:
    done = add(fresh, "--map", "Hall A=Back", "--rest", "none")
    assert done.returncode == 0 and "Not mapped" not in done.stdout
    assert shown(fresh) == {"1": "Back", "2": None}


@pytest.mark.parametrize("options", [("--map", "1=Cellar"), ("--map", "Attic=Front"), ("--map", "1"), ("--rest", "?")])
def test_a_shop_with_a_map_that_names_nothing_is_not_kept(fresh: House, options: tuple[str, ...]) -> None:
    assert add(fresh, *options).returncode == 2
    assert fresh.value("select count(*) from sync.shops") == 0
    assert add(fresh, "--rest", "Front").returncode == 0


def at_terminal(house: House, *answers: str) -> tuple[int, str]:
    """Add the shop at a terminal and type the answers; the exit code and what was on the screen."""
    ours, theirs = pty.openpty()
    command = ["shop", "add", house.sandbox.shop, "--url", house.sandbox.url, "--token", "shpat_sandbox"]
    with subprocess.Popen(
        [sys.executable, "-m", "cli", *command], env=house.environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as started:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        screen = b""
        while chunk := _read(ours):
            screen += chunk
        code = started.wait(timeout=60)
    os.close(ours)
    return code, screen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # On Linux the end of a terminal's last process is an error.
        return b""


def test_at_a_terminal_each_location_is_asked_for(fresh: House) -> None:
    number = fresh.sandbox.state()[0]["location_id"].rsplit("/", 1)[1]
    code, screen = at_terminal(fresh, "", "Cellar", number, "none")
    assert code == 0, screen
    assert shown(fresh) == {"1": "Front", "2": None}
    assert screen.count("Hall A (1):") == 3 and screen.count("Hall B (2):") == 1
    assert f"{number}: Front" in screen and "'Cellar' is no location of" in screen
    assert "Next: shelfwire link" in screen


def test_who_does_not_answer_has_mapped_nothing(fresh: House) -> None:
    code, screen = at_terminal(fresh, "Front", "\x04")
    assert code == 1, screen
    assert shown(fresh) == {} and fresh.value("select count(*) from sync.shops") == 1


def test_a_shop_is_linked_without_a_map_and_told_that_nothing_is_shown(fresh: House) -> None:
    add(fresh)
    done = fresh.shelfwire("link")
    assert done.returncode == 0 and "1 linked" in done.stdout
    assert "No location of the warehouse is shown in" in done.stdout
    assert f"shelfwire shop map {fresh.sandbox.shop} 1=LOCATION 2=LOCATION" in done.stdout
    assert [subject for subject, _ in told(fresh)] == ["1", "2"]
    map_(fresh, "--rest", "Front")
    assert told(fresh) == []
    assert "Not mapped" not in fresh.shelfwire("link").stdout


def test_showing_maps_nothing_and_the_rest_is_what_is_there_now(fresh: House) -> None:
    add(fresh)
    assert map_(fresh, "Hall B=none").returncode == 0
    assert "none" in map_(fresh).stdout
    assert shown(fresh) == {"2": None}
    assert map_(fresh, "--rest", "Back").returncode == 0
    assert shown(fresh) == {"1": "Back", "2": None}
    fresh.do("insert into warehouse.locations (name) values ('Defects')")
    found = json.loads(map_(fresh, "--json").stdout)
    assert [row["mapped"] for row in found] == [True, True, False]
    assert shown(fresh) == {"1": "Back", "2": None}


def test_a_name_of_several_is_refused_and_a_key_is_not(fresh: House) -> None:
    add(fresh)
    fresh.do("alter table warehouse.locations drop constraint locations_name_key")
    fresh.do("update warehouse.locations set name = 'Hall'")
    done = map_(fresh, "Hall=Front")
    assert done.returncode == 2 and "names several locations of the warehouse: 1 (Hall), 2 (Hall)" in done.stderr
    fresh.do("update sync.locations set name = 'Place'")
    done = map_(fresh, "1=Place")
    assert done.returncode == 2 and "'Place' names several locations of" in done.stderr
    done = map_(fresh, "1=none", "1=none")
    assert done.returncode == 2 and "mapped twice" in done.stderr
    done = map_(fresh, "1=Place\u00a0")
    assert done.returncode == 2 and "'Place' looks the same but for a no-break space at" in done.stderr
    assert shown(fresh) == {}
    number = fresh.value("select min(location_id) from sync.locations")
    assert map_(fresh, f"2={number}").returncode == 0
    assert shown(fresh) == {"2": "Place"}


def test_a_key_may_hold_the_sign_that_ends_it(fresh: House) -> None:
    add(fresh)
    fresh.do("update warehouse.locations set name = 'a=b' where id = 1")
    assert map_(fresh, "a=b=Front").returncode == 0
    assert shown(fresh) == {"1": "Front"}


def test_a_shops_location_may_hold_the_sign_too_unless_it_can_be_read_in_two_ways(fresh: House) -> None:
    add(fresh)
    fresh.do("update sync.locations set name = 'Front=Street' where name = 'Front'")
    assert map_(fresh, "1=Front=Street").returncode == 0
    assert shown(fresh) == {"1": "Front=Street"}
    fresh.do("update warehouse.locations set name = '1=Back' where id = 2")
    fresh.do("update sync.locations set name = 'Back=Back' where name = 'Back'")
    fresh.do("update sync.locations set name = 'Back' where name = 'Front=Street'")
    done = map_(fresh, "1=Back=Back")
    assert done.returncode == 2 and "can be read as '1' at 'Back=Back' or '1=Back' at 'Back'" in done.stderr
    done = map_(fresh, "1=")
    assert done.returncode == 2 and "written KEY=LOCATION" in done.stderr


def test_what_is_said_of_none_is_what_happens(open_house: Open) -> None:
    options = ("--products", "2", "--variants-per-product", "1", "--locations", "Front,Back", "--stock", "4")
    house = open_house(*options, shown_at=None)
    map_(house, "Hall A=Front")
    house.receive(SKU, 5)
    with house.runner():
        house.wait_quiet()
        said = map_(house, "Hall A=none", "Hall B=none").stdout
        assert "taken out of the shop" in said and "took no number from us yet keeps its own" in said
        house.wait_until(house.is_quiet, "nothing pending")
        at = {level["location_id"]: level["available"] for level in house.sandbox.state() if level["sku"] == SKU}
    assert list(at.values()) == [0, 4]


def test_a_warehouse_that_is_attached_and_has_no_location_is_not_to_be_attached(fresh: House) -> None:
    fresh.do("delete from warehouse.locations")
    done = add(fresh)
    assert done.returncode == 0
    assert "The warehouse names no location" in done.stdout and "Run: shelfwire attach" not in done.stdout


def test_a_location_that_appears_in_a_shop_at_work_is_not_offered_and_is_told(open_hall: House) -> None:
    house = open_hall
    with house.runner():
        house.wait_quiet()
        assert house.shelfwire("reconcile", "inventory").returncode == 0
        assert "Not mapped: Defects (3)" in house.shelfwire("link").stdout
        put_aside(house, 1)
        house.wait_quiet()
    assert house.offered()[SKU] == 5 and "3" not in shown(house)
    ((subject, message),) = told(house)
    assert subject == "3" and "warehouse's Defects (3)" in message
    findings = json.loads(house.shelfwire("doctor", "--json").stdout)
    (found,) = (f for f in findings if f["check"] == "locations")
    assert found["state"] == "warning" and found["message"] == message
    # What the remedy says does what it says.
    words = shlex.split(re.findall(r"shelfwire (shop map .*?),", found["remedy"])[0].replace("LOCATION", "none"))
    assert house.shelfwire(*words).returncode == 0
    assert told(house) == []
    assert shown(house)["3"] is None
    with house.runner():
        house.wait_quiet()
    assert house.offered()[SKU] == 5
    assert map_(house, f"3={LOCATION}").returncode == 0
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 8, "3 units more")


def test_a_location_closed_in_shopify_is_told_until_its_stock_is_shown_elsewhere(open_house: Open) -> None:
    options = ("--products", "2", "--variants-per-product", "1", "--locations", "Front,Back", "--unlimited")
    house = open_house(*options, shown_at=None)
    map_(house, "Hall A=Front", "Hall B=Back")
    house.receive(SKU, 5)
    with house.runner():
        house.wait_quiet()
    front, back = (level["location_id"] for level in house.sandbox.state() if level["sku"] == SKU)
    close = "mutation($id: ID!, $to: ID!) { locationDeactivate(locationId: $id, destinationLocationId: $to) "
    close += '@idempotent(key: "close") { locationDeactivateUserErrors { message } } }'
    house.sandbox.data(close, {"id": back, "to": front})
    assert house.shelfwire("reconcile", "inventory").returncode == 0
    ((subject, message),) = told(house)
    assert subject == "2" and "at Back, which is not active in Shopify" in message
    assert "is mapped to Back, which is not active in Shopify" in map_(house).stdout
    done = map_(house, "Hall A=Back")
    assert done.returncode == 2 and "(Back) is not active in Shopify" in done.stderr
    assert shown(house) == {"1": "Front", "2": "Back"}
    assert map_(house, "Hall B=Front").returncode == 0
    assert told(house) == []
