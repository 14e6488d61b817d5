"""Tokens at rest: encrypted with the key in ``SHELFWIRE_SECRET_KEY``, never stored or logged in the clear."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from runner.errors import InvalidInput

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

    def seal(self, secret: str) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt.

        Raises:
            InvalidInput: it was sealed with another key.
        """
        try:
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise InvalidInput(
                "A stored token was encrypted with another secret key.",
                remedy="Set SHELFWIRE_SECRET_KEY to the key it was stored with, or add the shop anew.",
            ) from error
