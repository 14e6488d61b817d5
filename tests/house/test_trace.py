"""The log leads from a change's id to Shopify's answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

from house.core import PATIENCE
from tests.house.house import ROOT, House


def test_one_change_can_be_followed_from_the_trigger_to_the_answer(house: House) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-m", "cli", "run"],
        cwd=ROOT, env=house.environment | {"SHELFWIRE_LOG_LEVEL": "DEBUG"}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        house.wait_quiet()
        house.receive("SKU-000001", 3)
        house.wait_until(lambda: house.offered()["SKU-000001"] == 3, "3 units in the shop")
        house.wait_quiet()
    finally:
        runner.send_signal(signal.SIGTERM)
        _, words = runner.communicate(timeout=PATIENCE)
    lines: list[dict[str, Any]] = [json.loads(line) for line in words.splitlines() if line.startswith("{")]

    def the(event: str, **having: Any) -> dict[str, Any]:
        (found,) = (x for x in lines if x["event"] == event and having.items() <= x.items())
        return found

    (change,) = house.rows(
        "select c.id, c.key from sync.change_log as c join warehouse.products as p on p.id::text = c.key "
        "where c.watch = 2 and p.sku = 'SKU-000001'"
    )
    (relayed,) = (
        x
        for x in lines
        if x["event"] == "changes.relayed" and x["changes"] and x["from_change"] <= change["id"] <= x["to_change"]
    )
    assert relayed["to_change"] - relayed["from_change"] + 1 == relayed["changes"]
    claimed = the("job.claimed", keys=[change["key"]])
    assert claimed["count"] == 1 and claimed["lane"] == house.value("select sync.lane_of(%s, 4)", change["key"])
    sent = the("request.sent", job_id=claimed["job_id"])
    (request,) = house.rows(
        "select id, idempotency_key::text as key from sync.requests where job_id = %s", claimed["job_id"]
    )
    assert (sent["request_id"], sent["idempotency_key"]) == (request["id"], request["key"])
    assert the("request.applied", request_id=request["id"])["job_id"] == claimed["job_id"]
    assert the("push.settled", job_id=claimed["job_id"])["settled"] == 1
