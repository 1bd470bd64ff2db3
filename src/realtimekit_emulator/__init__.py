"""The endpoint for tests: the contract of realtimekit, served from a real database.

`Emulator` is the whole interface; `EmulatorError` says what a caller can put right. Installing `realtimekit[emulator]`
also gives pytest the fixture `realtimekit_emulator`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .controls import RecordedRequest
    from .emulator import Emulator
    from .problems import EmulatorError

__all__ = ["Emulator", "EmulatorError", "RecordedRequest"]

_HOMES = {"Emulator": ".emulator", "EmulatorError": ".problems", "RecordedRequest": ".controls"}


def __getattr__(name: str) -> Any:
    # pytest imports this package in every run of everybody who has it installed: nothing is loaded before it is used.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
