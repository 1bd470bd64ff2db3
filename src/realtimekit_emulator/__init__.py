"""The endpoint for tests: realtimekit's contract, served from a real database.

`Emulator` is the whole interface; `EmulatorError` is raised for what a caller can correct. Installing
`realtimekit[emulator]` also gives pytest the fixture `realtimekit_emulator`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import EmulatorError, missing_extra

if TYPE_CHECKING:
    from .controls import Failures, RecordedRequest
    from .emulator import Emulator

__all__ = ["Emulator", "EmulatorError", "Failures", "RecordedRequest"]

_HOMES = {"Emulator": ".emulator", "Failures": ".controls", "RecordedRequest": ".controls"}


def __getattr__(name: str) -> Any:
    # pytest imports this package in every run where it is installed, so nothing is loaded before it is used.
    if name in _HOMES:
        try:
            return getattr(import_module(_HOMES[name], __name__), name)
        except ModuleNotFoundError as error:
            raise missing_extra(error) from None
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
