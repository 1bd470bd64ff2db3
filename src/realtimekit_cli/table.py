"""A table as wide as the terminal, with the most useful columns or the chosen ones; all pages share one header."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from .columns import cell, choose_columns, line_width
from .fields import known_fields
from .outputs import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from .columns import Column
    from .fields import Fields

__all__ = ["Table"]

# For files and pipes, which have no width.
_DEFAULT_WIDTH = 160


class Table:
    """Rows under a header. The first page decides the columns and their widths."""

    for_people = True

    def __init__(self, fields: Fields) -> None:
        from rich.console import Console

        wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _DEFAULT_WIDTH
        self._console: Console = Console(file=sys.stdout, width=wide, highlight=False)
        self._columns: list[Column] | None = None
        self._fields = fields

    def write(self, items: Sequence[Any]) -> None:
        """Write a row for each item, and the header before the first."""
        from rich.table import Table as RichTable
        from rich.text import Text

        if not items:
            return
        chosen = self._fields.chosen
        read = known_fields if chosen is None else self._fields.read
        rows = [{name: cell(value) for name, value in read(item).items()} for item in items]
        is_first = self._columns is None
        if self._columns is None:
            self._columns = choose_columns(items, rows, self._console.width, chosen)
            if chosen is not None:
                # All columns that the user has chosen, even if they do not fit into a line.
                self._console.width = max(self._console.width, line_width(self._columns))
        table = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=is_first)
        for column in self._columns:
            table.add_column(Text(column.name), width=column.width, no_wrap=True, overflow="ellipsis")
        for row in rows:
            table.add_row(*(Text(row.get(column.name, "")) for column in self._columns))
        with self._console.capture() as capture:
            self._console.print(table)
        write(capture.get().encode(sys.stdout.encoding or "utf-8", "replace"))

    def finish(self) -> None:
        """Do nothing: a table has no footer."""
