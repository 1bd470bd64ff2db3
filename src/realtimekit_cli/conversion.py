"""Writes the pages of a spool as NDJSON, CSV or Parquet, with memory for some pages and not for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any, NamedTuple

from realtimekit_runtime.arrow import ArrowRows, library
from realtimekit_runtime.decoding import codec
from realtimekit_runtime.origin import untyped
from realtimekit_runtime.rows import encode_json, free_name

from .csv_output import Csv
from .fields import Fields

__all__ = ["Page", "convert", "read_items"]

# Large enough for readers, and small enough for the memory.
_ROWS_OF_A_GROUP = 50_000


class Page(NamedTuple):
    """Some items of one list.

    Attributes:
        labels: The names and values that tell this list from the others.
        lines: Its items as JSON, a line each.
    """

    labels: Mapping[str, str]
    lines: Sequence[bytes]


def convert(
    pages: Iterable[Page], file: IO[bytes], name: str, row_type: Any, labels: Sequence[str], *, spreadsheet_safe: bool
) -> None:
    """Write pages.

    Args:
        pages: The pages.
        file: Where to.
        name: The name of the format.
        row_type: The type of the items.
        labels: The names of the labels of all pages, which become columns.
        spreadsheet_safe: Whether CSV must not hold what a spreadsheet runs as a formula.
    """
    if name == "ndjson":
        _write_ndjson(pages, file)
        return
    typed = ((read_items(row_type, page.lines), page.labels) for page in pages)
    if name == "parquet":
        _write_parquet(typed, file, ArrowRows(row_type, labels))
        return
    csv = Csv(Fields(row_type), spreadsheet_safe=spreadsheet_safe, labels=labels, write=file.write)
    for items, values in typed:
        csv.write(items, values)
    csv.finish()


def read_items(row_type: Any, lines: Sequence[bytes]) -> list[Any]:
    """The items of lines."""
    items: list[Any] = codec(list[row_type]).decode(b"[" + b",".join(lines) + b"]")
    return items


def _write_ndjson(pages: Iterable[Page], file: IO[bytes]) -> None:
    for page in pages:
        lines = page.lines
        if page.labels:
            lines = [_labelled(untyped(line), page.labels) for line in lines]
        file.write(b"".join(lines))


def _labelled(item: Any, labels: Mapping[str, str]) -> bytes:
    """An item with its labels; where the service sends a field of that name, the label gets an underscore."""
    if not isinstance(item, dict):
        item = {"value": item}
    return encode_json({**{free_name(name, item): value for name, value in labels.items()}, **item}) + b"\n"


def _write_parquet(pages: Iterable[tuple[list[Any], Mapping[str, str]]], file: IO[bytes], rows: ArrowRows) -> None:
    parquet = library("pyarrow.parquet")
    batches: list[Any] = []
    with parquet.ParquetWriter(file, rows.schema, compression="zstd") as writer:
        for items, labels in pages:
            batches.append(rows.batch(items, labels))
            if sum(batch.num_rows for batch in batches) >= _ROWS_OF_A_GROUP:
                writer.write_table(rows.table(batches))
                batches = []
        if batches:
            writer.write_table(rows.table(batches))
