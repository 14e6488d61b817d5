"""The bucket that a request's cost is paid from."""

from __future__ import annotations

from collections.abc import Callable

from house.sandbox import Sandbox

Start = Callable[..., Sandbox]


def test_an_empty_bucket_throttles_until_it_has_filled_again(start: Start) -> None:
    sandbox = start("--capacity", "30", "--restore-rate", "40")
    count = "{ productsCount { count } }"
    bodies = [sandbox.query(count) for _ in range(4)]
    throttled = bodies[-1]
    assert throttled["errors"] == [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    assert "data" not in throttled
    cost = throttled["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, None)
    assert cost["throttleStatus"]["maximumAvailable"] == 30
    assert cost["throttleStatus"]["restoreRate"] == 40
    assert cost["throttleStatus"]["currentlyAvailable"] < 10
    tries = 0
    while "errors" in sandbox.query(count) and tries < 10_000:
        tries += 1
    assert 0 < tries < 10_000
    stats = sandbox.stats()
    assert stats["throttled"] == tries + 1
    assert stats["cost_charged"] == 40


def test_what_was_not_used_is_given_back_to_the_bucket_of_the_app(start: Start) -> None:
    sandbox = start("--capacity", "20", "--restore-rate", "1", "--client-id", "a", "--client-secret", "b")
    page, count = "{ products(first: 250) { nodes { id } } }", "{ productsCount { count } }"
    cost = sandbox.query(page)["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, 2)
    assert cost["throttleStatus"]["currentlyAvailable"] == 18
    assert "errors" not in sandbox.query(count)
    assert "errors" in sandbox.query(count)
    login = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
    token = sandbox.http.post("/admin/oauth/access_token", json=login).json()["access_token"]
    headers = {"X-Shopify-Access-Token": token}
    answer = sandbox.http.post("/admin/api/2026-10/graphql.json", json={"query": count}, headers=headers)
    assert "errors" not in answer.json()


def test_another_plan_fills_the_bucket_anew(start: Start) -> None:
    sandbox = start("--capacity", "20", "--restore-rate", "1")
    count = "{ productsCount { count } }"
    for capacity, rate in ((500, 30), (700, 40)):
        sandbox.control("PUT", "/bucket", {"capacity": capacity, "restore_rate": rate})
        status = sandbox.query(count)["extensions"]["cost"]["throttleStatus"]
        assert status == {"maximumAvailable": capacity, "currentlyAvailable": capacity - 10, "restoreRate": rate}
    sandbox.control("PUT", "/bucket", {})
    assert sandbox.query(count)["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] > 700
    assert sandbox.http.put("/_sandbox/bucket", json={"capacity": 5}).status_code == 400
