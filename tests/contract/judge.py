"""A judge of JSON values that knows nothing of the SDK: jsonschema, with the formats of RFC 3339 and of UUIDs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from .contract import CONTRACT, property_schemas

__all__ = [
    "FORMATS",
    "complaints",
    "is_optional",
    "is_same",
    "json_path",
    "schema_at",
]

Path = Sequence[str | int]

FORMATS = FormatChecker(formats=("date-time", "date", "uuid"))


def json_path(steps: Path) -> str:
    """A path as the SDK's errors have it, with the names of the contract."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def complaints(schema: dict[str, Any], value: Any) -> list[ValidationError]:
    """What is wrong with a value."""
    validator = Draft202012Validator({**schema, "components": CONTRACT["components"]}, format_checker=FORMATS)
    return list(validator.iter_errors(value))


def schema_at(schema: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    """The schemas that a place in a value has to fit or may fit; none if the contract does not have the place."""
    if not path:
        yield from property_schemas(schema)
        return
    step, *rest = path
    for node in property_schemas(schema):
        if isinstance(step, int):
            inner = node.get("items")
        else:
            inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if isinstance(inner, dict):
            yield from schema_at(inner, rest)


def is_optional(schema: dict[str, Any], path: Path) -> bool:
    """Whether a place is an optional field."""
    if not path or not isinstance(path[-1], str):
        return False
    owners = [node for node in schema_at(schema, path[:-1]) if path[-1] in node.get("properties", {})]
    return bool(owners) and not any(path[-1] in node.get("required", ()) for node in owners)


def is_same(schema: dict[str, Any], read: Any, written: Any) -> bool:
    """Whether what was written is what was read; numbers, times and UUIDs may be spelled another way."""
    if isinstance(read, dict) and isinstance(written, dict):
        return read.keys() == written.keys() and all(
            is_same(_merged(schema, key), item, written[key]) for key, item in read.items()
        )
    if isinstance(read, list) and isinstance(written, list):
        inner = _merged(schema, 0)
        return len(read) == len(written) and all(
            is_same(inner, one, other) for one, other in zip(read, written, strict=True)
        )
    if isinstance(read, bool) or isinstance(written, bool) or read is None or written is None:
        return read is written
    if isinstance(read, str) and isinstance(written, str) and read != written:
        formats = {node.get("format") for node in property_schemas(schema)}
        if "uuid" in formats:
            return UUID(read) == UUID(written)
        if "date-time" in formats:
            # The SDK rounds what is beyond microseconds, Python leaves it out.
            difference = datetime.fromisoformat(read.upper()) - datetime.fromisoformat(written)
            return abs(difference) <= timedelta(microseconds=1)
    return type(read) is type(written) and read == written if isinstance(read, str) else bool(read == written)


def _merged(schema: dict[str, Any], step: str | int) -> dict[str, Any]:
    found = list(schema_at(schema, [step]))
    return found[0] if len(found) == 1 else {"anyOf": found} if found else {}
