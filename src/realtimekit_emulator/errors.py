"""The exception that this package raises for what its user can correct."""

from __future__ import annotations

__all__ = ["EmulatorError"]


class EmulatorError(Exception):
    """Something the caller can correct: a file, a URL, a port, a contract, a meeting.

    The message says what is wrong and what to do about it.
    """
