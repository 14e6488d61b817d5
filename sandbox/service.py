"""One shop being served: its state, its limits, its keys and what is to go wrong."""

from __future__ import annotations

from typing import Any

from sandbox.bulk.operations import BulkOperations
from sandbox.calls.call import Call
from sandbox.calls.downloads import Downloads
from sandbox.calls.journal import Journal
from sandbox.calls.keys import Keys
from sandbox.clock import Clock
from sandbox.execution.execution import Execution
from sandbox.faults.script import FaultScript
from sandbox.limits.bucket import Bucket
from sandbox.limits.tokens import STATIC, Client, Tokens
from sandbox.orders.orders import Orders
from sandbox.settings import Settings
from sandbox.state.store import Store


class Service:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.store = Store(settings.domain, settings.currency, self.clock, settings.index_lag_seconds)
        self.tokens = Tokens(
            self.clock,
            settings.token,
            Client(settings.client_id, settings.client_secret, settings.token_lifetime),
            settings.scopes,
        )
        self.bucket_options = (settings.capacity, settings.restore_rate, settings.unlimited)
        self.buckets: dict[str, Bucket] = {}
        self.last_app = STATIC
        self.keys = Keys(self.clock)
        self.journal = Journal()
        self.downloads = Downloads()
        self.faults = FaultScript(self.clock)
        self.orders = Orders(self.store)
        self.execution = Execution()
        self.bulk = BulkOperations(self.store, self.execution, self.faults, self._call_of)

    def change_buckets(self, capacity: int | None, restore_rate: int | None) -> None:
        """New ones for all, full; without sizes they hold nobody back."""
        self.bucket_options = (capacity or 1, restore_rate or 1, capacity is None)
        self.buckets.clear()

    def call(self, app: str, address: str, names: list[str], variables: dict[str, Any]) -> Call:
        """What resolvers of these root fields are given now, by the address at which the app reaches the shop."""
        return Call(
            store=self.store,
            keys=self.keys,
            journal=self.journal,
            downloads=self.downloads,
            bulk=self.bulk,
            spoiled=self.faults.spoil(names),
            scopes=self.tokens.granted,
            app=app,
            address=address,
            now=self.clock.now(),
            variables=variables,
        )

    def _call_of(self, other: Call, names: list[str], variables: dict[str, Any]) -> Call:
        return self.call(other.app, other.address, names, variables)

    def bucket(self, app: str) -> Bucket:
        """Every app has its own."""
        self.last_app = app
        if app not in self.buckets:
            self.buckets[app] = Bucket(self.clock, *self.bucket_options)
        return self.buckets[app]
