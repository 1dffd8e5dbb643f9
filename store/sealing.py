"""Secrets at rest: gift codes and the like are stored sealed, and opened for whoever may see them."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class NotOpened(Exception):
    """It was sealed with a key that is not there any more, or somebody changed it."""


class NoKeys(Exception):
    """Nothing can be sealed: PLAUDIT_SECRET_KEYS names no key."""


class Sealer:
    """By Fernet keys: the first one seals, all of them open. Raises ValueError for what is no key."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        fernets = [Fernet(one) for one in keys]
        self._fernet = MultiFernet(fernets) if fernets else None

    @property
    def can_seal(self) -> bool:
        return self._fernet is not None

    def seal(self, secret: str) -> str:
        """The sealed text, in letters that any column takes. Raises `NoKeys`."""
        if self._fernet is None:
            raise NoKeys
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises `NotOpened`."""
        if self._fernet is None:
            raise NotOpened
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise NotOpened from error
