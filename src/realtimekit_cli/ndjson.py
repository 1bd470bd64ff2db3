"""One JSON object a line, with every field, also those that are not in the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from realtimekit_runtime.models import to_builtins

from .outputs import write

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ndjson"]

_ENCODE = msgspec.json.Encoder().encode


class Ndjson:
    """Writes items as they were received, a page at a time."""

    for_people = False

    def write(self, items: Sequence[Any]) -> None:
        """Write a line for each item."""
        write(b"".join(_line(to_builtins(item)) for item in items))

    def finish(self) -> None:
        """Do nothing: every line is complete."""


def _line(item: Any) -> bytes:
    try:
        return _ENCODE(item) + b"\n"
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can only hold as an escape.
        return json.dumps(item, separators=(",", ":")).encode() + b"\n"
