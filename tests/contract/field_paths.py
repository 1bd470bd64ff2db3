"""Every field of the responses in the contract, and responses that have all fields."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .contract import Response, resolve, responses
from .judge import json_path
from .turned import one_of_them, values

__all__ = ["FieldPath", "field_paths"]


@dataclass(frozen=True)
class FieldPath:
    """Where a field of a response is."""

    response: Response
    steps: tuple[str | int, ...]
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.response.operation}{json_path(self.steps)}"

    def filled(self, value: Any) -> Any:
        """The whole response, with a value in this field."""
        filled = copy.deepcopy(whole_response(self.response))
        at: Any = filled
        for step in self.steps[:-1]:
            at = at[step]
        at[self.steps[-1]] = value
        return filled


@cache
def whole_response(response: Response) -> Any:
    """A response that has every field of the contract, and one item in each list."""
    whole = _whole(response.schema)
    return {**whole, "success": True} if isinstance(whole, dict) and "success" in whole else whole


def _whole(schema: dict[str, Any]) -> Any:
    schema = resolve(schema)
    if "properties" in schema:
        return {name: _whole(inner) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_whole(schema.get("items", {}))]
    return one_of_them(values(schema))


@cache
def field_paths() -> tuple[FieldPath, ...]:
    """Every field of every JSON response that means success."""
    return tuple(
        FieldPath(response, path, schema)
        for response in responses()
        if response.is_success and response.is_json
        for path, schema in _paths(response.schema)
        if path
    )


def _paths(schema: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    schema = resolve(schema)
    yield (), schema
    for name, inner in schema.get("properties", {}).items():
        for path, found in _paths(inner):
            yield (name, *path), found
    if schema.get("type") == "array":
        for path, found in _paths(schema.get("items", {})):
            yield (0, *path), found
