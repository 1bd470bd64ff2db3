"""The names of a model's fields: in Python, and on the wire, which is in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["is_model", "per_type", "python_names", "wire_names"]

_T = TypeVar("_T")


def per_type(function: Callable[[Any], _T]) -> Callable[[Any], _T]:
    """Make the function remember what it returned for a type."""
    # Not functools.cache: for type checkers, it refuses classes whose instances have no hash.
    known: dict[Any, _T] = {}

    def remembered(python_type: Any) -> _T:
        if python_type not in known:
            known[python_type] = function(python_type)
        return known[python_type]

    return remembered


def is_model(python_type: Any) -> bool:
    """Whether a type is a model (see `models`)."""
    return isinstance(python_type, type) and hasattr(python_type, "__wire_names__")


@per_type
def wire_names(model: Any) -> dict[str, str]:
    """The fields of a model: Python name to wire name, in the contract's order."""
    names = [field.name for field in attrs.fields(model)]
    return {name: model.__wire_names__.get(name, name) for name in names}


@per_type
def python_names(model: Any) -> dict[str, str]:
    """The fields of a model: wire name to Python name."""
    return {wire_name: name for name, wire_name in wire_names(model).items()}
