"""The limits of a schema: as arguments of msgspec's `Meta`, and in words."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["in_words", "meta"]

_NUMBERS: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_TEXTS: Final = {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"}
_LISTS: Final = {"minItems": "min_length", "maxItems": "max_length"}
_WORDS: Final = {
    "exclusiveMinimum": "More than {}.",
    "exclusiveMaximum": "Less than {}.",
    "multipleOf": "A multiple of {}.",
    "pattern": "Matches `{}`.",
}


def meta(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """The limits that a schema sets on texts (`str`), lists (`list`) or numbers, as msgspec's `Meta` takes them."""
    keys = {"str": _TEXTS, "list": _LISTS}.get(kind, _NUMBERS)
    return {keys[key]: value for key, value in _limits(schema).items() if key in keys}


def in_words(schema: dict[str, Any]) -> str:
    """The limits of a schema in words, such as "From 60 to 600."."""
    found = _limits(schema)
    sentences = [
        *_range(found.get("minimum"), found.get("maximum"), ""),
        *_range(found.get("minLength"), found.get("maxLength"), " character"),
        *_range(found.get("minItems"), found.get("maxItems"), " item"),
        *(words.format(found[key]) for key, words in _WORDS.items() if key in found),
    ]
    return " ".join(sentences)


def _limits(schema: dict[str, Any]) -> dict[str, Any]:
    """The limits that a schema sets, in the words of OpenAPI 3.1, without those that forbid nothing."""
    found = {key: schema[key] for key in _NUMBERS | _TEXTS | _LISTS if schema.get(key, False) is not False}
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


def _range(low: float | None, high: float | None, unit: str) -> list[str]:
    def count(number: float) -> str:
        return f"{number}{unit}s" if unit and number != 1 else f"{number}{unit}"

    if low is not None and high is not None:
        return [f"Exactly {count(low)}." if low == high else f"From {low} to {count(high)}."]
    return [f"{word} {count(n)}." for word, n in (("At least", low), ("At most", high)) if n is not None]
