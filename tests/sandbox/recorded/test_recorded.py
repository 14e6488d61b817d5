"""The sandbox answers as the service did: every recorded call that concerns what it serves, judged."""

from __future__ import annotations

import pytest

from tests.sandbox.recorded.judge import Verdict, report, verdicts
from tests.sandbox.recorded.known import DIFFERENT
from tests.sandbox.recording import needs_recordings

pytestmark = needs_recordings

SHARE = 0.95


@pytest.fixture(scope="module")
def all_verdicts() -> list[Verdict]:
    found = list(verdicts())
    print(report(found))
    return found


def test_95_of_100_judged_calls_are_answered_alike(all_verdicts: list[Verdict]) -> None:
    judged = [one for one in all_verdicts if one.unjudged is None]
    alike = [one for one in judged if not one.differences]
    assert len(judged) > 100
    assert len(alike) >= SHARE * len(judged), report(all_verdicts)


def test_what_is_answered_differently_is_known_with_its_reason(all_verdicts: list[Verdict]) -> None:
    different = {one.place: one.differences for one in all_verdicts if one.differences}
    unknown = {place: lines for place, lines in different.items() if place not in DIFFERENT}
    assert unknown == {}
    assert set(DIFFERENT) == set(different)
