"""The client of one run of a command, whose waits and warnings are shown on stderr."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import click

from .options import flag
from .profiles import VARIABLES
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtimekit import Client
    from realtimekit_runtime.operations import Operation

    from .profiles import Profile
    from .settings import Settings

__all__ = ["arguments_as_flags", "log_on_stderr", "new_client", "open_client", "spelled"]


class _ToStderr(logging.Handler):
    """Shows the retries, waits and warnings of the SDK."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            click.echo(f"{record.levelname.lower()}: {one_line(record.getMessage())}", err=True)


@contextlib.contextmanager
def log_on_stderr(level: int) -> Iterator[None]:
    """Show the log of the SDK from a level on."""
    logger, handler = logging.getLogger("realtimekit"), _ToStderr(level)
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def new_client(settings: Settings, **more: Any) -> Client:
    """A client with the options of a command, and with more arguments.

    Raises:
        ConfigurationError: A setting is missing or cannot be used.
    """
    from realtimekit import Client

    return Client(
        **(settings.profile.arguments() | more),
        invalid_items=settings.invalid_items or "raise",
        timeout=settings.timeout,
        max_retries=settings.max_retries,
    )


@contextlib.contextmanager
def open_client(settings: Settings, *, prefetch: int) -> Iterator[Client]:
    """A client for one run of a command. The errors inside call the settings of the client as its user sets them.

    Args:
        settings: The options of the command.
        prefetch: How many pages of a list are requested at the same time.
    """
    from realtimekit.errors import RealtimeKitError

    try:
        with log_on_stderr(settings.log_level):
            client = new_client(settings, prefetch=prefetch)
        # The log ends before the client: closing it breaks off pages that nobody waits for.
        with client, log_on_stderr(settings.log_level):
            yield client
    except RealtimeKitError as exc:
        exc.setting = spelled(exc.setting, settings.profile)
        raise


def spelled(setting: str | None, profile: Profile) -> str | None:
    """How the user sets a setting that an error of the SDK is about; None for one that cannot be set here."""
    if setting == "allow_http":
        return f"{spelled('base_url', profile)}, {VARIABLES[setting]}=1"
    if setting in VARIABLES:
        return profile.source(setting) or VARIABLES[setting]
    return {"invalid_items": "--invalid-items skip", "timeout": "--timeout"}.get(setting or "")


@contextlib.contextmanager
def arguments_as_flags(operation: Operation) -> Iterator[None]:
    """Say what is wrong with an argument with its name on the command line."""
    from realtimekit.errors import ArgumentError

    try:
        yield
    except ArgumentError as exc:
        message = str(exc)
        for parameter in operation.parameters:
            if message.startswith(f"{parameter.python_name} "):
                message = flag(parameter) + message.removeprefix(parameter.python_name)
        raise click.UsageError(message) from None
