"""What the tests of exports share: where they write, and what is there afterwards."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from backports import zstd

EXPORT = ("meetings", "export")
OUT = Path("out.ndjson")
FORMATS = ["ndjson", "ndjson.gz", "ndjson.zst", "csv", "csv.gz", "csv.zst", "parquet"]


def read_back(path: Path) -> list[dict[str, Any]]:
    """The rows of a file; in CSV, all values are texts."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    unpack = {".gz": gzip.decompress, ".zst": zstd.decompress}.get(path.suffix, bytes)
    text = unpack(path.read_bytes()).decode()
    if ".csv" in path.name:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [json.loads(line) for line in text.split("\n")[:-1]]


def ids(path: Path) -> list[str]:
    """The ids of the meetings in a file."""
    return [row["id"] for row in read_back(path)]


def spool(path: Path) -> Path:
    """Where an export to a file keeps what it has read."""
    return path.with_name(f"{path.name}.spool")


def files() -> list[str]:
    """What the working directory has in it."""
    return sorted(path.name for path in Path().iterdir())
