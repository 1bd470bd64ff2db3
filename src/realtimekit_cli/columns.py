"""Which fields of an item become columns of a table, and how wide they are."""

from __future__ import annotations

import enum
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from realtimekit_runtime.models import Model, to_builtins
from realtimekit_runtime.wire_names import wire_names

from .fields import known_fields
from .text import printable

__all__ = ["Column", "cell", "choose_columns", "line_width"]

_GAP = 2
_MAX_TEXT_WIDTH = 40
_MIN_TEXT_WIDTH = 12

# Which types get a column first if there is not enough room for all. The first field of an item comes before them,
# since it identifies the item; lists and objects get no column.
_TEXT, _TIME = 2, 3
_RANKS: tuple[tuple[type | tuple[type, ...], int], ...] = (
    (enum.Enum, 1),
    (str, _TEXT),
    (datetime, _TIME),
    (UUID, 4),
    (bool, 6),
    ((int, float), 5),
)


class Column(NamedTuple):
    """A field that is shown, by its name in the response."""

    name: str
    width: int


def cell(value: Any) -> str:
    """A value as a table shows it, on one line."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:g}"
    plain = to_builtins(value)
    if isinstance(plain, str):
        return printable(plain)
    import json

    return printable(json.dumps(plain, ensure_ascii=False))


def choose_columns(
    items: Sequence[Any], rows: Sequence[Mapping[str, str]], width: int, named: Sequence[str] | None = None
) -> list[Column]:
    """The most useful fields that fit into `width`, in the contract's order; or all that the user has chosen.

    Args:
        items: The items of the first page.
        rows: Their cells.
        width: Characters in a line.
        named: The names of the fields that the user has chosen, or None.
    """
    from rich.cells import cell_len

    if named is None:
        ranks = _ranks(items)
    else:
        ranks, width = dict.fromkeys(named, _TEXT), sys.maxsize
    chosen: dict[str, int] = {}
    wanted: dict[str, int] = {}
    left = width + _GAP
    is_widened = False
    for name in sorted(ranks, key=ranks.__getitem__):
        if ranks[name] > _TIME and not is_widened:
            # Readable text is more useful than another column.
            left = _widen(chosen, wanted, left)
            is_widened = True
        cells = (cell_len(row.get(name, "")) for row in rows)
        wanted[name] = max(len(name), _widest_value(items, name), *cells)
        least = wanted[name]
        if ranks[name] == _TEXT:
            wanted[name] = min(wanted[name], max(len(name), _MAX_TEXT_WIDTH))
            least = min(wanted[name], max(len(name), _MIN_TEXT_WIDTH))
        if least + _GAP <= left or not chosen:
            chosen[name] = min(least, width)
            left -= least + _GAP
    _widen(chosen, wanted, left)
    return [Column(name, chosen[name]) for name in ranks if name in chosen]


def line_width(columns: Sequence[Column]) -> int:
    """How many characters a line of these columns has."""
    return sum(column.width + _GAP for column in columns)


def _widen(chosen: dict[str, int], wanted: dict[str, int], left: int) -> int:
    for name, width in chosen.items():
        more = max(0, min(wanted[name] - width, left))
        chosen[name] = width + more
        left -= more
    return left


def _widest_value(items: Sequence[Any], name: str) -> int:
    """The width of an enum's longest value, which may not be on the first page."""
    values = (known_fields(item).get(name) for item in items)
    kinds = {type(value) for value in values if isinstance(value, enum.Enum)}
    return max((len(str(member.value)) for kind in kinds for member in kind), default=0)


def _ranks(items: Sequence[Any]) -> dict[str, int]:
    """The fields that have a value to show, each with its rank, in the contract's order."""
    found: dict[str, int] = {}
    names: dict[str, None] = {}
    for item in items:
        # All names, so that the order does not depend on which fields the first item has.
        names |= dict.fromkeys(wire_names(type(item)).values() if isinstance(item, Model) else known_fields(item))
        for name, value in known_fields(item).items():
            rank = next((rank for kind, rank in _RANKS if isinstance(value, kind)), None)
            if rank is not None:
                found.setdefault(name, rank)
    ordered = {name: found[name] for name in names if name in found}
    for first in ordered:
        ordered[first] = 0
        break
    return ordered
