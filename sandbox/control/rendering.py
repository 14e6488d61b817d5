"""Pages from templates: what all of them are given, and what a browser may do with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.calls.downloads import is_on_this_machine
from sandbox.clock import iso
from sandbox.products.media import status_at
from sandbox.service import Service
from sandbox.state.channels import Collection
from sandbox.state.entities import MediaImage, Product
from sandbox.variants.input import money

ROWS = 50
HERE = " ".join(f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("127.0.0.1", "localhost", "[::1]"))
HEADERS = {
    # Descriptions are other people's HTML. Pictures of other hosts are left alone, as images of products are.
    "Content-Security-Policy": f"script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    f"img-src 'self' {HERE}",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Rendering:
    def __init__(self, service: Service) -> None:
        self.service = service
        self._templates = Environment(
            loader=PackageLoader("sandbox.control"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["iso"] = iso
        self._templates.globals.update(
            store=service.store,
            prices=_prices,
            image_status=self._image_status,
            failed=self._failed,
            collections_of=self._collections_of,
            is_on_this_machine=is_on_this_machine,
        )

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        html = self._templates.get_template(template).render(**context)
        return HTMLResponse(html, status, HEADERS)

    def missing(self, what: str) -> Response:
        return self.page("missing.html", 404, what=what, tab="")

    def _image_status(self, image: MediaImage) -> str:
        return status_at(image, self.service.clock.now())

    def _failed(self, product: Product) -> int:
        return sum(self._image_status(one) == "FAILED" for one in product.media)

    def _collections_of(self, product: Product) -> list[Collection]:
        return [one for one in self.service.store.collections.values() if one.has(product)]


def _prices(product: Product) -> str:
    """The range that the variants' prices span."""
    known = sorted(float(variant.price) for variant in product.variants)
    return " to ".join(dict.fromkeys(map(money, (known[0], known[-1])))) if known else ""


def turned(request: Request, rows: Iterable[Any]) -> dict[str, Any]:
    """The rows of the page that `?page=` names, its number, and whether there are more."""
    text = request.query_params.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
    found: Iterator[Any] = islice(rows, (number - 1) * ROWS, number * ROWS + 1)
    shown = list(found)
    return {"rows": shown[:ROWS], "number": number, "more": len(shown) > ROWS}
