"""What the reader accepts although the contract forbids it, by name. Everything else that is wrong is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jsonschema.exceptions import ValidationError

from .judge import FORMATS, is_optional

__all__ = ["LIMITS", "is_tolerated"]

LIMITS = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "minItems", "maxItems",
    }
)  # fmt: skip
_HEX = re.compile(r"[0-9a-fA-F]{32}")


def null_in_an_optional_field(schema: dict[str, Any], complaint: ValidationError) -> bool:
    """The service sends `null` for what a meeting was created with `null` for."""
    return complaint.instance is None and is_optional(schema, list(complaint.absolute_path))


def an_unknown_enum_value(_schema: dict[str, Any], complaint: ValidationError) -> bool:
    """A newer service may know more values."""
    allowed: Any = complaint.validator_value
    return complaint.validator == "enum" and any(type(complaint.instance) is type(value) for value in allowed)


def a_value_outside_the_limits(_schema: dict[str, Any], complaint: ValidationError) -> bool:
    """Limits are checked on what is sent; one number out of range must not cost the page."""
    value: Any = complaint.instance
    broken: Any = complaint.schema
    if complaint.validator == "multipleOf" and broken.get("x-python-type") == "int":
        # That a number is whole is its type, not a limit.
        return float(value).is_integer()
    return complaint.validator in LIMITS


def a_time_in_a_near_spelling(_schema: dict[str, Any], complaint: ValidationError) -> bool:
    """A space in the place of the T, or an offset without its colon: no other time is meant."""
    if (complaint.validator, complaint.validator_value) != ("format", "date-time"):
        return False
    text = re.sub(r"^(.{10}) ", r"\1T", str(complaint.instance))
    return FORMATS.conforms(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text), "date-time")


def a_uuid_without_hyphens(_schema: dict[str, Any], complaint: ValidationError) -> bool:
    """The same 128 bits."""
    is_uuid = (complaint.validator, complaint.validator_value) == ("format", "uuid")
    return is_uuid and _HEX.fullmatch(str(complaint.instance)) is not None


TOLERANCES: tuple[Callable[[dict[str, Any], ValidationError], bool], ...] = (
    null_in_an_optional_field,
    an_unknown_enum_value,
    a_value_outside_the_limits,
    a_time_in_a_near_spelling,
    a_uuid_without_hyphens,
)


def is_tolerated(schema: dict[str, Any], complaint: ValidationError) -> bool:
    """Whether the reader takes what the judge complains of; of a union, if it takes all that one member has."""
    if complaint.validator in ("anyOf", "oneOf") and complaint.context:
        members: dict[Any, list[ValidationError]] = {}
        for inner in complaint.context:
            members.setdefault(inner.schema_path[0], []).append(inner)
        return any(all(is_tolerated(schema, inner) for inner in member) for member in members.values())
    return any(tolerance(schema, complaint) for tolerance in TOLERANCES)
