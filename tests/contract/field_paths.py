"""Every field of the responses in the contract, and responses that have all fields."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from realtimekit_runtime.wire_names import python_names

from .contract import Response, resolve, responses
from .judge import is_optional
from .turned import one_of_them, values

__all__ = ["FieldPath", "field_paths", "whole_response"]


@dataclass(frozen=True)
class FieldPath:
    """Where a field of a response is."""

    response: Response
    steps: tuple[str | int, ...]
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.response.operation}{self.json_path}"

    @property
    def json_path(self) -> str:
        """The path of the field, as the SDK's errors have it."""
        return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)

    @property
    def is_optional(self) -> bool:
        """Whether the field is optional."""
        return is_optional(self.response.schema, list(self.steps))

    def filled(self, value: Any) -> Any:
        """The whole response, with a value in this field, without the field if the value is `...`."""
        filled = copy.deepcopy(whole_response(self.response))
        at: Any = filled
        for step in self.steps[:-1]:
            at = at[step]
        if value is ...:
            del at[self.steps[-1]]
        else:
            at[self.steps[-1]] = value
        return filled

    def read(self, model: Any) -> Any:
        """The value that a model has in this field."""
        for step in self.steps:
            model = getattr(model, python_names(type(model))[step]) if isinstance(step, str) else model[step]
        return model


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
