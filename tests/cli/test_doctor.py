"""The doctor at the command line, beside a runner that works."""

from __future__ import annotations

import json

from tests.house.house import House


def test_a_house_at_work_is_healthy_and_a_house_at_rest_is_told_so(house: House) -> None:
    house.receive("SKU-000001", 3)
    with house.runner():
        house.wait_quiet()
        done = house.shelfwire("doctor", "--shops", "--json")
    found = json.loads(done.stdout)
    assert {f["state"] for f in found} == {"ok"}, found
    assert done.returncode == 0
    assert {"shop", "runner", "notify"} <= {f["check"] for f in found}
    done = house.shelfwire("doctor")
    assert done.returncode == 1
    assert "No runner listens" in done.stdout and "Run: shelfwire run" in done.stdout


def test_a_shop_that_does_not_answer_is_found_only_when_asked(house: House) -> None:
    house.sandbox.stop()
    assert "shop" not in {f["check"] for f in json.loads(house.shelfwire("doctor", "--json").stdout)}
    done = house.shelfwire("doctor", "--shops", "--json")
    (shop,) = (f for f in json.loads(done.stdout) if f["check"] == "shop")
    assert shop["state"] == "failed" and shop["remedy"]
