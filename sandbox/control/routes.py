"""The control interface under `/_sandbox`: every address, and who answers there."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from sandbox.control.bulk import BulkControl
from sandbox.control.collections import CollectionControl
from sandbox.control.faults import FaultControl
from sandbox.control.forms import guarded
from sandbox.control.journal import JournalControl
from sandbox.control.levels import LevelControl
from sandbox.control.orders import OrderControl
from sandbox.control.page import Page
from sandbox.control.product_page import ProductPage
from sandbox.control.products import ProductControl
from sandbox.control.rendering import Rendering
from sandbox.service import Service


def routes(service: Service) -> list[BaseRoute]:
    faults, journal, levels = FaultControl(service), JournalControl(service), LevelControl(service)
    collections, orders, products = CollectionControl(service), OrderControl(service), ProductControl(service)
    bulk, rendering = BulkControl(service), Rendering(service)
    page, product = Page(service, rendering), ProductPage(service, rendering)
    table = [
        ("", "GET", page.products),
        ("/stock", "GET", page.stock),
        ("/activity", "GET", page.activity),
        ("/products/{id:int}", "GET", product.show),
        ("/products/{id:int}", "POST", product.edit),
        ("/products/{id:int}/variants/{variant:int}", "GET", product.show_variant),
        ("/products/{id:int}/variants/{variant:int}", "POST", product.edit_variant),
        ("/state", "GET", levels.state),
        ("/requests", "GET", journal.requests),
        ("/stats", "GET", journal.stats),
        ("/stats/reset", "POST", journal.reset),
        ("/bucket", "PUT", faults.change_bucket),
        ("/faults", "GET", faults.faults),
        ("/faults", "POST", faults.add_fault),
        ("/faults", "DELETE", faults.remove_faults),
        ("/faults/{id:int}", "DELETE", faults.remove_faults),
        ("/bulk", "GET", bulk.operations),
        ("/bulk", "POST", bulk.occupy),
        ("/bulk/{id:int}/end", "POST", bulk.end),
        ("/bulk/{id:int}/expire", "POST", bulk.expire),
        ("/orders", "GET", orders.orders),
        ("/orders", "POST", orders.place),
        ("/orders/{id:int}/fulfill", "POST", orders.fulfill),
        ("/orders/{id:int}/cancel", "POST", orders.cancel),
        ("/levels", "POST", levels.edit_level),
        ("/collections", "POST", collections.add),
        ("/collections/{id:int}", "PATCH", collections.rename),
        ("/collections/{id:int}", "DELETE", collections.remove),
        ("/products", "POST", products.add_products),
        ("/variants", "POST", products.edit_variants),
        ("/products/{id:int}", "DELETE", products.remove_product),
    ]
    return [Route(f"/_sandbox{path}", guarded(run), methods=[method]) for path, method, run in table]
