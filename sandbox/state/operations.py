"""Bulk operations, as the shop keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.clock import iso
from sandbox.state.files import ResultFile

AT_WORK = ("CREATED", "RUNNING", "CANCELING")


@dataclass(slots=True, eq=False)
class BulkOperation:
    id: int
    type: str
    """QUERY or MUTATION."""
    query: str
    """As it was sent."""
    app: str
    created_at: float
    status: str = "CREATED"
    completed_at: float | None = None
    error_code: str | None = None
    objects: int = 0
    roots: int = 0
    result: ResultFile | None = None
    """None until it has ended, and where there are no rows. Of a failed one it is what was written by then."""

    @property
    def root(self) -> str:
        """The mutation that starts its like."""
        return f"bulkOperationRun{self.type.title()}"

    @property
    def is_at_work(self) -> bool:
        return self.status in AT_WORK

    def line(self) -> dict[str, object]:
        """For the control interface."""
        shown = ("id", "type", "query", "app", "status", "error_code", "objects", "roots")
        return {name: getattr(self, name) for name in shown} | {"created_at": iso(self.created_at)}
