"""The application: sessions that stay connected and write, whatever becomes of their tables."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import errors as pg

from tests.seeds import value

# What an application sees of its own migrations until its new version is deployed.
OUTDATED = (pg.UndefinedColumn, pg.UndefinedTable, pg.InvalidSchemaName, pg.InvalidTextRepresentation)
INSERT = (
    "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
    "values ('1', %s, '1', 'received') returning id::text"
)
SELL = "update warehouse.shipment_items set status = 'sold' where id = %s"
PLACE = "update warehouse.shipment_items set storage_position = 'A1' where id = %s"
DELETE = "delete from warehouse.shipment_items where id = %s"
PRICE = "update warehouse.products set price = 1 + coalesce(price, 0) where id = %s"
TRUTH = "select count(*) from warehouse.shipment_items where product_id::text = %s and status::text = 'received'"
SECONDS = 15.0


class Application:
    """Writers, each in a session of its own with a product of its own, and the names they use for things."""

    def __init__(self, dsn: str, products: Sequence[str]) -> None:
        self.products = products
        self.errors: list[str] = []
        self._dsn = dsn
        self._names: Mapping[str, str] = {}
        self._is_deploying = False
        self._stopping = False
        self._rounds = dict.fromkeys(products, 0)
        self._turn = threading.Condition()

    @contextlib.contextmanager
    def working(self) -> Iterator[Application]:
        """Write for the length of a block; afterwards nobody may have failed."""
        self._stopping = False
        threads = [threading.Thread(target=self._run, args=(product,)) for product in self.products]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopping = True
            for thread in threads:
                thread.join()
        assert not self.errors, self.errors

    def write(self, rounds: int = 2) -> None:
        """Let every writer finish some rounds that begin from now on."""
        with self._turn:
            due = {product: done + 1 + rounds for product, done in self._rounds.items()}
            done = self._turn.wait_for(
                lambda: self.errors or all(self._rounds[p] >= n for p, n in due.items()), SECONDS
            )
        assert not self.errors, self.errors
        assert done, "the writers stand still"

    @contextlib.contextmanager
    def deploying(self, names: Mapping[str, str]) -> Iterator[None]:
        """While its tables change, statements may be those of the old version; afterwards they are of the new one."""
        self._is_deploying = True
        yield
        self._names = names
        self.write(1)
        self._is_deploying = False

    def spelled(self, text: str) -> str:
        """A text with the names of this version."""
        for old, new in self._names.items():
            text = text.replace(old, new)
        return text

    def counted(self, connection: psycopg.Connection[Any]) -> dict[str, int]:
        """The units of each product that the application would sell."""
        return {p: int(value(connection, self.spelled(TRUTH), p)) for p in self.products}

    def _run(self, product: str) -> None:
        try:
            with psycopg.connect(self._dsn, autocommit=True) as session:
                while not self._stopping:
                    try:
                        self._round(session, product)
                    except OUTDATED as error:
                        if not self._is_deploying or "sync" in f"{error} {error.diag.context}":
                            raise
                    with self._turn:
                        self._rounds[product] += 1
                        self._turn.notify_all()
        except psycopg.Error as error:
            with self._turn:
                self.errors.append(f"{type(error).__name__}: {error} {error.diag.context or ''}")
                self._turn.notify_all()

    def _round(self, session: psycopg.Connection, product: str) -> None:
        """One unit comes and stays, another comes and is sold, a third is thought better of."""

        def insert() -> str:
            found = session.execute(self.spelled(INSERT).encode(), (product,)).fetchone()
            assert found is not None
            return str(found[0])

        insert()
        unit = insert()
        session.execute(self.spelled(PLACE).encode(), (unit,))
        with session.transaction():
            session.execute(self.spelled(SELL).encode(), (unit,))
            with session.transaction(force_rollback=True):
                insert()
            session.execute(self.spelled(DELETE).encode(), (insert(),))
        session.execute(self.spelled(PRICE).encode(), (product,))
