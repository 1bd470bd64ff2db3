"""The client of one run of a command, whose waits and warnings are shown on stderr."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

import click

from .options import flag
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtimekit import Client
    from realtimekit_runtime.operations import Operation

    from .settings import Settings

__all__ = ["arguments_as_flags", "open_client"]


class _ToStderr(logging.Handler):
    """Shows the retries, waits and warnings of the SDK."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            click.echo(f"{record.levelname.lower()}: {one_line(record.getMessage())}", err=True)


@contextlib.contextmanager
def _log_on_stderr(level: int) -> Iterator[None]:
    logger, handler = logging.getLogger("realtimekit"), _ToStderr(level)
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


@contextlib.contextmanager
def open_client(settings: Settings, *, prefetch: int) -> Iterator[Client]:
    """A client for one run of a command.

    Args:
        settings: The options of the command.
        prefetch: How many pages of a list are requested at the same time.
    """
    from realtimekit import Client

    level = logging.ERROR if settings.quiet else logging.INFO
    with _log_on_stderr(level):
        client = Client(
            invalid_items=settings.invalid_items or "raise",
            timeout=settings.timeout,
            max_retries=settings.max_retries,
            prefetch=prefetch,
        )
    # The log ends before the client: closing it breaks off pages that nobody waits for.
    with client, _log_on_stderr(level):
        yield client


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
