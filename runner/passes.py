"""The kinds of runs that are queued: the one place where the engine is given what they do."""

from __future__ import annotations

from collections.abc import Mapping

from runner.catalog import passes as catalog
from runner.catalog.imports import import_products
from runner.catalog.insertion import insert_products
from runner.engine.runs import Pass
from runner.integrity.check import check_integrity
from runner.inventory import passes as inventory
from runner.linking.link import link

PASSES: Mapping[str, Pass] = {
    "import_levels": Pass(inventory.import_levels),
    "import_products": Pass(import_products),
    "insert_products": Pass(insert_products),
    "integrity": Pass(check_integrity),
    "link": Pass(link),
    "reconcile_inventory": Pass(inventory.reconcile),
    "resolve_conflicts": Pass(catalog.resolve_conflicts, follows=True),
    "sync_inventory": Pass(inventory.sync_inventory, follows=True),
    "sync_products": Pass(catalog.sync_products, follows=True),
}
