"""Responses from the contract, for operations without a handler: an example, or a small valid value."""

from __future__ import annotations

import math
from typing import Any

import jsonschema_rs

from .contract import Operation
from .responses import Response, json_response
from .schemas import Schemas

__all__ = ["sample_response"]

_MAX_DEPTH = 64
_LIMITS = ("multipleOf", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_TEXTS = {
    "date-time": "2019-12-27T18:11:19.117Z",
    "date": "2019-12-27",
    "uuid": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
}


def sample_response(operation: Operation, schemas: Schemas, status: str | None = None) -> Response:
    """A documented response: its example, or else the smallest value of its schema, or else no body.

    Args:
        operation: The operation.
        schemas: The contract's schemas.
        status: Which response, as the contract writes it; None for the first that means success.
    """
    documented = operation.responses
    chosen = status or next((code for code in documented if code.upper().startswith("2")), "default")
    content: dict[str, Any] = documented.get(chosen, {}).get("content") or {}
    number = int(chosen) if chosen.isdigit() else 200
    if not content:
        return Response(number if status or number != 200 else 204)
    media = next((name for name in content if "json" in name), next(iter(content)))
    value = _sample(schemas, schemas.resolve(content[media]))
    response = json_response(number, value) if "json" in media else Response(number, str(value or "").encode())
    response.content_type = media
    return response


def _sample(schemas: Schemas, media: dict[str, Any]) -> Any:
    """The example of a media type, or else of its schema, or else the smallest value of the schema."""
    if "example" in media:
        return media["example"]
    for example in (media.get("examples") or {}).values():
        resolved = schemas.resolve(example)
        if "value" in resolved:
            return resolved["value"]
    schema = schemas.resolve(media.get("schema", {}))
    if isinstance(schema, dict):
        if "example" in schema:
            return schema["example"]
        if schema.get("examples"):
            return schema["examples"][0]
    return _smallest(schemas, schema)


def _smallest(schemas: Schemas, schema: Any, depth: int = 0) -> Any:
    """A small value that the schema allows: required fields only. It does not follow patterns."""
    schema = _merged(schemas, schema)
    if depth > _MAX_DEPTH:
        return None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kinds = schema.get("type", "object" if "properties" in schema or "required" in schema else "null")
    kind = next((kind for kind in kinds if kind != "null"), "null") if isinstance(kinds, list) else kinds
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _smallest(schemas, properties.get(name, {}), depth + 1) for name in schema.get("required", ())}
    if kind == "array":
        return [_smallest(schemas, schema.get("items", {}), depth + 1)] * schema.get("minItems", 0)
    if kind == "string":
        return _TEXTS.get(schema.get("format", ""), "").ljust(schema.get("minLength", 0), "a")
    if kind in ("number", "integer"):
        return _smallest_number(schema)
    return False if kind == "boolean" else None


def _merged(schemas: Schemas, schema: Any) -> dict[str, Any]:
    """A schema with every part of its `allOf`, and with the first of its `anyOf` and `oneOf`."""
    schema = schemas.resolve(schema)
    if not isinstance(schema, dict):
        return {}
    merged = {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf")}
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ())[:1], *schema.get("oneOf", ())[:1]):
        other = _merged(schemas, part)
        both = {
            "properties": {**other.get("properties", {}), **merged.get("properties", {})},
            "required": [*dict.fromkeys([*other.get("required", ()), *merged.get("required", ())])],
        }
        merged = {**other, **merged, **{key: value for key, value in both.items() if value}}
    return merged


def _smallest_number(schema: dict[str, Any]) -> float:
    step = schema.get("multipleOf", 1)
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    high = schema.get("maximum", schema.get("exclusiveMaximum", 0))
    rounded = [math.ceil(low / step) * step, (math.floor(low / step) + 1) * step, math.floor(high / step) * step]
    limits = {key: schema[key] for key in _LIMITS if key in schema}
    candidates = [0, *rounded, low, high, (low + high) / 2]
    return next((value for value in candidates if jsonschema_rs.is_valid(limits, value)), 0)
