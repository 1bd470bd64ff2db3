"""The endpoint for tests: realtimekit's contract, served from a real database.

`Emulator` is the whole interface; `EmulatorError` is raised for what a caller can correct. Installing
`realtimekit[emulator]` also gives pytest the fixture `realtimekit_emulator`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .controls import RecordedRequest
    from .emulator import Emulator
    from .errors import EmulatorError

__all__ = ["Emulator", "EmulatorError", "RecordedRequest"]

_HOMES = {"Emulator": ".emulator", "EmulatorError": ".errors", "RecordedRequest": ".controls"}


def __getattr__(name: str) -> Any:
    # pytest imports this package in every run where it is installed, so nothing is loaded before it is used.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
