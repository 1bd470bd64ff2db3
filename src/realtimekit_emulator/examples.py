"""Responses of operations that the emulator has no code for: the examples in the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contract import Operation
from .responses import Response, json_response, service_error

__all__ = ["example_response"]


def example_response(operation: Operation, status: str | None = None) -> Response:
    """A documented response as its example shows it; 501 if it has no example.

    Args:
        operation: The operation.
        status: Which response, as the contract writes it; None for the first that means success.
    """
    chosen = status or next((code for code in operation.responses if code.startswith("2")), "default")
    number = int(chosen) if chosen.isdigit() else 200
    content: dict[str, Any] = operation.responses.get(chosen, {}).get("content") or {}
    if not content:
        return Response(number)
    for name, media in content.items():
        if "json" in name:
            for example in _examples(media):
                return json_response(number, example)
    return service_error(
        501,
        f"The emulator has no code for {operation.id}, and the contract has no JSON example of the response {chosen}: "
        "add an `example` beside its schema.",
    )


def _examples(media: dict[str, Any]) -> Iterator[Any]:
    """The examples of a media type, then those of its schema."""
    if "example" in media:
        yield media["example"]
    yield from (example["value"] for example in media.get("examples", {}).values() if "value" in example)
    schema = media.get("schema", {})
    if "example" in schema:
        yield schema["example"]
    yield from schema.get("examples", ())
