"""Shops: what their tokens come from, and what they say of themselves."""

from __future__ import annotations

from tests.seeds import Shelf, rows, value

LEASE = "select sync.lease_renewal(%s, %s)"


def test_credentials_that_are_replaced_take_their_token_along(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("select sync.set_credentials(%s, 'client_credentials', 'id', 'secret')", (shelf.shop,))
    renewal = value(c, LEASE, shelf.shop, 10)
    c.execute("select sync.store_token(%s, %s, 'token', 3600)", (shelf.shop, renewal))
    lasts = "select access_token_expires_at - clock_timestamp() between '59 min' and '60 min' from sync.shops"
    assert value(c, lasts)
    c.execute("select sync.set_credentials(%s, 'token', null, 'other')", (shelf.shop,))
    (shop,) = rows(c, "select grant_type, client_id, secret, access_token, access_token_expires_at from sync.shops")
    assert tuple(shop.values()) == ("token", None, b"other", None, None)


def test_one_renews_a_token_until_it_was_silent_for_too_long_and_what_comes_late_is_not_kept(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("select sync.set_credentials(%s, 'client_credentials', 'id', 'secret')", (shelf.shop,))
    first = value(c, LEASE, shelf.shop, 10)
    assert first and value(c, LEASE, shelf.shop, 10) is None
    c.execute("update sync.shops set renewal_ends_at = clock_timestamp()")
    second = value(c, LEASE, shelf.shop, 10)
    assert second not in (None, first)
    store = "select sync.store_token(%s, %s, %s, 3600)"
    for renewal, token in ((first, b"late"), (second, b"new"), (second, b"again")):
        c.execute(store, (shelf.shop, renewal, token))
    assert value(c, "select access_token from sync.shops") == b"new"
    third = value(c, LEASE, shelf.shop, 10)
    c.execute("select sync.end_renewal(%s, %s)", (shelf.shop, first))
    assert value(c, LEASE, shelf.shop, 10) is None
    c.execute("select sync.end_renewal(%s, %s)", (shelf.shop, third))
    assert value(c, LEASE, shelf.shop, 10)


def test_what_a_shop_says_of_itself_is_kept(shelf: Shelf) -> None:
    shelf.connection.execute("select sync.record_shop(%s, 'One', 'EUR', array['read_products'])", (shelf.shop,))
    (shop,) = rows(shelf.connection, "select name, currency, scopes, verified_at is not null from sync.shops")
    assert tuple(shop.values()) == ("One", "EUR", ["read_products"], True)
