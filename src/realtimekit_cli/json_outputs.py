"""JSON: an object a line, or one array. Items have every field, also those that are not in the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realtimekit_runtime.rows import encode_json

from .outputs import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .fields import Fields

__all__ = ["JsonArray", "Ndjson"]


class Ndjson:
    """Writes items as they were received, a line each."""

    for_people = False

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def write(self, items: Sequence[Any]) -> None:
        """Write a line for each item."""
        write(b"".join(encode_json(self._fields.plain(item)) + b"\n" for item in items))

    def finish(self) -> None:
        """Do nothing: every line is complete."""


class JsonArray:
    """Writes one array, a page at a time. Only the end closes it, so that a part is never taken for the whole."""

    for_people = False

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._before = b"[\n"

    def write(self, items: Sequence[Any]) -> None:
        """Write items, with what separates them from those before."""
        if items:
            write(self._before + b",\n".join(encode_json(self._fields.plain(item)) for item in items))
            self._before = b",\n"

    def finish(self) -> None:
        """Close the array."""
        write(b"\n]\n" if self._before == b",\n" else b"[]\n")
