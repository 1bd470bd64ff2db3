"""The default account, its app, and a token that may read the app's meetings."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import ClassVar

__all__ = ["ID", "Identity", "new_token"]

ID = "[0-9A-Za-z_-]{1,64}"
"""A pattern of the ids that accounts and apps are given; the service's own are shorter."""


@dataclass(frozen=True)
class Identity:
    """The account, app and token that every database has from the start."""

    PERMISSIONS: ClassVar[frozenset[str]] = frozenset({"Realtime Admin", "Realtime"})

    account_id: str
    app_id: str
    api_token: str = field(repr=False)

    @classmethod
    def fixed(cls) -> Identity:
        """The same for every database in memory."""
        return cls(
            account_id="0123456789abcdef0123456789abcdef",
            app_id="00000000-0000-4000-8000-00000000a44a",
            api_token="emulator-token-for-tests-only-0123456789",  # noqa: S106 - only the emulator accepts it
        )

    @classmethod
    def new(cls) -> Identity:
        """A new one, for a database in a file or on a server."""
        return cls(account_id=secrets.token_hex(16), app_id=str(uuid.uuid4()), api_token=new_token())


def new_token() -> str:
    """A random token."""
    return secrets.token_hex(20)
