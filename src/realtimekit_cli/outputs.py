"""The output formats. Every command writes in one of `FORMATS`; each is imported when it is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import click

from .exits import CLOSED_PIPE

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FORMATS", "Output", "open_output", "write"]

FORMATS = {"table": "table:Table", "ndjson": "ndjson:Ndjson"}


class Output(Protocol):
    """One way to write items."""

    for_people: bool
    """Whether people read it: then a line on stderr says how many items it has."""

    def write(self, items: Sequence[Any]) -> None:
        """Write some items, usually a page."""

    def finish(self) -> None:
        """End the output. It is not called after a failure, so that a part never looks complete."""


def open_output(name: str | None) -> Output:
    """The output of this name, by default a table on a terminal and ndjson elsewhere."""
    module, _, kind = FORMATS[name or ("table" if sys.stdout.isatty() else "ndjson")].partition(":")
    output: Output = getattr(import_module(f".{module}", __package__), kind)()
    return output


def write(data: bytes) -> None:
    """Write to stdout, at once.

    Raises:
        click.exceptions.Exit: If the reader closed the pipe.
        click.ClickException: If it cannot be written.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as exc:
        # Python would try to write the rest of the buffer at exit, and show an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(exc, BrokenPipeError):
            raise click.exceptions.Exit(CLOSED_PIPE) from None
        raise click.ClickException(f"The output cannot be written: {exc.strerror}") from None
