"""Responses built from the contract alone, for operations that nobody wrote a handler for."""

from __future__ import annotations

from typing import Any

from .contract import Operation
from .responses import JSON, Response, json_response
from .schemas import Schemas

__all__ = ["sample_response"]


def sample_response(operation: Operation, schemas: Schemas, status: str | None = None) -> Response:
    """A documented response: its example if there is one, else the smallest value of its schema, else nothing (204).

    Args:
        operation: The operation that answers.
        schemas: The contract's schemas.
        status: Which response, as the contract spells it; None for the first that means success.
    """
    documented = operation.responses
    chosen = status or next((code for code in documented if code.upper().startswith("2")), None)
    chosen = chosen or next((code for code in documented if code == "default"), None)
    if chosen is None:
        return Response(204)
    number = int(chosen) if chosen.isdigit() else 200
    content: dict[str, Any] = documented[chosen].get("content") or {}
    if not content or number in (204, 304):
        return Response(number if status or number != 200 else 204)
    media = next((name for name in content if "json" in name), next(iter(content)))
    has_value, value = _example(schemas, schemas.resolve(content[media]))
    if "json" in media:
        response = json_response(number, value)
        response.content_type = media if media != "*/*" else JSON
        return response
    text = value if has_value and isinstance(value, str) else ""
    return Response(number, text.encode(), media)


def _example(schemas: Schemas, media: dict[str, Any]) -> tuple[bool, Any]:
    if "example" in media:
        return True, media["example"]
    for example in (media.get("examples") or {}).values():
        resolved = schemas.resolve(example)
        if "value" in resolved:
            return True, resolved["value"]
    schema = schemas.resolve(media.get("schema", {}))
    if isinstance(schema, dict):
        if "example" in schema:
            return True, schema["example"]
        if schema.get("examples"):
            return True, schema["examples"][0]
    return False, schemas.smallest(schema)
