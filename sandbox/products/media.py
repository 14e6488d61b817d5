"""Images of products and variants, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, by_place, paginate
from sandbox.state.entities import MediaImage, Product, ProductVariant

Args = dict[str, Any]


@resolves("Product", "mediaCount")
def media_count(one: Product, _: Info) -> Args:
    return {"count": len(one.media), "precision": "EXACT"}


@resolves("Product", "media")
@resolves("ProductVariant", "media")
def media(one: Product | ProductVariant, _: Info, **args: Any) -> Connection:
    return paginate(one.media, args, by_place(one.media))


@resolves("Product", "featuredMedia")
def featured(one: Product, _: Info) -> MediaImage | None:
    return one.media[0] if one.media else None


@resolves("Product", "featuredImage")
@resolves("ProductVariant", "image")
def first_image(one: Product | ProductVariant, info: Info, **__: Any) -> Args | None:
    return image_of_media(one.media[0], info) if one.media else None


answers("MediaImage", mediaContentType="IMAGE")

SECONDS_TO_PROCESS = 2.0
FAILED = {"code": "IMAGE_DOWNLOAD_FAILURE", "message": "The image could not be downloaded"}


def attach(call: Call, product: Product, given: Args) -> None:
    """Add an image, to be fetched from its `originalSource`."""
    call.downloads.start(call.store.add_image(product, given["originalSource"], given.get("alt"), call.now))


def status_at(one: MediaImage, now: float) -> str:
    """Uploaded in the call that names it, then processed for a moment; an opening catalogue's are ready."""
    age = now - one.uploaded_at
    if age <= 0:
        return "UPLOADED"
    if age < SECONDS_TO_PROCESS or one.is_downloading:
        return "PROCESSING"
    return "FAILED" if one.failure else "READY"


@resolves("MediaImage", "fileStatus", "status")
def status(one: MediaImage, info: Info) -> str:
    return status_at(one, info.context.now)


@resolves("MediaImage", "fileErrors", "mediaErrors")
def errors(one: MediaImage, info: Info) -> list[Args]:
    return [{**FAILED, "details": one.failure}] if status(one, info) == "FAILED" else []


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
