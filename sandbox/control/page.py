"""The lists under `/_sandbox`: products, their stock, what is being asked of the shop and what goes wrong."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control.rendering import Rendering, turned
from sandbox.service import Service
from sandbox.state.entities import Product

LAST = 20


class Page:
    """`?page=` turns pages; with `?live` a page renews itself."""

    def __init__(self, service: Service, rendering: Rendering) -> None:
        self.service = service
        self.rendering = rendering

    async def products(self, request: Request) -> Response:
        """`?q=` searches titles, handles and SKUs."""
        wanted = request.query_params.get("q", "").strip()
        found = (one for one in self.service.store.products.values() if _matches(one, wanted.lower()))
        return self._list("products.html", request, wanted=wanted, **turned(request, found))

    async def stock(self, request: Request) -> Response:
        """`?sku=` searches."""
        wanted = request.query_params.get("sku", "").strip()
        levels = self.service.store.levels()
        found = (level for level in levels if wanted.lower() in (level.item.sku or "").lower())
        return self._list("stock.html", request, wanted=wanted, **turned(request, found))

    async def activity(self, request: Request) -> Response:
        service = self.service
        return self._list(
            "activity.html",
            request,
            faults=[one.line() for one in service.faults.active()],
            operations=list(islice(reversed(service.store.bulk_operations.values()), LAST)),
            requests=[one.line() for one in islice(reversed(service.journal.requests), LAST)],
            orders=[one.line() for one in islice(reversed(service.orders.by_id.values()), LAST)],
        )

    def _list(self, template: str, request: Request, **context: Any) -> Response:
        bucket = self.service.bucket(self.service.last_app)
        return self.rendering.page(
            template,
            live="live" in request.query_params,
            bucket=bucket.status(),
            unlimited=bucket.unlimited,
            stats=self.service.journal.stats,
            **context,
        )


def _matches(product: Product, wanted: str) -> bool:
    """`wanted` is in lower case."""
    if not wanted or wanted in product.title.lower() or wanted in product.handle:
        return True
    return any(wanted in (variant.item.sku or "").lower() for variant in product.variants)
