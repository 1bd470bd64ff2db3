"""The contract as these tests read it: openapi.yaml, not what is generated from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "CONTRACT",
    "ROOT",
    "SERVER",
    "Documented",
    "Response",
    "operations",
    "property_schemas",
    "resolve",
    "responses",
]

ROOT = Path(__file__).parents[2]
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
SERVER: str = CONTRACT["servers"][0]["url"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# The statuses that are tried for a range. 520 and 530 are not HTTP's: the edge in front of the service sends them.
_RANGES = {"1XX": (), "2XX": (200,), "3XX": (), "4XX": (400, 418), "5XX": (500, 503, 520, 530), "default": (400, 500)}


@dataclass(frozen=True, eq=False)
class Documented:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    node: dict[str, Any] = field(repr=False)
    parameters: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def pagination(self) -> dict[str, str] | None:
        """How its pages are read, None if it has no pages."""
        return self.node.get("x-pagination")

    def parameter(self, name: str) -> dict[str, Any]:
        """The parameter of that name."""
        return next(parameter for parameter in self.parameters if parameter["name"] == name)


@dataclass(frozen=True, eq=False)
class Response:
    """One documented body of a response, and the statuses that it comes with."""

    operation: str
    media_type: str
    content: dict[str, Any] = field(repr=False)
    statuses: tuple[int, ...]

    @property
    def is_success(self) -> bool:
        """Whether the request succeeded."""
        return self.statuses[0] < 300

    @property
    def is_json(self) -> bool:
        """Whether its bodies are JSON."""
        return "json" in self.media_type

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of its bodies; references are to the contract."""
        schema: dict[str, Any] = self.content.get("schema", {})
        return schema


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """The node that a reference is to; a node that is no reference is returned as it is."""
    while "$ref" in node:
        found: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


@cache
def operations() -> tuple[Documented, ...]:
    """Every operation of the contract."""
    return tuple(
        Documented(
            item[method]["operationId"],
            method.upper(),
            path,
            item[method],
            tuple(map(resolve, (*item.get("parameters", ()), *item[method].get("parameters", ())))),
        )
        for path, item in CONTRACT["paths"].items()
        for method in _METHODS
        if method in item
    )


@cache
def responses() -> tuple[Response, ...]:
    """Every documented body of every response; equal bodies of an operation are one."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], list[int]]] = {}
    for operation in operations():
        for status, media_type, content in _bodies(operation):
            concrete = (int(status),) if status.isdigit() else _RANGES[status]
            for each in concrete:
                key = (operation.id, each < 300, media_type, json.dumps(content, sort_keys=True))
                found.setdefault(key, (content, []))[1].append(each)
    return tuple(
        Response(operation, media_type, content, tuple(dict.fromkeys(statuses)))
        for (operation, _, media_type, _), (content, statuses) in found.items()
    )


def _bodies(operation: Documented) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for status, response in operation.node["responses"].items():
        for media_type, content in resolve(response).get("content", {}).items():
            yield str(status), media_type, content


def property_schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that a value must fit or may fit: the schema itself, and the members of its unions."""
    schema = resolve(schema)
    yield schema
    for union in ("allOf", "anyOf", "oneOf"):
        for member in schema.get(union, ()):
            yield from property_schemas(member)
