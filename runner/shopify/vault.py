"""Tokens at rest: encrypted with the key in ``SHELFWIRE_SECRET_KEY``, never stored or logged in the clear.

Each is bound to its shop and address: whoever may change those in the database gets no token sent elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from runner.db.shops import Shop
from runner.errors import InvalidInput, ShopRefused

REMEDY = "Make one with `shelfwire shop key` and keep it in the environment as SHELFWIRE_SECRET_KEY."


class Vault:
    """Encrypts and decrypts with one key.

    Raises:
        InvalidInput: there is no key, or it is not one.
    """

    def __init__(self, key: SecretStr | None) -> None:
        if key is None:
            raise InvalidInput("There is no secret key to encrypt tokens with.", remedy=REMEDY)
        try:
            self._fernet = Fernet(key.get_secret_value())
        except ValueError as error:
            raise InvalidInput("The secret key is not 32 bytes in base64.", remedy=REMEDY) from error

    @staticmethod
    def new_key() -> str:
        """A fresh key."""
        return Fernet.generate_key().decode()

    def seal(self, secret: str, domain: str, url: str) -> bytes:
        """Encrypt, together with the shop and the address that it may be sent to."""
        return self._fernet.encrypt(json.dumps([secret, domain, url]).encode())

    def open(self, sealed: bytes, domain: str, url: str) -> str:
        """Decrypt.

        Raises:
            ShopRefused: it was sealed with another key, or given for another shop or address.
        """
        remedy = f"Run: shelfwire shop token {domain}"
        try:
            secret, of, at = json.loads(self._fernet.decrypt(bytes(sealed)))
        except (InvalidToken, ValueError) as error:
            raise ShopRefused(
                f"The token of {domain} was encrypted with another secret key than SHELFWIRE_SECRET_KEY.",
                code="OTHER_KEY",
                remedy=f"Set the key it was stored with, or give the token again. {remedy}",
            ) from error
        if (of, at) != (domain, url):
            raise ShopRefused(
                f"The token of {domain} was given for {of} at {at}, not for {url}: it is not sent there.",
                code="OTHER_ADDRESS",
                remedy=remedy,
            )
        return str(secret)

    def closed(self, shops: Sequence[Shop]) -> list[ShopRefused]:
        """Why the tokens of some shops cannot be opened, of those that cannot."""
        refused = []
        for shop in shops:
            try:
                self.open(shop.secret, shop.domain, shop.url)
            except ShopRefused as error:
                refused.append(error)
        return refused


def is_other_key(closed: Sequence[ShopRefused], shops: Sequence[Shop]) -> bool:
    """Whether there are shops, and what is ``closed`` of them is all, each sealed with another key."""
    return bool(shops) and [error.code for error in closed] == ["OTHER_KEY"] * len(shops)
