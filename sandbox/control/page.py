"""The page at `/_sandbox`: the shop, its stock, what is being asked of it and what goes wrong."""

from __future__ import annotations

from itertools import islice

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.service import Service

ROWS = 50


class Page:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.templates = Environment(
            loader=PackageLoader("sandbox.control"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def show(self, request: Request) -> Response:
        """`?sku=` searches, `?page=` turns pages, `?still` ends the renewing."""
        store = self.service.store
        wanted = request.query_params.get("sku", "").strip()
        text = request.query_params.get("page", "1")
        number = max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
        found = (level for level in store.levels() if not wanted or wanted.lower() in (level.item.sku or "").lower())
        levels = list(islice(found, (number - 1) * ROWS, number * ROWS + 1))
        still = "still" in request.query_params
        bucket = self.service.bucket(self.service.last_app)
        html = self.templates.get_template("page.html").render(
            store=store,
            bucket=bucket.status(),
            unlimited=bucket.unlimited,
            stats=self.service.journal.stats,
            faults=[one.line() for one in self.service.faults.active()],
            levels=levels[:ROWS],
            more=len(levels) > ROWS,
            number=number,
            wanted=wanted,
            still=still,
            requests=[one.line() for one in islice(reversed(self.service.journal.requests), 20)],
            orders=[one.line() for one in islice(reversed(self.service.orders.by_id.values()), 20)],
        )
        return HTMLResponse(html)
