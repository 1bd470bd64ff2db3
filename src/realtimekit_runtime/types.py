"""The names that the types of parameters are made of, such as `types.Meta` and `types.UUID`.

Each is imported when it is first used, so that a client starts fast.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any
    from uuid import UUID

    from .models import AwareDatetime, Meta

__all__ = ["UUID", "Any", "AwareDatetime", "Meta", "date"]

_MODULES = {"Any": "typing", "AwareDatetime": ".models", "Meta": ".models", "UUID": "uuid", "date": "datetime"}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_MODULES[name], __package__), name)
        return value
