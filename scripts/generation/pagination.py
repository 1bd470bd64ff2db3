"""`x-pagination`: how the pages of a list are walked, held against the operation that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .contract import Place
from .forms import Schema, referred, without_null
from .source import Source

__all__ = ["Pagination", "read_pagination"]

_KEYS: Final = ("page", "size", "items", "total", "end", "key")


@dataclass(frozen=True)
class Pagination:
    """What the contract says, and the normal form of an item."""

    stated: dict[str, str]
    item: Schema


def read_pagination(
    source: Source, stated: Any, place: Place, *, queries: Sequence[str], response: Schema | None
) -> Pagination | None:
    """Read the `x-pagination` of an operation.

    Args:
        source: The contract.
        stated: What it says there.
        place: Where.
        queries: The names of the operation's query parameters.
        response: The normal form of its response.
    """
    if stated is None:
        return None
    contract = source.contract
    if not isinstance(stated, dict) or not all(isinstance(value, str) for value in stated.values()):
        raise contract.error("`x-pagination` must be a mapping of names", place)
    for key in stated:
        if key not in _KEYS:
            raise contract.error(f"x-pagination has no {key!r}; it has {', '.join(_KEYS)}", (*place, key))
    for key in ("page", "items"):
        if key not in stated:
            raise contract.error(f"x-pagination needs `{key}`", place)
    for key in ("page", "size"):
        if key in stated and stated[key] not in queries:
            raise contract.error(
                f"x-pagination: `{key}` names {stated[key]!r}, but the operation has no such query parameter; "
                f"it has {', '.join(queries) or 'none'}",
                (*place, key),
            )
    for key in ("total", "end"):
        if key in stated:
            _at(source, response, stated[key], (*place, key))
    items = _at(source, response, stated["items"], (*place, "items"))
    if items.get("type") != "array":
        raise contract.error(f"x-pagination: {stated['items']!r} is no list", (*place, "items"))
    if "key" in stated:
        _at(source, items["items"], stated["key"], (*place, "key"))
    return Pagination({key: stated[key] for key in _KEYS if key in stated}, items["items"])


def _at(source: Source, schema: Schema | None, path: str, place: Place) -> Schema:
    """The normal form of what stands at a dotted path of wire names."""
    found = schema or {}
    for name in path.split("."):
        component = source.schemas.classes.get(referred(without_null(found)), {})
        python_names = {wire: python for python, wire in component.get("x-wire-names", {}).items()}
        if name not in python_names:
            there = ", ".join(python_names) or "no known fields"
            raise source.contract.error(
                f"x-pagination: the response has no {path!r}: where {name!r} is looked for, there is {there}", place
            )
        found = component["properties"][python_names[name]]
    return without_null(found)
