"""The file beside an export's output that keeps what was read, so that an export that was killed can go on.

    #{"operation": …}     what the export is: the operation with its arguments, and the version of the contract
    {"id": …}             the items of a page, a line each, as they were received
    #{"index": 0, …}       a mark: the items above are whole, and from where their list goes on

A page and its mark are on the disk before the next page is written. What comes after the last mark that fits is the
rest of a write that did not end, and is cut off.
"""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click
import msgspec

from realtimekit_runtime.walk import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Head", "Mark", "Spool", "sync_folder"]

_MARK = b"#"
_HEAD = b'#{"operation":'
_VERSION = 1


class Head(msgspec.Struct):
    """What an export is. It never has the token.

    Attributes:
        operation: The operation's id.
        version: The contract's version.
        base_url: The address of the API.
        arguments: The values of the options that all its lists have in common, JSON-ready.
        typed: The same options as they were typed: `3 days ago` is another time whenever it is read.
        lists: The values of the options that were repeated, for each list.
        show_secrets: Whether its items have their secrets.
        spool: The version of this format.
    """

    operation: str
    version: str
    base_url: str
    arguments: dict[str, Any]
    typed: dict[str, Any]
    lists: list[dict[str, Any]]
    show_secrets: bool = False
    spool: int = _VERSION


class Mark(msgspec.Struct, omit_defaults=True):
    """What is known after the items above it.

    Attributes:
        index: Which of the lists.
        items: How many items stand between this mark and the one before it.
        checksum: Of the lines of these items.
        checkpoint: From where the list goes on; None if it has been read whole.
        left_out: The keys of invalid items of this page.
        output: Size and time of change of the finished output, before it gets its name.
    """

    index: int = 0
    items: int = 0
    checksum: int = 0
    checkpoint: Checkpoint | None = None
    left_out: list[str] = []
    output: tuple[int, int] | None = None


class Spool:
    """An open spool. While it is open, no other process can open it."""

    def __init__(self, path: Path) -> None:
        """Open a spool, or make an empty one.

        Raises:
            click.ClickException: Another process has it open.
            OSError: It cannot be opened.
        """
        self.path = path
        self._file = _open_locked(path)
        # The end of the last mark that was read or written.
        self.end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def begin(self, head: Head) -> None:
        """Start anew."""
        self.cut(0)
        self._append(_MARK + msgspec.json.encode(head) + b"\n")
        sync_folder(self.path)

    def head(self) -> Head | None:
        """Read what the export is; None if the spool was not begun.

        Raises:
            click.ClickException: The file is no spool of this version.
        """
        with self.path.open("rb") as file:
            line = file.readline()
        # After a power cut, zeros may stand in the place of what was not written.
        written = line.partition(b"\0")[0]
        if not written.endswith(b"\n") and (_HEAD.startswith(written) or written.startswith(_HEAD)):
            return None
        with contextlib.suppress(msgspec.MsgspecError):
            head = msgspec.json.decode(written.removeprefix(_MARK), type=Head)
            if head.spool == _VERSION:
                self.end = len(line)
                return head
        raise click.ClickException(f"{self.path} is no unfinished export that this version can read: move it away")

    def pages(self) -> Iterator[tuple[Mark, list[bytes]]]:
        """Read every mark with the items above it, up to the last mark that fits; they are as many as one page has."""
        with self.path.open("rb") as file:
            self.end = len(file.readline())
            lines: list[bytes] = []
            for line in file:
                if not line.startswith(_MARK):
                    lines.append(line)
                    continue
                mark = _read_mark(line, lines)
                if mark is None:
                    return
                self.end += sum(map(len, lines)) + len(line)
                yield mark, lines
                lines = []

    def cut(self, end: int) -> None:
        """Drop everything after a place."""
        os.ftruncate(self._file, end)
        self.end = end

    def add(self, mark: Mark, items: Sequence[bytes] = ()) -> None:
        """Write items, a line each, and a mark below them, and wait until they are on the disk."""
        mark.items, mark.checksum = len(items), _checksum(items)
        self._append(b"".join([*items, _MARK, msgspec.json.encode(mark), b"\n"]))

    def remove(self) -> None:
        """Delete the spool."""
        self.path.unlink()
        sync_folder(self.path)

    def _append(self, data: bytes) -> None:
        os.lseek(self._file, self.end, os.SEEK_SET)
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)
        self.end += len(data)


def _read_mark(line: bytes, items: list[bytes]) -> Mark | None:
    """The mark in a line, if it fits the items above it."""
    with contextlib.suppress(msgspec.MsgspecError):
        mark = msgspec.json.decode(line[1:], type=Mark)
        if (mark.items, mark.checksum) == (len(items), _checksum(items)) and line[-1:] == b"\n":
            return mark
    return None


def _checksum(lines: Sequence[bytes]) -> int:
    found = 0
    for line in lines:
        found = zlib.crc32(line, found)
    return found


def _open_locked(path: Path) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _lock(file)
            # The process that had it open may have deleted it meanwhile.
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        except BlockingIOError:
            os.close(file)
            raise click.ClickException(f"Another process is writing to {path}: wait for it, or end it") from None
        except FileNotFoundError:
            pass
        os.close(file)


def _lock(file: int) -> None:
    # On Windows, nothing keeps two processes apart.
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sync_folder(path: Path) -> None:
    """Wait until the name of a file is on the disk."""
    # Windows cannot open folders, and a folder may be writable and not readable.
    with contextlib.suppress(PermissionError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
