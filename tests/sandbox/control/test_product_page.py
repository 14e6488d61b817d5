"""A product's own page, and the forms on it: what somebody types in Shopify's admin arrives at the API."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.conftest import Shelf
from tests.sandbox.control.pages import Shown
from tests.sandbox.moments import another_second
from tests.sandbox.products.test_media import processed
from tests.sandbox.sizes import product_set, sizes

NO_PRICE = "Not a price such as 19.90"
READ = """query ($id: ID!) { product(id: $id) { title descriptionHtml productType vendor tags status handle updatedAt
  seo { title description } variants(first: 9) { nodes { id price compareAtPrice sku barcode } } } }"""
SCRIPT = '<p onclick="x()">Soft & warm</p>\n<script>alert(1)</script>"</iframe>'


def path_of(product: str, variant: str | None = None) -> str:
    """Where the page is, by the ids' numbers."""
    tail = f"/variants/{variant.rpartition('/')[2]}" if variant else ""
    return f"/_sandbox/products/{product.rpartition('/')[2]}{tail}"


def show(sandbox: Sandbox, path: str) -> Shown:
    shown = Shown(sandbox.http.get(path))
    assert (shown.status, shown.faults) == (200, [])
    return shown


def read(sandbox: Sandbox, product: str) -> dict[str, Any]:
    return dict(sandbox.data(READ, {"id": product})["product"])


@pytest.fixture
def product(shared: Sandbox) -> str:
    given = sizes("S", "M", title="Scarf", vendor="Loom", productType="Scarves", tags=["soft"], descriptionHtml=SCRIPT)
    field = {"namespace": "wms", "key": "bin", "type": "single_line_text_field", "value": "<i>A-7</i>"}
    more = {"metafields": [field], "seo": {"title": "A scarf", "description": "Warm"}}
    files = [{"originalSource": "http://127.0.0.1:1/a.png", "alt": "Front"}]
    return str(product_set(shared, **given, **more, files=files)["product"]["id"])


def test_the_page_shows_what_the_product_has(shared: Sandbox, product: str) -> None:
    variant = read(shared, product)["variants"]["nodes"][0]
    item = {"sku": "Scarf-S", "cost": "7.1", "measurement": {"weight": {"value": 0.25, "unit": "KILOGRAMS"}}}
    given = {"id": variant["id"], "price": "19.9", "compareAtPrice": "25", "barcode": "0123", "inventoryItem": item}
    text = """mutation ($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $product, variants: $variants) { userErrors { message } } }"""
    shared.data(text, {"product": product, "variants": [given]})
    processed(shared, product)
    shown = show(shared, path_of(product))
    for words in ("Loom", "Scarves", "soft", "A scarf", "Warm", "wms.bin", "<i>A-7</i>", "Front", "Size: S, M"):
        assert words in shown.text
    assert "failed: " in shown.text
    row = "S Scarf-S 19.90 25.00 7.1 0123 0.25 kilograms Main: 0"
    assert row.replace(" ", "") in shown.text.replace(" ", "")
    of_variant = show(shared, shown.links["S"])
    assert "Size S Cost 7.1 Weight 0.25 kilograms" in of_variant.text
    assert of_variant.form["price"] == "19.90" and of_variant.links["Scarf"] == path_of(product)


def test_other_people_s_html_is_shown_where_it_can_do_nothing(shared: Sandbox, product: str) -> None:
    answer = shared.http.get(path_of(product))
    shown = Shown(answer)
    assert "script" not in shown.tags and "i" not in shown.tags
    (frame,) = shown.frames
    # Without a value: nothing is allowed, neither scripts nor this page's address.
    assert frame["sandbox"] is None and frame["srcdoc"] == SCRIPT
    assert "script-src 'none'" in answer.headers["content-security-policy"]


def test_an_edit_arrives_at_the_api(shared: Sandbox, product: str) -> None:
    before = read(shared, product)
    form = show(shared, path_of(product)).form
    typed = {
        "title": "Shawl", "productType": "Shawls", "vendor": "Loom Street", "tags": "warm, soft , Warm",
        "status": "DRAFT", "handle": "The Shawl", "seoTitle": "", "seoDescription": "Warmer",
        "descriptionHtml": "<p>a</p>\r\n<p>b</p>",
    }  # fmt: skip
    another_second()
    answer = shared.http.post(path_of(product), data={**form, **typed})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path_of(product)}?saved")
    assert "Saved." in show(shared, answer.headers["location"]).text
    after = read(shared, product)
    assert after.pop("updatedAt") > before["updatedAt"]
    assert after == {
        "title": "Shawl", "productType": "Shawls", "vendor": "Loom Street", "tags": ["soft", "warm"], "status": "DRAFT",
        "handle": "the-shawl", "seo": {"title": None, "description": "Warmer"},
        "descriptionHtml": "<p>a</p>\n<p>b</p>", "variants": before["variants"],
    }  # fmt: skip
    found = shared.data('{ productByIdentifier(identifier: {handle: "the-shawl"}) { id } }')
    assert found["productByIdentifier"] == {"id": product}


