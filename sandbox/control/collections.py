"""Collections as someone makes, renames and removes them in the admin."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BadForm, missing, read_form
from sandbox.products.details import LONGEST
from sandbox.products.handles import free_handle, normalised
from sandbox.service import Service
from sandbox.state.channels import Collection
from sandbox.state.gids import gid


class CollectionControl:
    def __init__(self, service: Service) -> None:
        self.store = service.store

    async def add(self, request: Request) -> Response:
        """A smart one takes every product that has its title as a tag."""
        form = await read_form(request, {"title": str, "smart": bool})
        title = _title(form)
        taken = {one.handle for one in self.store.collections.values()}
        handle = free_handle(normalised(title) or "collection", taken)
        made = self.store.add_collection(title, handle, title if form.get("smart") else None)
        return JSONResponse(_line(made), 201)

    async def rename(self, request: Request) -> Response:
        """Its handle and the tag of a smart one stay."""
        collection = self.store.collections.get(request.path_params["id"])
        if collection is None:
            return missing("no such collection")
        self.store.rename_collection(collection, _title(await read_form(request, {"title": str})))
        return JSONResponse(_line(collection))

    async def remove(self, request: Request) -> Response:
        """Its products stay in the shop."""
        if self.store.collections.pop(request.path_params["id"], None) is None:
            return missing("no such collection")
        return Response(status_code=204)


def _title(form: dict[str, Any]) -> str:
    title = str(form.get("title", "")).strip()
    if not title:
        raise BadForm("title: missing")
    if len(title) > LONGEST:
        raise BadForm(f"title: longer than {LONGEST} characters")
    return title


def _line(one: Collection) -> dict[str, Any]:
    line = {"id": gid("Collection", one.id), "title": one.title, "handle": one.handle}
    return {**line, "smart": one.tag is not None}
