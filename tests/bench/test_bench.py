"""Every benchmark prints what it promises; how fast is not a test's business."""

import re

import pytest
from click.testing import CliRunner

from bench.__main__ import main

# What must not happen, and the time from the first request to the last where there is only one.
ZERO = {"drain_throttled", "connector_250_blind_seconds", "product_drain_throttled", "unchanged_pass_mutations"}
LINE = re.compile(r"^(?P<name>[a-z][a-z0-9_]*) (?P<value>\d+(\.\d+)?) (?P<unit>\S+)$")


def tps_of(clients: int) -> list[str]:
    """With our triggers, and beside each of what else could be chosen."""
    names = [f"capture_tps_ratio_{clients}"]
    for other in ("slot", "outbox", "empty_trigger"):
        names += [f"{other}_tps_ratio_{clients}", f"capture_vs_{other}_{clients}"]
    return names


NAMES = {
    "capture": [
        *(name for clients in (8, 32) for name in tps_of(clients)),
        "capture_latency_p50_ratio",
        "capture_latency_p99_ratio",
        "capture_bulk_time_ratio",
        "capture_beside_relay_tps_ratio_8",
    ],
    "stock": ["stock_select_250_keys_ms", "stock_select_250_keys_joined_ms"],
    "push": [
        "push_calls_per_1000_levels",
        "push_levels_per_s_unthrottled",
        "drain_share_of_limit",
        "drain_throttled",
    ],
    "latency": [
        "commit_to_shopify_idle_ms_p50",
        "commit_to_shopify_idle_ms_p99",
        "commit_to_shopify_200_ms_p50",
        "commit_to_shopify_200_ms_p99",
    ],
    "memory": ["runner_rss_mb"],
    "reconcile": ["reconcile_levels_per_cpu_s", "reconcile_levels_per_database_cpu_s"],
    "connectors": [
        f"connector_{model}_{what}"
        for model in ("shelfwire", "one_by_one", "read_then_set", "250_blind")
        for what in ("points", "seconds", "levels_right", "wrong_for_ever")
    ],
    "catalog": [
        "unchanged_pass_mutations",
        "product_calls_per_1000_changed",
        "product_points_per_1000_changed",
        "product_drain_share_of_limit",
        "product_drain_throttled",
        "connector_product_calls_per_1000_changed",
        "connector_product_points_per_1000_changed",
        "commit_to_product_ms_p50",
        "commit_to_product_ms_p99",
    ],
    "scale": [
        "view_seconds_max",
        "why_ms",
        "status_ms",
        "doctor_ms",
        "make_plan_s",
        "link_products_s_per_100k",
        "compare_inventory_s",
        "relay_pass_seconds_max",
        "change_during_bulk_ms_p99",
    ],
    "bulk": [
        "reconcile_100k_cpu_s",
        "bulk_rows_per_s",
        "reconcile_1m_over_100k",
        "reconcile_rss_mb",
        *(
            f"full_push_{way}_{what}_per_1000_products"
            for way in ("bulk", "single")
            for what in ("calls", "points", "s")
        ),
        *(f"import_{who}_{what}_per_1000_products" for who in ("bulk", "connector") for what in ("s", "points")),
    ],
    "webhooks": ["webhook_ack_per_s", "webhook_ack_ms_p99"],
    "relay": ["relay_rows_per_s", "relay_log_only_rows_per_s", "relay_under_held_xmin_ratio"],
}


# These take long however small their figures are.
LONG = {"bulk", "capture", "catalog", "connectors", "latency", "memory", "push", "reconcile", "scale"}


@pytest.mark.parametrize("group", [pytest.param(n, marks=[pytest.mark.long] * (n in LONG)) for n in NAMES])
def test_group_prints_one_well_formed_line_per_figure(group: str) -> None:
    result = CliRunner().invoke(main, [group, "--scale", "0.002"])

    assert result.exit_code == 0, result.output
    found = [LINE.match(line) for line in result.stdout.splitlines()]
    assert [m and m["name"] for m in found] == NAMES[group]
    assert all(m and (float(m["value"]) > 0) != (m["name"] in ZERO) for m in found)
