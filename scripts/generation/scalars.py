"""Texts, numbers, booleans and lists, with those of their limits that can be checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from .contract import Contract, Place
from .forms import Schema
from .shapes import Shape

__all__ = ["INT64", "limited_form"]

# The numbers that msgspec compares are below this, and not below its negative.
INT64: Final = 2**63

_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LIMITS: Final = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "array": ("minItems", "maxItems"),
}
# Formats that change the Python type; these types have no length and no pattern.
_FORMATS: Final = frozenset({"date-time", "date", "uuid", "binary"})

Warn = Callable[[str, Place], None]


def limited_form(name: str, shape: Shape, contract: Contract, warn: Warn, *, parameter: bool) -> Schema:
    """The normal form of a shape of one type, which is neither an object nor null.

    Args:
        name: The type.
        shape: What is said of it.
        contract: Where it is said.
        warn: Told of the limits that cannot be checked.
        parameter: Whether it describes a parameter: the runtime checks those, msgspec the others.
    """
    schema: Schema = {"type": name}
    if shape.python_type is not None:
        if shape.python_type != "int" or name not in ("integer", "number"):
            raise contract.error(
                f"x-python-type {shape.python_type!r} of a {name}: there is only `int`, for a number", shape.place
            )
        schema["type"] = name = "integer"
    if name == "string" and shape.format in _FORMATS:
        schema["format"] = shape.format
        for limit in sorted(shape.limits.keys() & set(_LIMITS["string"])):
            warn(f"`{limit}` of a {shape.format} is not checked", shape.place)
    else:
        schema.update({key: shape.limits[key] for key in _LIMITS.get(name, ()) if key in shape.limits})
    if "pattern" in schema and not _compiles(schema["pattern"]):
        warn(f"`pattern` {schema.pop('pattern')!r} is none for Python and is not checked", shape.place)
    _check_numbers(schema, shape.place, warn, parameter=parameter)
    return schema


def _check_numbers(schema: Schema, place: Place, warn: Warn, *, parameter: bool) -> None:
    """Take out the limits that cannot be checked, or are no limits."""
    whole = schema["type"] == "integer"
    for limit in _NUMBERS:
        value = schema.get(limit)
        if value is None:
            continue
        if whole and not -INT64 <= value < INT64:
            warn(f"`{limit}` {value} does not fit into 64 bits and is not checked", place)
        elif limit == "multipleOf" and isinstance(value, float) and not parameter:
            # In binary, 0.07 is no multiple of 0.01: correct responses would be refused.
            warn(f"`multipleOf` {value} is not checked", place)
        elif not (limit == "multipleOf" and value == 1 and whole):
            continue
        del schema[limit]


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
