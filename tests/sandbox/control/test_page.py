"""The page at `/_sandbox`."""

from __future__ import annotations

from html.parser import HTMLParser

from house.sandbox import Sandbox
from tests.sandbox.conftest import Shelf


class Tables(HTMLParser):
    """Text of all cells, and how many headers lack a scope."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unscoped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "th" and "scope" not in dict(attrs):
            self.unscoped += 1

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def page(sandbox: Sandbox, query: str = "") -> Tables:
    answer = sandbox.http.get(f"/_sandbox{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    tables = Tables()
    tables.feed(answer.text)
    return tables


def test_the_page_shows_stock_requests_faults_and_orders(shelf: Shelf) -> None:
    shelf.sandbox.fault("delay", operation="productOptionsCreate")
    shelf.sandbox.order((shelf.sku, 3))
    shelf.sandbox.set((shelf.item, shelf.location, 4, 7))
    shown = page(shelf.sandbox, f"?sku={shelf.sku.lower()}")
    assert {shelf.sku, "inventorySetQuantities", "delay", f"3 of {shelf.sku}"} <= set(shown.words)
    assert shown.unscoped == 0
    assert "Nothing with “<b>” in its SKU." in " ".join(page(shelf.sandbox, "?sku=%3Cb%3E").words)
    assert page(shelf.sandbox, "?page=x").words


def test_the_page_renews_itself_until_told_to_hold_still(shared: Sandbox) -> None:
    renewing = 'http-equiv="refresh"'
    assert renewing in shared.http.get("/_sandbox").text
    assert renewing not in shared.http.get("/_sandbox?still").text
