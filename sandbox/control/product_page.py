"""A product's own page and its variants', each with a form to edit it as somebody would in Shopify's admin."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLEnumType
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.control import edits
from sandbox.control.rendering import Rendering, turned
from sandbox.execution.enums import in_order
from sandbox.products.details import apply_details, detail_errors
from sandbox.service import Service
from sandbox.state.entities import Product, ProductVariant
from sandbox.variants.input import apply_variant, variant_errors

UNPROCESSABLE = 422


class ProductPage:
    def __init__(self, service: Service, rendering: Rendering) -> None:
        self.store = service.store
        self.rendering = rendering
        kind = service.execution.schema.type_map["ProductStatus"]
        assert isinstance(kind, GraphQLEnumType)
        self.statuses = in_order(kind)

    async def show(self, request: Request) -> Response:
        product = self._product(request)
        if product is None:
            return self.rendering.missing("product")
        texts = edits.texts_of(edits.PRODUCT, product)
        return self._page(request, product, edits.Edit(texts, texts), {})

    async def edit(self, request: Request) -> Response:
        product = self._product(request)
        if product is None:
            return self.rendering.missing("product")
        edit = await edits.read_edit(request, edits.texts_of(edits.PRODUCT, product))
        given = edits.product_input(edit.changed)
        errors = edits.by_field(detail_errors(self.store, given, product))
        if given.get("status", product.status) not in self.statuses:
            errors["status"] = f"Not one of {', '.join(self.statuses)}"
        if errors:
            return self._page(request, product, edit, errors)
        if given:
            apply_details(self.store, product, given, self.store.now())
        return _saved(request)

    async def show_variant(self, request: Request) -> Response:
        variant = self._variant(request)
        if variant is None:
            return self.rendering.missing("variant")
        texts = edits.texts_of(edits.VARIANT, variant)
        return self._variant_page(request, variant, edits.Edit(texts, texts), {})

    async def edit_variant(self, request: Request) -> Response:
        variant = self._variant(request)
        if variant is None:
            return self.rendering.missing("variant")
        edit = await edits.read_edit(request, edits.texts_of(edits.VARIANT, variant))
        given = edits.variant_input(edit.changed)
        unfit = edits.price_errors(given)
        fit = {name: value for name, value in given.items() if name not in unfit}
        errors = {**edits.by_field(variant_errors(fit, [])), **unfit}
        if errors:
            return self._variant_page(request, variant, edit, errors)
        if given:
            apply_variant(self.store, variant, given, self.store.now())
        return _saved(request)

    def _product(self, request: Request) -> Product | None:
        return self.store.products.get(request.path_params["id"])

    def _variant(self, request: Request) -> ProductVariant | None:
        product, variant = self._product(request), self.store.variants.get(request.path_params["variant"])
        return variant if variant is not None and variant.product is product else None

    def _page(self, request: Request, product: Product, edit: edits.Edit, errors: edits.Texts) -> Response:
        variants = turned(request, product.variants)
        context = {"product": product, "statuses": self.statuses, **variants, **_form(request, edit, errors)}
        return self.rendering.page("product.html", **context)

    def _variant_page(
        self, request: Request, variant: ProductVariant, edit: edits.Edit, errors: edits.Texts
    ) -> Response:
        return self.rendering.page("variant.html", variant=variant, **_form(request, edit, errors))


def _form(request: Request, edit: edits.Edit, errors: edits.Texts) -> dict[str, Any]:
    """What a page with a form is given: what is in it, what is wrong with that, or that all is saved."""
    status = UNPROCESSABLE if errors else 200
    return {"edit": edit, "errors": errors, "saved": "saved" in request.query_params, "status": status}


def _saved(request: Request) -> Response:
    """Back to the page, which a browser may then renew without writing again."""
    return RedirectResponse(f"{request.url.path}?saved", 303)
