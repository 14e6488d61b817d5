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
def first_image(one: Product | ProductVariant, info: Info, **__: Any) -> Args | None:
    return image_of_media(one.media[0], info) if one.media else None


answers("MediaImage", mediaContentType="IMAGE")

SECONDS_TO_PROCESS = 2.0


@resolves("MediaImage", "fileStatus", "status")
def status(one: MediaImage, info: Info) -> str:
    """Uploaded in the call that names it, then processed for a moment; an opening catalogue's are ready."""
    age = info.context.now - one.uploaded_at
    return "UPLOADED" if age <= 0 else "PROCESSING" if age < SECONDS_TO_PROCESS else "READY"


@resolves("MediaImage", "image")
def image_of_media(one: MediaImage, info: Info) -> Args | None:
    return image_of(one) if status(one, info) == "READY" else None


def image_of(one: MediaImage) -> Args:
    return {"id": None, "altText": one.alt, "url": one.url, "src": one.url, "originalSrc": one.url}


@resolves("MediaImage", "preview")
def preview(one: MediaImage, info: Info) -> Args:
    return {"image": image_of_media(one, info), "status": status(one, info)}


@resolves("MediaImage", "updatedAt")
def media_updated(one: MediaImage, _: Info) -> float:
    return one.created_at
