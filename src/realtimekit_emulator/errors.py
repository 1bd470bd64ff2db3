"""The exception that this package raises for what its user can correct."""

from __future__ import annotations

__all__ = ["DatabaseError", "EmulatorError", "MeetingsGoneError", "TakenAppError", "UnknownAppError", "missing_extra"]


class EmulatorError(Exception):
    """Something the caller can correct: a file, a URL, a port, a contract, a meeting.

    The message says what is wrong and what to do about it.
    """


def missing_extra(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """The same error, with the command that installs what is missing."""
    message = f"The emulator needs {error.name}, which is not installed: run `pip install 'realtimekit[emulator]'`"
    return ModuleNotFoundError(message, name=error.name)


class DatabaseError(EmulatorError):
    """The database cannot be reached, or what is in it cannot be used."""


class MeetingsGoneError(DatabaseError):
    """Meetings that were in the database are no longer in it."""


class UnknownAppError(EmulatorError):
    """There is no such app."""


class TakenAppError(EmulatorError):
    """Another account has an app of this id."""
