"""Tokens at rest."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from runner.errors import InvalidInput, ShopRefused
from runner.shopify.vault import Vault


def vault(key: str | None = None) -> Vault:
    return Vault(SecretStr(key or Vault.new_key()))


AT = ("one.myshopify.com", "https://one.myshopify.com")


def test_what_is_sealed_can_be_opened_and_does_not_show() -> None:
    one = vault()
    sealed = one.seal("shpat_secret", *AT)
    assert b"shpat_secret" not in sealed
    assert one.open(sealed, *AT) == "shpat_secret"


def test_another_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(ShopRefused, match="another secret key") as caught:
        vault().open(vault().seal("shpat_secret", *AT), *AT)
    assert "SHELFWIRE_SECRET_KEY" in str(caught.value)


@pytest.mark.parametrize(
    "elsewhere", [("one.myshopify.com", "https://attack.example"), ("two.myshopify.com", "https://one.myshopify.com")]
)
def test_a_token_is_opened_only_for_the_shop_and_the_address_it_was_given_for(elsewhere: tuple[str, str]) -> None:
    one = vault()
    with pytest.raises(ShopRefused, match="not sent there") as caught:
        one.open(one.seal("shpat_secret", *AT), *elsewhere)
    assert "shpat_secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "short", "not base64 at all!"])
def test_a_bad_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        Vault(SecretStr(key))


def test_no_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidInput, match="shelfwire shop key"):
        Vault(None)
