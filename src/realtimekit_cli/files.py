"""The file that an export makes: its format, its compression, and how it appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import click

from realtimekit_runtime.arrow import library

from .outputs import EXPORT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FileKind", "file_kind", "one_line_errors", "replacing"]


class FileKind(NamedTuple):
    """What a file is.

    Attributes:
        format: One of `EXPORT_FORMATS`.
        compress: Wraps the file that the compressed bytes go to.
    """

    format: str
    compress: Callable[[IO[bytes]], contextlib.AbstractContextManager[IO[bytes]]]


def file_kind(path: Path, named: str | None) -> FileKind:
    """What a file of this name is; `named` is the format, if the user has named one.

    Raises:
        click.UsageError: The name does not tell.
        ConfigurationError: The format needs a package that is not installed.
    """
    ends = [end.lower() for end in path.suffixes]
    compression = ends.pop() if ends and ends[-1] in (".gz", ".zst") else ""
    format_ = named or (ends[-1][1:] if ends else "")
    if format_ not in EXPORT_FORMATS:
        raise click.UsageError(
            f"The name of {path} does not tell its format: end it with .ndjson, .csv (either with .gz or .zst after "
            f"it) or .parquet, or use --format"
        )
    if format_ == "parquet":
        if compression:
            raise click.UsageError(f"Parquet compresses itself: leave out the {compression} of {path}")
        library("pyarrow", "realtimekit[parquet]")
    if compression == ".zst":
        zstd = (
            library("compression.zstd")
            if sys.version_info >= (3, 14)
            else library("backports.zstd", "realtimekit[zstd]")
        )
        return FileKind(format_, lambda file: zstd.ZstdFile(file, mode="w"))
    return FileKind(format_, _gzip if compression else contextlib.nullcontext)


class _GzipWriter:
    """Compresses what is written.

    After an error, Python's own `GzipFile` writes once more when it is deleted, and Python 3.13 shows its traceback.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        # With the header and the trailer of gzip. No name and no time are in it: the same items give the same bytes.
        self._compressor = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)

    def write(self, data: bytes) -> None:
        self._file.write(self._compressor.compress(data))

    def finish(self) -> None:
        self._file.write(self._compressor.flush())


@contextlib.contextmanager
def _gzip(file: IO[bytes]) -> Iterator[IO[bytes]]:
    writer = _GzipWriter(file)
    yield cast("IO[bytes]", writer)
    writer.finish()


@contextlib.contextmanager
def one_line_errors(path: Path) -> Iterator[None]:
    """Say in one line that a file cannot be written."""
    try:
        yield
    except OSError as exc:
        raise click.ClickException(f"{path} cannot be written: {exc.strerror or exc}") from exc


@contextlib.contextmanager
def replacing(path: Path, place: Path, note: Callable[[os.stat_result], None]) -> Iterator[IO[bytes]]:
    """Write a file that gets its name when it is whole and on the disk. The name may not be there yet.

    Args:
        path: Its name.
        place: The name that it has until then.
        note: Is told of the finished file before it gets its name.
    """
    try:
        with place.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            status = os.fstat(file.fileno())
        note(status)
        place.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            place.unlink()
        raise
