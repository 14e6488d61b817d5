"""Shops: what their tokens come from, and what they say of themselves."""

from __future__ import annotations

from tests.seeds import Shelf, rows, value


def test_credentials_that_are_replaced_take_their_token_along(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("select sync.set_credentials(%s, 'client_credentials', 'id', 'secret')", (shelf.shop,))
    c.execute("select sync.store_token(%s, 'token', 3600)", (shelf.shop,))
    lasts = "select access_token_expires_at - clock_timestamp() between '59 min' and '60 min' from sync.shops"
    assert value(c, lasts)
    c.execute("select sync.set_credentials(%s, 'token', null, 'other')", (shelf.shop,))
    (shop,) = rows(c, "select grant_type, client_id, secret, access_token, access_token_expires_at from sync.shops")
    assert tuple(shop.values()) == ("token", None, b"other", None, None)


def test_what_a_shop_says_of_itself_is_kept(shelf: Shelf) -> None:
    shelf.connection.execute("select sync.record_shop(%s, 'One', 'EUR', array['read_products'])", (shelf.shop,))
    (shop,) = rows(shelf.connection, "select name, currency, scopes, verified_at is not null from sync.shops")
    assert tuple(shop.values()) == ("One", "EUR", ["read_products"], True)