def test_an_edit_of_a_variant_arrives_at_the_api(shared: Sandbox, product: str) -> None:
    before = read(shared, product)
    variant, other = before["variants"]["nodes"]
    path = path_of(product, variant["id"])
    typed = {
        "price": " 21 ",
        "compareAtPrice": "30.5",
        "sku": f"SHAWL-{variant['id'][-4:]}",
        "barcode": "4006381333931",
    }
    another_second()
    assert shared.http.post(path, data={**show(shared, path).form, **typed}).status_code == 303
    after = read(shared, product)
    assert after["variants"]["nodes"] == [
        {"id": variant["id"], **typed, "price": "21.00", "compareAtPrice": "30.50"},
        other,
    ]
    assert after["updatedAt"] > before["updatedAt"]
    assert shared.http.post(path, data={"compareAtPrice": "", "barcode": ""}).status_code == 303
    emptied = read(shared, product)["variants"]["nodes"][0]
    assert (emptied["compareAtPrice"], emptied["barcode"], emptied["price"]) == (None, None, "21.00")


def test_only_what_was_changed_on_the_page_is_written(shared: Sandbox, product: str) -> None:
    product_set(shared, {"id": product}, productType="Two\nlines", seo={"description": "Also\ntwo"})
    form = show(shared, path_of(product)).form
    product_set(shared, {"id": product}, title="Renamed meanwhile", tags=["sync"])
    # Browsers send line breaks as CR LF.
    sent = {name: text.replace("\n", "\r\n") for name, text in form.items()}
    assert shared.http.post(path_of(product), data={**sent, "vendor": "Typed"}).status_code == 303
    after = read(shared, product)
    assert (after["title"], after["tags"], after["vendor"]) == ("Renamed meanwhile", ["sync"], "Typed")
    assert (after["descriptionHtml"], after["productType"]) == (SCRIPT, "Two\nlines")
    assert after["seo"]["description"] == "Also\ntwo"
    another_second()
    shared.http.post(path_of(product), data=show(shared, path_of(product)).form)
    assert read(shared, product) == after


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"title": " "}, {"title": "Title can't be blank"}),
        ({"vendor": "v" * 256}, {"vendor": "Vendor is too long (maximum is 255 characters)"}),
        ({"productType": "p" * 256}, {"productType": "Product type is too long (maximum is 255 characters)"}),
        ({"tags": "t" * 256}, {"tags": "Product tags is invalid"}),
        ({"status": "GONE"}, {"status": "Not one of ACTIVE, ARCHIVED, DRAFT, UNLISTED"}),
        ({"handle": "Taken"}, {"handle": "Handle 'Taken' already in use. Please provide a new handle."}),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    shared: Sandbox, product: str, typed: dict[str, str], errors: dict[str, str]
) -> None:
    product_set(shared, {"handle": "taken"}, title="Taken", handle="taken")
    before = read(shared, product)
    form = show(shared, path_of(product)).form
    sent = {**form, "seoTitle": "<b>typed</b>", **typed}
    shown = Shown(shared.http.post(path_of(product), data=sent))
    assert (shown.status, shown.errors) == (422, errors)
    assert next(iter(errors.values())) in shown.text.split("Status", 1)[0]
    # A status that is no choice cannot be shown as one.
    assert shown.form == {**sent, "status": "" if "status" in typed else form["status"]}
    assert read(shared, product) == before


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"price": "cheap", "compareAtPrice": "nan"}, {"price": NO_PRICE, "compareAtPrice": NO_PRICE}),
        ({"price": ""}, {"price": NO_PRICE}),
        ({"price": "-1"}, {"price": "Price must be greater than or equal to 0"}),
        ({"price": str(10**18)}, {"price": f"must be less than {10**18}"}),
        ({"sku": "s" * 256, "barcode": "1"}, {"sku": "SKU is too long (maximum is 255 characters)"}),
    ],
)  # fmt: skip
def test_a_variant_s_values_are_judged_as_the_api_does(
    shared: Sandbox, product: str, typed: dict[str, str], errors: dict[str, str]
) -> None:
    before = read(shared, product)
    shown = Shown(shared.http.post(path_of(product, before["variants"]["nodes"][0]["id"]), data=typed))
    assert (shown.status, shown.errors) == (422, errors)
    assert typed.items() <= shown.form.items()
    assert read(shared, product) == before


def test_what_is_not_there_has_no_page(shelf: Shelf, product: str) -> None:
    for path in (path_of("/404"), path_of(product, "/404"), path_of(product, shelf.variant)):
        for answer in (shelf.sandbox.http.get(path), shelf.sandbox.http.post(path, data={"title": "X"})):
            assert "No such" in Shown(answer).text and answer.status_code == 404
    assert shelf.sandbox.http.get("/_sandbox/products/x").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
    ],
)
def test_other_sites_cannot_write(shared: Sandbox, product: str, headers: dict[str, str], status: int) -> None:
    answer = shared.http.post(path_of(product), data={"title": "Written"}, headers=headers)
    assert answer.status_code == status
    assert read(shared, product)["title"] == ("Written" if status == 303 else "Scarf")
    # Nor by what takes JSON: a form can send that as text.
    answer = shared.http.post("/_sandbox/stats/reset", content="{}", headers=headers)
    assert answer.status_code == (204 if status == 303 else 403)
    assert shared.http.get(path_of(product), headers=headers).status_code == 200


def test_the_page_s_own_address_may_write(shared: Sandbox, product: str) -> None:
    answer = shared.http.post(path_of(product), data={"title": "Own"}, headers={"Origin": shared.url})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("content", "kind", "complaint"),
    [
        (b'{"title": "X"}', "application/json", "the body is not a form"),
        (b"color=red", "application/x-www-form-urlencoded", "color: unknown"),
        (b"title=\xff", "application/x-www-form-urlencoded", "the body is not UTF-8 text"),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    shared: Sandbox, product: str, content: bytes, kind: str, complaint: str
) -> None:
    answer = shared.http.post(path_of(product), content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400 and answer.json()["error"].startswith(complaint)
