"""Publications: listed, and products published to them or taken from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import answers, resolves
from sandbox.lists.connections import Connection, paginate
from sandbox.state.channels import AppCatalog, Publication
from sandbox.state.entities import Product
from sandbox.state.gids import number

Args = dict[str, Any]
Errors = list[dict[str, Any]]

UNKNOWN = "Publication does not exist or is not publishable"
TWICE = "The same publication was specified more than once"

answers("Publication", app=None)


@dataclass(frozen=True)
class _Listed:
    """A product in a publication; ``id`` is the publication's."""

    id: int
    publishable: Product
    publication: Publication


answers("ResourcePublicationV2", is_published=True, publish_date=None)


@resolves("QueryRoot", "publications")
def publications(_: Any, info: Info, **args: Any) -> Connection:
    return paginate(list(info.context.store.publications.values()), args)


@resolves("AppCatalog", "publication")
def publication_of(catalog: AppCatalog, info: Info) -> Publication | None:
    return next((one for one in info.context.store.publications.values() if one.catalog is catalog), None)


@resolves("Publication", "products")
@resolves("Publication", "includedProducts")
def published_products(one: Publication, info: Info, **args: Any) -> Connection:
    return paginate([p for p in info.context.store.products.values() if one in p.publications], args)


@resolves("Publication", "includedProductsCount")
def count_of_products(one: Publication, info: Info, **_: Any) -> Args:
    return _count(sum(one in p.publications for p in info.context.store.products.values()))


@resolves("Product", "publishedOnPublication")
def is_published(product: Product, _: Info, **args: Any) -> bool:
    wanted = number(args["publicationId"], "Publication")
    return any(one.id == wanted for one in product.publications)


@resolves("Product", "resourcePublicationsCount", "availablePublicationsCount")
def count_of_publications(product: Product, _: Info, **__: Any) -> Args:
    """Of a product that is not active none is available; it is published all the same."""
    return _count(len(product.publications))


@resolves("Product", "resourcePublicationsV2")
def publications_of(product: Product, _: Info, **args: Any) -> Connection:
    """Of several of a product the catalog's number tells them apart."""
    listed = [_Listed(one.id, product, one) for one in product.publications]
    return paginate(listed, args)


@resolves("Product", "publicationCount")
def publication_count(product: Product, _: Info, **__: Any) -> int:
    return len(product.publications)


@resolves("Product", "unpublishedPublications")
def missing_publications(product: Product, info: Info, **args: Any) -> Connection:
    return paginate([p for p in info.context.store.publications.values() if p not in product.publications], args)


def _count(count: int) -> Args:
    return {"count": count, "precision": "EXACT"}


@resolves("Mutation", "publishablePublish")
def publish(_: Any, info: Info, **args: Any) -> Args:
    product, wanted, errors = _asked(info, args)
    if product is not None and not errors:
        product.publications += [one for one in wanted if one not in product.publications]
        product.published_at = product.published_at or info.context.now
    return {"publishable": product, "shop": info.context.store, "userErrors": errors}


@resolves("Mutation", "publishableUnpublish")
def unpublish(_: Any, info: Info, **args: Any) -> Args:
    product, wanted, errors = _asked(info, args)
    if product is not None and not errors:
        product.publications[:] = [one for one in product.publications if one not in wanted]
        product.published_at = product.published_at if product.publications else None
    return {"publishable": product, "shop": info.context.store, "userErrors": errors}


def _asked(info: Info, args: Args) -> tuple[Product | None, list[Publication], Errors]:
    """The product and the publications that are named, or what is wrong with them."""
    store = info.context.store
    product = store.product(args["id"])
    if product is None:
        return None, [], [user_error(["id"], "Resource does not exist")]
    wanted: list[Publication] = []
    errors: Errors = []
    for n, one in enumerate(args["input"]):
        found = store.publications.get(number(one.get("publicationId") or "", "Publication") or 0)
        where = ["input", str(n), "publicationId"]
        if found is None:
            errors.append(user_error(where, UNKNOWN))
        elif found in wanted:
            errors.append(user_error(where, TWICE))
        else:
            wanted.append(found)
    return product, wanted, errors
