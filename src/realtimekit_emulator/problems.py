"""The one exception this package raises for what its user can put right."""

from __future__ import annotations

__all__ = ["EmulatorError"]


class EmulatorError(Exception):
    """Something the caller can put right: a file, a URL, a port, a contract, a meeting.

    The message is one line that says what is wrong and what to do about it.
    """
