"""Images, and the digests of metafields: what is there at once and what only after a while."""

from __future__ import annotations

import time
from typing import Any

from house.sandbox import Sandbox

MEDIA = "media(first: 9) { nodes { ... on MediaImage { id status fileStatus image { url } } } }"
CREATE = f"""mutation ($product: ProductCreateInput!, $media: [CreateMediaInput!]) {{
  productCreate(product: $product, media: $media) {{ product {{ id {MEDIA} }} userErrors {{ field message }} }} }}"""
READ = f"query ($id: ID!) {{ product(id: $id) {{ id {MEDIA} }} }}"
SET = """mutation ($input: ProductSetInput!) { productSet(input: $input) {
  product { id metafield(namespace: "wms", key: "bin") { compareDigest } } userErrors { message } } }"""


def image(product: dict[str, Any]) -> tuple[str, str, bool]:
    (one,) = product["media"]["nodes"]
    return one["status"], one["fileStatus"], one["image"] is not None


def test_an_image_is_uploaded_then_processed_then_ready(shared: Sandbox) -> None:
    media = [{"mediaContentType": "IMAGE", "originalSource": "https://cdn.example.com/a.png"}]
    made = shared.data(CREATE, {"product": {"title": "Image"}, "media": media})["productCreate"]["product"]
    seen = [image(made)]
    deadline = time.monotonic() + 20
    while seen[-1][0] != "READY" and time.monotonic() < deadline:
        now = image(shared.data(READ, {"id": made["id"]})["product"])
        seen += [now] if now != seen[-1] else []
    assert seen == [("UPLOADED", "UPLOADED", False), ("PROCESSING", "PROCESSING", False), ("READY", "READY", True)]


def test_an_image_without_an_address_is_refused(shared: Sandbox) -> None:
    media = [{"mediaContentType": "IMAGE", "originalSource": "not-a-url"}]
    payload = shared.data(CREATE, {"product": {"title": "No image"}, "media": media})["productCreate"]
    error = {"field": ["media", "0", "originalSource"], "message": "Image URL is invalid"}
    assert payload == {"product": None, "userErrors": [error]}


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
