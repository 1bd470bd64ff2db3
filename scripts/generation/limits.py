"""The limits of a schema: as arguments of msgspec's `Meta`, and in words."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["in_words", "limits_of", "meta"]

_META: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_length",
    "maxItems": "max_length",
}

_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_KEYS: Final = {"str": ("minLength", "maxLength", "pattern"), "list": ("minItems", "maxItems")}


def limits_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The limits that a schema sets, in the words of OpenAPI 3.1, without those that forbid nothing."""
    found = {key: schema[key] for key in _META if schema.get(key) is not None and schema[key] is not False}
    # OpenAPI 3.0 says with a boolean how `minimum` is meant.
    for usual, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if found.get(strict) is True:
            del found[strict]
            if usual in found:
                found[strict] = found.pop(usual)
    for key, value in found.items():
        if isinstance(value, float) and value.is_integer():
            found[key] = int(value)
    is_whole = schema.get("type") == "integer" or schema.get("x-python-type") == "int"
    nothing = {"minLength": 0, "minItems": 0, "multipleOf": 1 if is_whole else None}
    return {key: value for key, value in found.items() if nothing.get(key) != value}


def meta(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """The limits that a schema sets on values of one type, as msgspec's `Meta` takes them.

    Args:
        schema: The schema.
        kind: The type: `str`, `list`, or that of a number.
    """
    keys = _KEYS.get(kind, _NUMBERS)
    return {_META[key]: value for key, value in limits_of(schema).items() if key in keys}


def in_words(schema: dict[str, Any]) -> str:
    """The limits of a schema in words, such as "From 60 to 600."."""
    found = limits_of(schema)
    said = [
        *_range(found.get("minimum"), found.get("maximum"), "At least", "At most"),
        *_range(found.get("exclusiveMinimum"), found.get("exclusiveMaximum"), "More than", "Less than"),
        *_lengths(found.get("minLength"), found.get("maxLength"), "character"),
        *_lengths(found.get("minItems"), found.get("maxItems"), "item"),
    ]
    if "multipleOf" in found:
        said.append(f"A multiple of {found['multipleOf']}.")
    if "pattern" in found:
        said.append(f"Matches `{found['pattern']}`.")
    return " ".join(said)


def _range(low: float | None, high: float | None, at_least: str, at_most: str) -> list[str]:
    if low is not None and high is not None and at_least == "At least":
        return [f"From {low} to {high}."]
    return [f"{word} {value}." for word, value in ((at_least, low), (at_most, high)) if value is not None]


def _lengths(low: int | None, high: int | None, unit: str) -> list[str]:
    if low is not None and high is not None:
        return [f"Exactly {_count(low, unit)}." if low == high else f"From {low} to {_count(high, unit)}."]
    return [f"{word} {_count(n, unit)}." for word, n in (("At least", low), ("At most", high)) if n is not None]


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
