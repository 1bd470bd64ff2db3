"""Lists as rows: the type of their items, the names of the columns, and values as JSON text."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from .models import Unset, to_builtins
from .wire_names import is_model, python_names, wire_names

if TYPE_CHECKING:
    from collections.abc import Collection

    from .operations import Operation

__all__ = ["encode_json", "free_name", "item_type", "known_names", "row_type", "unknown_name"]

_ENCODE = msgspec.json.Encoder().encode


def row_type(operation: Operation) -> Any:
    """The type of what an operation returns: of the items if it is a list, of the response otherwise."""
    response = _present(operation.response())
    if operation.pagination is not None:
        return item_type(response, operation.pagination.items) or Any
    return get_args(response)[0] if get_origin(response) is list else response


def item_type(page_type: Any, path: str) -> Any | None:
    """The type of the items at a dotted path of wire names; None where there is no such list."""
    found = page_type
    for wire_name in path.split("."):
        if not is_model(found):
            return None
        found = _present(get_type_hints(found).get(python_names(found).get(wire_name, "")))
    return get_args(found)[0] if get_origin(found) is list else None


def _present(hint: Any) -> Any:
    """A type without what stands for no value; the first member of a union."""
    if get_origin(hint) in (Union, UnionType):
        return next((member for member in get_args(hint) if member not in (NoneType, Unset)), NoneType)
    return hint


def known_names(row_type: Any) -> tuple[str, ...]:
    """The fields that the contract knows of such rows, by their names in the response; `value` if it is no model."""
    return tuple(wire_names(row_type).values()) if is_model(row_type) else ("value",)


def unknown_name(row_type: Any) -> str | None:
    """The name of the column for the fields that the contract does not know; None if rows are no models."""
    return free_name("additional_properties", known_names(row_type)) if is_model(row_type) else None


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, with underscores before it if it is taken."""
    while name in taken:
        name = f"_{name}"
    return name


def encode_json(value: Any) -> bytes:
    """A value as JSON, on one line."""
    plain = to_builtins(value)
    try:
        return _ENCODE(plain)
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can only hold as an escape.
        return json.dumps(plain, separators=(",", ":")).encode()
