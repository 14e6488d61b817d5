"""Lists of a whole kind: searched, sorted, one page at a time, or counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.calls.call import Info
from sandbox.lists.connections import Connection, Key, by_number, paginate
from sandbox.lists.search import Read, Search, compile_search
from sandbox.state.searchable import FIELDS

Rows = Sequence[Any]


def listed(info: Info, kind: type, rows: Rows, args: dict[str, Any], key: Key = by_number) -> Connection:
    """The page that `args` asks for; `rows` come in order of their numbers."""
    search = searched(info, kind, args.get("query"))
    accepts = _acceptor(info, kind, search)
    found = _by_sku(info, kind, search)
    chosen = rows if found is None else found
    if key is not by_number:
        chosen = sorted(chosen, key=key)
    return paginate(chosen, args, key, accepts)


def counted(info: Info, kind: type, rows: Rows, args: dict[str, Any]) -> dict[str, Any]:
    """Exact up to `limit`; null counts everything."""
    accepts = _acceptor(info, kind, searched(info, kind, args.get("query")))
    count = len(rows) if accepts is None else sum(1 for row in rows if accepts(row))
    limit = args.get("limit")
    if limit is not None and count > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


def searched(info: Info, kind: type, query: str | None) -> Search | None:
    if not query or not query.strip():
        return None
    search = compile_search(query, kind, info.context.now, info.context.store.zone)
    if search.warnings:
        path = [key for key in info.path.as_list() if isinstance(key, str)]
        info.context.warnings.append(
            {"path": path, "query": query, "parsed": search.parsed, "warnings": search.warnings}
        )
    return search


def _acceptor(info: Info, kind: type, search: Search | None) -> Callable[[Any], bool] | None:
    index, fields = info.context.store.index, FIELDS[kind]
    if search is None or search.accepts is None:
        return None
    accepts = search.accepts

    def reader(row: Any) -> Read:
        old = index.stale(row)
        return (lambda name: old[name]) if old else (lambda name: fields[name].read(row))

    return lambda row: index.knows(row) and accepts(reader(row))


def _by_sku(info: Info, kind: type, search: Search | None) -> list[Any] | None:
    """The rows a search for exact SKUs can find at all; None where only a scan finds them."""
    store = info.context.store
    if store.index.lags or search is None or not search.exact:
        return None
    if any(name != "sku" for name, _ in search.exact):
        return None
    items = {item.id: item for _, sku in search.exact for item in store.items_with_sku(sku)}
    rows = {"InventoryItem": lambda item: item, "ProductVariant": lambda item: item.variant}.get(
        kind.__name__, lambda item: item.variant.product
    )
    return sorted({row.id: row for row in map(rows, items.values())}.values(), key=lambda row: row.id)
