"""One shop, one writer: what a mark in the shop means, and what may be written meanwhile."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.seeds import Shelf, rows, value

OTHER = {"installation": str(uuid.uuid4()), "mark": str(uuid.uuid4()), "database": "elsewhere"}


@pytest.fixture
def confirmed(shelf: Shelf) -> Shelf:
    """A live shop that holds our mark."""
    shelf.stocked(3)
    beat(shelf)
    return shelf


def beat(shelf: Shelf) -> dict[str, Any]:
    """The mark is due, left in the shop and confirmed; returns what it says."""
    shelf.connection.execute("update sync.writers set beat_at = now()")
    (due,) = rows(shelf.connection, "select * from sync.lease_beats(10)")
    confirm = b"select sync.confirm_writer(%s, %s, 'gid://shopify/AppInstallation/1', 'digest', 20)"
    shelf.connection.execute(confirm, (shelf.shop, due["sent"]))
    says: dict[str, Any] = due["says"]
    return says


def judge(shelf: Shelf, mark: dict[str, Any] | None, seconds_old: float = 0) -> str:
    given = None if mark is None else json.dumps(mark)
    return str(value(shelf.connection, "select sync.judge_mark(%s, %s::jsonb, %s)", shelf.shop, given, seconds_old))


def mode(shelf: Shelf) -> str:
    return str(value(shelf.connection, "select mode from sync.shops where id = %s", shelf.shop))


def stops(shelf: Shelf) -> str | None:
    found = value(shelf.connection, "select sync.writing_stops(%s)", shelf.shop)
    may = value(shelf.connection, "select sync.may_write(%s)", shelf.shop)
    assert may is (found is None)
    return None if found is None else str(found)


def alerts(shelf: Shelf) -> list[str]:
    return [r["rule"] for r in rows(shelf.connection, "select rule from sync.open_alerts order by rule")]


def test_nothing_is_written_before_the_mark_was_seen_and_a_minute_after(confirmed: Shelf) -> None:
    assert stops(confirmed) is None
    confirmed.connection.execute("update sync.writers set confirmed_at = clock_timestamp() - interval '61 seconds'")
    assert stops(confirmed) == "unconfirmed"
    confirmed.sell("1")
    assert confirmed.relay()["packed"] == 0
    beat(confirmed)
    assert stops(confirmed) is None
    assert confirmed.relay()["packed"] == 1


def test_who_renews_a_mark_does_so_alone(confirmed: Shelf) -> None:
    lease = "select count(*) from sync.lease_beats(10)"
    assert value(confirmed.connection, lease) == 0
    confirmed.connection.execute("update sync.writers set beat_at = now()")
    assert value(confirmed.connection, lease) == 1
    assert value(confirmed.connection, lease) == 0


def test_marks_that_we_have_sent_are_ours_whether_we_know_the_answer_or_not(confirmed: Shelf) -> None:
    last = beat(confirmed)
    confirmed.connection.execute("update sync.writers set beat_at = now()")
    (due,) = rows(confirmed.connection, "select * from sync.lease_beats(10)")
    assert (judge(confirmed, last), judge(confirmed, due["says"])) == ("ours", "ours")
    assert judge(confirmed, None) == "free"


def test_the_mark_of_another_installation_ends_what_we_write(confirmed: Shelf) -> None:
    assert judge(confirmed, OTHER, 10_000) == "other"
    assert (mode(confirmed), stops(confirmed), alerts(confirmed)) == ("monitor", "unconfirmed", ["other_writer"])
    (told,) = rows(confirmed.connection, "select message, remedy from sync.open_alerts")
    assert OTHER["installation"] in told["message"] and "from the database elsewhere" in told["message"]
    assert "shelfwire shop adopt one.myshopify.com" in told["remedy"]
    assert "shelfwire doctor" in value(confirmed.connection, "select writer from sync.sync_health")
    # Live again it looks again.
    confirmed.connection.execute("update sync.shops set mode = 'live'")
    assert judge(confirmed, None) == "free"
    beat(confirmed)
    assert (stops(confirmed), alerts(confirmed)) == (None, [])


def test_a_new_shop_takes_the_place_of_a_mark_that_nobody_renews(shelf: Shelf) -> None:
    assert judge(shelf, OTHER, 301) == "free"
    assert judge(shelf, OTHER, 60) == "other"
    assert mode(shelf) == "monitor"


def test_what_is_no_mark_is_somebody_elses(confirmed: Shelf) -> None:
    assert judge(confirmed, {"installation": "none"}) == "other"
    confirmed.connection.execute("update sync.shops set mode = 'live'")
    assert judge(confirmed, {}) == "other"


def test_a_mark_of_ours_that_is_not_known_means_a_backup_if_nobody_renews_it(confirmed: Shelf) -> None:
    newer = {**beat(confirmed), "mark": str(uuid.uuid4())}
    assert judge(confirmed, newer) == "wait"
    assert judge(confirmed, newer) == "wait"
    confirmed.connection.execute("update sync.writers set doubted_at = doubted_at - interval '1 minute'")
    assert judge(confirmed, newer) == "restored"
    beat(confirmed)
    assert (mode(confirmed), stops(confirmed), alerts(confirmed)) == ("live", "unread", ["levels_unread"])
    # A run that began before does not count.
    run = "select sync.trust_levels(%s, %s)"
    confirmed.connection.execute(run.encode(), (confirmed.shop, 1))
    assert stops(confirmed) == "unread"
    confirmed.connection.execute(run.encode(), (confirmed.shop, confirmed.tick()))
    assert (stops(confirmed), alerts(confirmed)) == (None, [])


def test_a_mark_of_ours_that_another_like_it_replaces_means_a_twin(confirmed: Shelf) -> None:
    known = beat(confirmed)
    assert judge(confirmed, {**known, "mark": str(uuid.uuid4())}) == "wait"
    assert judge(confirmed, {**known, "mark": str(uuid.uuid4())}) == "other"
    assert (mode(confirmed), alerts(confirmed)) == ("monitor", ["other_writer"])


def test_what_was_stored_to_be_sent_is_given_up_after_a_restore(confirmed: Shelf) -> None:
    confirmed.sell("1")
    (planned,) = confirmed.prepared(["1"])
    confirmed.connection.execute("select sync.distrust_levels(%s)", (confirmed.shop,))
    found = rows(confirmed.connection, "select state from sync.requests where id = %s", planned["request_id"])
    assert found == [{"state": "abandoned"}]


def test_a_copy_writes_nothing_until_it_adopts_the_shop(confirmed: Shelf) -> None:
    before = beat(confirmed)
    confirmed.connection.execute("update sync.writers set home = 'elsewhere/1'")
    assert stops(confirmed) == "copy"
    confirmed.connection.execute("update sync.writers set beat_at = now()")
    assert rows(confirmed.connection, "select * from sync.lease_beats(10)") == []
    assert (mode(confirmed), alerts(confirmed)) == ("monitor", ["other_writer"])
    assert value(confirmed.connection, "select sync.adopt_shop(%s)", confirmed.shop) == "live"
    assert stops(confirmed) == "unconfirmed"
    after = beat(confirmed)
    assert after["installation"] != before["installation"]
    assert stops(confirmed) == "unread"
    # For whom it took the shop from it is another.
    assert judge(confirmed, before) == "other"


def test_a_shop_that_was_not_live_is_adopted_as_it_is(confirmed: Shelf) -> None:
    confirmed.connection.execute("update sync.shops set mode = 'monitor'")
    assert value(confirmed.connection, "select sync.adopt_shop(%s)", confirmed.shop) == "monitor"


def test_a_mark_that_cannot_be_renewed_for_long_is_an_alert(confirmed: Shelf) -> None:
    note = b"select sync.note_silence(%s, 'It is denied.', 3)"
    confirmed.connection.execute(note, (confirmed.shop,))
    assert alerts(confirmed) == []
    confirmed.connection.execute("update sync.writers set silent_since = silent_since - interval '121 seconds'")
    confirmed.connection.execute(note, (confirmed.shop,))
    assert alerts(confirmed) == ["writer_unconfirmed"]
    beat(confirmed)
    assert alerts(confirmed) == []
