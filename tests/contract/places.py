"""Every place in an answer that the contract knows, and an answer that has all of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from realtimekit_runtime.models import wire_names

from .contract import Answer, answers, resolve
from .judge import is_optional
from .values import one_of_them, values

__all__ = ["Place", "places", "whole_answer"]


@dataclass(frozen=True)
class Place:
    """A field of an answer."""

    answer: Answer
    path: tuple[str | int, ...]
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.answer.operation}{self.json_path}"

    @property
    def json_path(self) -> str:
        """The place as the SDK names it."""
        return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)

    @property
    def is_optional(self) -> bool:
        """Whether the answer need not have it."""
        return is_optional(self.answer.schema, list(self.path))

    def filled(self, value: Any) -> Any:
        """The whole answer, with a value at this place."""
        filled = copy.deepcopy(whole_answer(self.answer))
        at: Any = filled
        for step in self.path[:-1]:
            at = at[step]
        at[self.path[-1]] = value
        return filled

    def read(self, model: Any) -> Any:
        """What a model has at this place, by the names that Python code uses."""
        for step in self.path:
            if isinstance(step, str):
                python_names = {wire: name for name, wire in wire_names(type(model)).items()}
                model = getattr(model, python_names[step])
            else:
                model = model[step]
        return model


@cache
def whole_answer(answer: Answer) -> Any:
    """An answer that has every field that the contract knows, and one item in each list."""
    whole = _whole(answer.schema)
    return {**whole, "success": True} if isinstance(whole, dict) and "success" in whole else whole


def _whole(schema: dict[str, Any]) -> Any:
    schema = resolve(schema)
    if "properties" in schema:
        return {name: _whole(inner) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_whole(schema.get("items", {}))]
    return one_of_them(values(schema))


@cache
def places() -> tuple[Place, ...]:
    """Every field of every JSON answer that means success."""
    return tuple(
        Place(answer, path, schema)
        for answer in answers()
        if answer.is_success and answer.is_json
        for path, schema in _places(answer.schema)
        if path
    )


def _places(schema: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    schema = resolve(schema)
    yield (), schema
    for name, inner in schema.get("properties", {}).items():
        for path, found in _places(inner):
            yield (name, *path), found
    if schema.get("type") == "array":
        for path, found in _places(schema.get("items", {})):
            yield (0, *path), found
