"""JSON schemas: what a validator finds, and the rewriting of OpenAPI 3.0's own keywords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

__all__ = ["branches", "errors_of", "json_pointer", "modernized"]

_MAX_MESSAGE = 300
# The keys of these are chosen names: a property called `nullable` or `default` is not a keyword.
_NAMED = frozenset(
    {"$defs", "headers", "parameters", "paths", "patternProperties", "properties", "responses", "schemas"}
)


def errors_of(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Iterator[tuple[str, str, bool]]:
    """What a validator finds wrong with a value.

    Yields:
        The place in the value as a JSON pointer, the message, and whether the value has the wrong type.
    """
    try:
        for error in validator.iter_errors(value):
            yield json_pointer(*error.instance_path), error.message[:_MAX_MESSAGE], error.schema_path[-1:] == ["type"]
    except UnicodeEncodeError:
        yield "", "holds half a surrogate pair, which is not valid Unicode text", False


def json_pointer(*parts: str | int) -> str:
    """A place in a JSON value (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def branches(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and the schemas that it combines (`allOf`, `anyOf`, `oneOf`)."""
    if isinstance(schema, dict):
        yield schema
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(keyword, ()):
                yield from branches(part)


def modernized(node: Any, *, names: bool = False) -> Any:
    """Rewrite OpenAPI 3.0's `nullable` and boolean exclusive limits as JSON Schema 2020-12 has them.

    Args:
        node: Any part of the document.
        names: Whether the keys of `node` are chosen names, and not keywords.
    """
    if isinstance(node, list):
        return [modernized(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for key, value in node.items():
        is_data = not names and key in ("example", "examples", "default", "enum", "const")
        made[key] = value if is_data else modernized(value, names=not names and key in _NAMED)
    if names:
        return made
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and limit in made:
            made[exclusive] = made.pop(limit)
    if isinstance(made.get("nullable"), bool) and made.pop("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made
