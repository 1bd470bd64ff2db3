"""Where responses go. Every command writes through one of `FORMATS`; each is imported when it is used."""

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
    """Whether it is read by people: then a line on stderr says how many items it has."""

    def write(self, items: Sequence[Any]) -> None:
        """Write some items at once: a page of them."""

    def finish(self) -> None:
        """End the output. Not called after a failure, so that a half never looks whole."""


def open_output(name: str | None) -> Output:
    """The output called `name`, or the one that fits what stdout is."""
    module, _, kind = FORMATS[name or ("table" if sys.stdout.isatty() else "ndjson")].partition(":")
    output: Output = getattr(import_module(f".{module}", __package__), kind)()
    return output


def write(data: bytes) -> None:
    """Write to stdout, at once.

    Raises:
        click.exceptions.Exit: Nobody reads it any more.
        click.ClickException: It cannot be written.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as exc:
        # What is left in the buffer would be tried again, and complained about, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(exc, BrokenPipeError):
            raise click.exceptions.Exit(CLOSED_PIPE) from None
        raise click.ClickException(f"The output cannot be written: {exc.strerror}") from None
