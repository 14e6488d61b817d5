"""Images of products and variants, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.state.entities import MediaImage, Product, ProductVariant

Args = dict[str, Any]


@resolves("Product", "mediaCount")
def media_count(one: Product, _: Info) -> Args:
    return {"count": len(one.media), "precision": "EXACT"}


@resolves("Product", "media")
@resolves("ProductVariant", "media")
def media(one: Product | ProductVariant, _: Info, **args: Any) -> Connection:
    return paginate(one.media, args)


@resolves("Product", "featuredMedia")
def featured(one: Product, _: Info) -> MediaImage | None:
    return one.media[0] if one.media else None


@resolves("Product", "featuredImage")
@resolves("ProductVariant", "image")
def first_image(one: Product | ProductVariant, _: Info, **__: Any) -> Args | None:
    return image_of(one.media[0]) if one.media else None


answers("MediaImage", fileStatus="READY", status="READY", mediaContentType="IMAGE")


def image_of(one: MediaImage, *_: Any) -> Args:
    return {"id": None, "altText": one.alt, "url": one.url, "src": one.url, "originalSrc": one.url}


resolves("MediaImage", "image")(image_of)


@resolves("MediaImage", "preview")
def preview(one: MediaImage, _: Info) -> Args:
    return {"image": image_of(one), "status": "READY"}


@resolves("MediaImage", "updatedAt")
def media_updated(one: MediaImage, _: Info) -> float:
    return one.created_at
