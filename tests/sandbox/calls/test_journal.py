"""The journal and its totals."""

from __future__ import annotations

from sandbox.calls.journal import Journal


def test_the_counter_of_double_applications_can_count() -> None:
    """It watches the writes, and knows nothing of the store of keys that should prevent them."""
    journal = Journal()
    for key, content in (("a", 1), ("b", 1), ("a", 2), (None, 1), (None, 1)):
        journal.wrote("app", key, content, 1)
    assert journal.stats.double_applied == 0
    journal.wrote("app", "a", 1, 1)
    assert journal.stats.double_applied == 1
