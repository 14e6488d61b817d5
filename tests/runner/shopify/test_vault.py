"""Tokens at rest."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from runner.errors import InvalidInput
from runner.shopify.vault import Vault


def vault(key: str | None = None) -> Vault:
    return Vault(SecretStr(key or Vault.new_key()))


def test_what_is_sealed_can_be_opened_and_does_not_show() -> None:
    one = vault()
    sealed = one.seal("shpat_secret")
    assert b"shpat_secret" not in sealed
    assert one.open(sealed) == "shpat_secret"


def test_another_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidInput, match="another secret key") as caught:
        vault().open(vault().seal("shpat_secret"))
    assert "SHELFWIRE_SECRET_KEY" in str(caught.value)


@pytest.mark.parametrize("key", ["", "short", "not base64 at all!"])
def test_a_bad_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        Vault(SecretStr(key))


def test_no_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidInput, match="shelfwire shop key"):
        Vault(None)
