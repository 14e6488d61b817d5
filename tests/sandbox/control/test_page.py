"""The lists under `/_sandbox`."""

from __future__ import annotations

from collections.abc import Callable

from house.sandbox import Sandbox
from tests.sandbox.conftest import Shelf
from tests.sandbox.control.pages import Shown
from tests.sandbox.sizes import product_set, sizes

Start = Callable[..., Sandbox]

PUBLISH = """mutation ($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) {
  userErrors { message } } }"""


def page(sandbox: Sandbox, address: str = "") -> Shown:
    shown = Shown(sandbox.http.get(f"/_sandbox{address}"))
    assert (shown.status, shown.faults) == (200, [])
    return shown


def test_products_are_listed_as_the_shop_s_owner_knows_them(shared: Sandbox) -> None:
    collection = shared.control("POST", "/collections", {"title": "Kitchenware"})["id"]
    given = sizes("S", "M", title="<b>Apron</b>", vendor="Ashford", productType="Aprons", status="DRAFT")
    for variant, price in zip(given["variants"], ("19.9", "24.5"), strict=True):
        variant["price"] = price
    files = [{"originalSource": f"https://cdn.example.com/{n}.png"} for n in range(3)]
    product = product_set(shared, **given, files=files, collections=[collection])["product"]["id"]
    online = shared.data("{ publications(first: 1) { nodes { id } } }")["publications"]["nodes"][0]["id"]
    shared.data(PUBLISH, {"id": product, "input": [{"publicationId": online}]})
    shown = page(shared, "?q=apron")
    assert "b" not in shown.tags
    assert shown.links["<b>Apron</b>"] == f"/_sandbox/products/{product.rpartition('/')[2]}"
    row = "<b>Apron</b> draft 3 Aprons Ashford 2 19.90 to 24.50 Online Store Kitchenware"
    assert row.replace(" ", "") in shown.text.replace(" ", "")


def test_products_are_found_by_title_handle_and_sku_a_page_at_a_time(start: Start) -> None:
    shop = start("--products", "120")
    first = page(shop)
    assert len([link for link in first.links.values() if "/products/" in link]) == 50
    assert "Previous" not in first.links
    last = page(shop, f"{first.links['Next'].replace('page=2', 'page=3')}")
    assert len([link for link in last.links.values() if "/products/" in link]) == 20
    assert "Next" not in last.links and page(shop, last.links["Previous"]).links["Next"]
    node = shop.data("{ products(first: 1) { nodes { title handle } } }")["products"]["nodes"][0]
    for wanted in (node["title"].upper(), node["handle"], "sku-000001"):
        assert node["title"] in page(shop, f"?q={wanted}").links
    assert "No product with “<b>” in its title, handle or SKUs." in page(shop, "?q=%3Cb%3E").text
    assert page(shop, "?page=x").links == first.links


def test_stock_and_activity_have_pages_of_their_own(shelf: Shelf) -> None:
    shelf.sandbox.fault("delay", operation="productOptionsCreate")
    shelf.sandbox.order((shelf.sku, 3))
    shelf.sandbox.set((shelf.item, shelf.location, 4, 7))
    stock = page(shelf.sandbox, f"/stock?sku={shelf.sku.lower()}")
    assert f"{shelf.sku} {shelf.sku} Main 4 3 7 yes".replace(" ", "") in stock.text.replace(" ", "")
    assert "Nothing with “<i>” in its SKU." in page(shelf.sandbox, "/stock?sku=%3Ci%3E").text
    activity = page(shelf.sandbox, "/activity")
    assert {"inventorySetQuantities", "delay", f"3 of {shelf.sku}"} <= set(activity.words)


def test_a_page_renews_itself_when_told_to(shared: Sandbox) -> None:
    renewing = 'http-equiv="refresh"'
    for address in ("", "/stock", "/activity"):
        assert renewing not in shared.http.get(f"/_sandbox{address}").text
        live = page(shared, f"{address}{page(shared, address).links['Renew it']}")
        assert "renews itself" in live.text
        assert renewing in shared.http.get(f"/_sandbox{address}?live").text
        assert "Hold still" in live.links
