"""Images, and the digests of metafields: what is there at once and what only after a while."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.images import Images, serving
from tests.sandbox.sizes import product_set

MEDIA = """media(first: 9) { nodes { ... on MediaImage { id alt status fileStatus image { url }
  mediaErrors { code details message } fileErrors { code details } } } }"""
CREATE = f"""mutation ($product: ProductCreateInput!, $media: [CreateMediaInput!]) {{
  productCreate(product: $product, media: $media) {{ product {{ id {MEDIA} }} userErrors {{ field message }} }} }}"""
READ = f"query ($id: ID!) {{ product(id: $id) {{ id {MEDIA} }} }}"
SET = """mutation ($input: ProductSetInput!) { productSet(input: $input) {
  product { id metafield(namespace: "wms", key: "bin") { compareDigest } } userErrors { message } } }"""
SECONDS = 20.0


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    with serving() as served:
        yield served


def create(sandbox: Sandbox, *urls: str) -> dict[str, Any]:
    media = [{"mediaContentType": "IMAGE", "originalSource": url} for url in urls]
    made = sandbox.data(CREATE, {"product": {"title": "Image"}, "media": media})["productCreate"]
    assert made["userErrors"] == []
    return dict(made["product"])


def media(sandbox: Sandbox, product: str) -> list[dict[str, Any]]:
    return list(sandbox.data(READ, {"id": product})["product"]["media"]["nodes"])


def processed(sandbox: Sandbox, product: str) -> list[dict[str, Any]]:
    """The images, as soon as none is in work any more."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = media(sandbox, product)
        if all(one["status"] in ("READY", "FAILED") for one in found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"still in work after {SECONDS} s: {found}")


def image(one: dict[str, Any]) -> tuple[str, str, bool]:
    return one["status"], one["fileStatus"], one["image"] is not None


def test_an_image_is_uploaded_then_processed_then_ready(shared: Sandbox) -> None:
    made = create(shared, "https://cdn.example.com/a.png")
    seen = [image(made["media"]["nodes"][0])]
    deadline = time.monotonic() + SECONDS
    while seen[-1][0] != "READY" and time.monotonic() < deadline:
        now = image(media(shared, made["id"])[0])
        seen += [now] if now != seen[-1] else []
    assert seen == [("UPLOADED", "UPLOADED", False), ("PROCESSING", "PROCESSING", False), ("READY", "READY", True)]


def test_an_image_without_an_address_is_refused(shared: Sandbox) -> None:
    good, bad = ({"mediaContentType": "IMAGE", "originalSource": url} for url in ("https://a.example/b", "not-a-url"))
    payload = shared.data(CREATE, {"product": {"title": "No image"}, "media": [good, bad]})["productCreate"]
    error = {"field": ["media", "1", "originalSource"], "message": "Image URL is invalid"}
    assert payload == {"product": None, "userErrors": [error]}


def test_images_on_this_machine_are_fetched(shared: Sandbox, images: Images) -> None:
    port = images.url.rpartition(":")[2]
    missing, moved = f"{images.url}/404.png", f"{images.url}/302.png"
    made = create(shared, f"{images.url}/ok.png", f"http://localhost:{port}/ok.png", missing, moved)
    found = processed(shared, made["id"])
    assert [image(one) for one in found] == [("READY", "READY", True)] * 2 + [("FAILED", "FAILED", False)] * 2
    assert images.asked == {"/ok.png": 2, "/404.png": 1, "/302.png": 1}
    code, details = "IMAGE_DOWNLOAD_FAILURE", "404 Not Found"
    assert [one["mediaErrors"] for one in found[:2]] == [[], []]
    error = {"code": code, "details": details, "message": "The image could not be downloaded"}
    assert found[2]["mediaErrors"] == [error]
    assert found[2]["fileErrors"] == [{"code": code, "details": details}]


def test_an_image_nobody_serves_fails_after_the_usual_time(shared: Sandbox) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = create(shared, f"http://127.0.0.1:{taken.getsockname()[1]}/a.png")
        begun = time.monotonic()
        (found,) = processed(shared, made["id"])
    assert found["status"] == "FAILED" and time.monotonic() - begun > 1
    assert "connect" in found["mediaErrors"][0]["details"].lower()


def test_an_image_is_processed_until_its_server_has_answered(shared: Sandbox, images: Images) -> None:
    images.answering.clear()
    made = create(shared, f"{images.url}/slow.png")
    # Longer than any image is processed that its server has answered for.
    time.sleep(2.2)
    assert media(shared, made["id"])[0]["status"] == "PROCESSING"
    images.answering.set()
    assert processed(shared, made["id"])[0]["status"] == "READY"


def test_product_set_keeps_the_images_it_names_in_its_order_and_no_others(shared: Sandbox) -> None:
    made = create(shared, *(f"https://cdn.example.com/{name}.png" for name in "abc"))
    first, second, third = (one["id"] for one in made["media"]["nodes"])
    files = [{"id": third, "alt": "Third"}, {"originalSource": "https://cdn.example.com/d.png"}, {"id": first}]
    payload = product_set(shared, {"id": made["id"]}, files=files)
    assert payload["userErrors"] == []
    shown = media(shared, made["id"])
    assert [(one["id"], one["alt"]) for one in shown[::2]] == [(third, "Third"), (first, None)]
    assert shown[1]["id"] not in (first, second, third)
    # The file stays in the shop, and may be put on another product.
    assert shared.data(f'{{ node(id: "{second}") {{ id }} }}')["node"] == {"id": second}
    other = create(shared)
    assert product_set(shared, {"id": other["id"]}, files=[{"id": second}])["userErrors"] == []
    assert [one["id"] for one in media(shared, other["id"])] == [second]


def test_a_file_that_is_not_there_changes_nothing(shared: Sandbox) -> None:
    made = create(shared, "https://cdn.example.com/a.png")
    kept = made["media"]["nodes"][0]["id"]
    payload = product_set(shared, {"id": made["id"]}, files=[{"id": kept}, {"id": "gid://shopify/MediaImage/1"}])
    error = {"field": ["input", "files", "1", "id"], "message": "File does not exist", "code": "NOT_FOUND"}
    assert payload == {"product": None, "userErrors": [error]}
    assert [one["id"] for one in media(shared, made["id"])] == [kept]


def test_a_metafield_s_digest_changes_with_its_value(shared: Sandbox) -> None:
    def digest(value: str, **more: str) -> tuple[str, str]:
        field = {"namespace": "wms", "key": "bin", "type": "single_line_text_field", "value": value}
        given = {"title": "Digest", "metafields": [field], **more}
        product = shared.data(SET, {"input": given})["productSet"]["product"]
        return product["id"], product["metafield"]["compareDigest"]

    product, first = digest("A1")
    changed, again = (digest(value, id=product)[1] for value in ("A2", "A1"))
    assert first == again != changed
    assert len(first) == 64
