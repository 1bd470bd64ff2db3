"""The output formats. Every command writes in one of `FORMATS`; each is imported when it is used."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .fields import Fields

__all__ = ["EXPORT_FORMATS", "FORMATS", "Output", "drop_output", "open_output", "write"]

FORMATS = {
    "table": "table:Table",
    "ndjson": "json_outputs:Ndjson",
    "json": "json_outputs:JsonArray",
    "csv": "csv_output:Csv",
}
EXPORT_FORMATS = ("ndjson", "csv", "parquet")


class Output(Protocol):
    """One way to write items."""

    for_people: bool
    """Whether people read it: then a line on stderr says how many items it has."""

    def write(self, items: Sequence[Any]) -> None:
        """Write some items, usually a page."""

    def finish(self) -> None:
        """End the output. It is not called after a failure, so that a part never looks complete."""


def open_output(name: str | None, fields: Fields, **options: Any) -> Output:
    """The output of this name.

    Args:
        name: One of `FORMATS`; by default a table on a terminal and ndjson elsewhere.
        fields: The fields of the items.
        **options: More options of this output.
    """
    module, _, kind = FORMATS[name or ("table" if sys.stdout.isatty() else "ndjson")].partition(":")
    output: Output = getattr(import_module(f".{module}", __package__), kind)(fields, **options)
    return output


def write(data: bytes) -> None:
    """Write to stdout, at once.

    Raises:
        OSError: If it cannot be written; a file is then as it was before.
    """
    stream, size = sys.stdout.buffer, _file_size()
    try:
        # Line by line: an interrupt leaves whole lines in the buffer, which is written at exit.
        for line in data.splitlines(keepends=True):
            stream.write(line)
        stream.flush()
    except OSError:
        if size is not None:
            os.ftruncate(sys.stdout.fileno(), size)
            os.lseek(sys.stdout.fileno(), size, os.SEEK_SET)
        raise


def drop_output() -> None:
    """Forget what could not be written; Python would try again at exit, and show an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _file_size() -> int | None:
    """The size of the file that stdout is; None if it is something else."""
    try:
        status = os.fstat(sys.stdout.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
