"""CSV: a header, then a row for each item. Nested values are JSON text, times are in UTC.

A cell of nothing is null; an empty text is `""`. (Python's csv cannot tell them apart before 3.12.)
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from realtimekit_runtime.models import to_builtins
from realtimekit_runtime.rows import encode_json

from .outputs import write

if TYPE_CHECKING:
    from .fields import Fields

__all__ = ["Csv"]

_QUOTED = re.compile(r'[",\r\n]|\A\Z')
# What spreadsheets take for the beginning of a formula.
_FORMULA = tuple("=+-@\t\r")


class Csv:
    """Writes rows, a page at a time; all have the same columns, whatever the items hold."""

    for_people = False

    def __init__(
        self,
        fields: Fields,
        *,
        spreadsheet_safe: bool = False,
        labels: Sequence[str] = (),
        write: Callable[[bytes], object] = write,
    ) -> None:
        """Start a file.

        Args:
            fields: The columns.
            spreadsheet_safe: Whether a text that a spreadsheet would run as a formula gets an apostrophe before it.
            labels: Names of columns before those of the items.
            write: Where the rows go.
        """
        self._fields = fields
        self._safe = spreadsheet_safe
        self._write = write
        self._names = (*labels, *fields.names)
        self._is_begun = False

    def write(self, items: Sequence[Any], labels: Mapping[str, str] | None = None) -> None:
        """Write a row for each item, and the header before the first; `labels` has the values of the labels."""
        rows = [] if self._is_begun else [dict(zip(self._names, self._names, strict=True))]
        self._is_begun = True
        rows += [{**(labels or {}), **self._fields.read(item)} for item in items]
        self._write("".join(map(self._line, rows)).encode())

    def finish(self) -> None:
        """Write the header, if nothing was written."""
        if not self._is_begun:
            self.write([])

    def _line(self, row: Mapping[str, Any]) -> str:
        line = ",".join(self._cell(row.get(name)) for name in self._names)
        # Readers skip an empty line, and it would be a row.
        return (line or '""') + "\n"

    def _cell(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            # Within a day of the first or last year there is no UTC.
            with contextlib.suppress(OverflowError):
                value = value.astimezone(UTC)
        plain = to_builtins(value)
        text = plain if isinstance(plain, str) else encode_json(plain).decode()
        # A number is no formula.
        if self._safe and text.startswith(_FORMULA) and not isinstance(plain, int | float):
            text = f"'{text}"
        return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
