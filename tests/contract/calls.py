"""Calls with arguments that the contract allows, and arguments that it does not allow.

The limits are read from the contract, since the SDK's copy of them is what is tested.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

import schemathesis
from hypothesis import strategies as st

from tests.clients import find

from .contract import CONTRACT, Documented, operations, resolve
from .turned import one_of_them, values

__all__ = ["Call", "calls", "just_inside", "just_outside", "python_names", "sample_call"]

SCHEMA = schemathesis.openapi.from_dict(CONTRACT, config=schemathesis.Config())

_FORMATS: dict[str, Callable[[str], Any]] = {
    "date-time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uuid": UUID,
}
_WRONG_TYPES = {"string": 5, "integer": "1", "number": "1", "boolean": 1, "array": "a"}
_CONTAINERS = {"path": "path_parameters", "query": "query", "header": "headers"}
_NAIVE = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as a caller may pass it


def python_names(operation_id: str) -> dict[str, str]:
    """The Python name of each of an operation's parameters, by the contract's name."""
    return {parameter.name: parameter.python_name for parameter in find(operation_id)[2].parameters}


@dataclass(frozen=True)
class Call:
    """Arguments of an operation by the contract's names, as Python has them."""

    operation: Documented
    values: dict[str, Any]
    body: Any = field(default=...)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments as a user passes them."""
        names = python_names(self.operation.id)
        arguments = {names[name]: value for name, value in self.values.items()}
        return arguments if self.body is ... else {**arguments, "body": self.body}

    def with_value(self, name: str, value: Any) -> Call:
        """The same call with another value of one argument."""
        return Call(self.operation, {**self.values, name: value}, self.body)

    def case(self) -> schemathesis.Case[Any]:
        """The same call as schemathesis would make it."""
        operation = SCHEMA[self.operation.path][self.operation.method]
        containers: dict[str, Any] = {"path_parameters": {}, "query": {}, "headers": {}}
        for name, value in self.values.items():
            # A URL cannot hold them: the parameter is left out.
            if value is None or value == []:
                continue
            container = _CONTAINERS[self.operation.parameter(name)["in"]]
            sent = _as_sent(value)
            # schemathesis expects path values percent-encoded.
            containers[container][name] = quote(str(sent), safe="") if container == "path_parameters" else sent
        # Lists in the style that the contract says.
        for container, serialize in operation.get_parameter_serializers().items():
            containers[container] = serialize(containers[container])
        containers["headers"] = {name: str(value) for name, value in containers["headers"].items()}
        return operation.Case(**containers)


def _as_sent(value: Any) -> Any:
    """A Python value as URLs have it, a list as a list of such values."""
    if isinstance(value, list):
        return [_as_sent(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, UUID) else value


def calls(operation: Documented) -> st.SearchStrategy[Call]:
    """Calls that the contract allows, with and without each optional argument."""
    required = {p["name"]: _allowed(p) for p in operation.parameters if p.get("required")}
    optional = {p["name"]: _allowed(p) for p in operation.parameters if not p.get("required")}
    body: st.SearchStrategy[Any] = st.just(...)
    if "requestBody" in operation.node:
        body = values(resolve(operation.node["requestBody"])["content"]["application/json"]["schema"])
    return st.builds(Call, st.just(operation), st.fixed_dictionaries(required, optional=optional), body)


def _allowed(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a parameter that the contract allows, as Python callers pass them."""
    schema = resolve(parameter.get("schema", {}))
    kind = schema.get("type")
    if kind == "string" and parameter["in"] != "query" and not schema.keys() & {"format", "enum", "pattern"}:
        # What a path or a header cannot hold is refused.
        characters = (
            st.characters(codec="utf-8", exclude_categories=["Cc"])
            if parameter["in"] == "path"
            else st.characters(codec="ascii", exclude_categories=["Cc", "Zs"])
        )
        texts = st.text(characters, min_size=max(1, schema.get("minLength", 0)), max_size=schema.get("maxLength"))
        return texts.filter(lambda text: text not in (".", ".."))
    if schema.get("x-python-type") == "int":
        return values({**schema, "type": "integer"}).map(int)
    if kind == "array":
        # Where commas join the items, one in an item would split it.
        is_joined = parameter["in"] != "query" or not parameter.get("explode", True)
        return values(schema).filter(lambda items: not (is_joined and "," in "".join(map(str, items))))
    return values(schema).map(_FORMATS.get(schema.get("format", ""), lambda value: value))


def just_inside(parameter: dict[str, Any]) -> list[Any]:
    """The last values that the limits of a parameter allow."""
    schema = resolve(parameter.get("schema", {}))
    values: list[Any] = [schema[limit] for limit in ("minimum", "maximum") if limit in schema]
    if not schema.keys() & {"format", "pattern", "enum"}:
        least = 1 if parameter["in"] == "path" else 0
        values += ["a" * max(least, schema[limit]) for limit in ("minLength", "maxLength") if limit in schema]
    return values + list(schema.get("enum", ()))


def just_outside(parameter: dict[str, Any]) -> list[Any]:
    """The first values that the limits of a parameter do not allow, and values of another type."""
    schema = resolve(parameter.get("schema", {}))
    beyond: dict[str, Callable[[Any], Any]] = {
        "minimum": lambda limit: limit - 1,
        "maximum": lambda limit: limit + 1,
        "exclusiveMinimum": lambda limit: limit,
        "exclusiveMaximum": lambda limit: limit,
        "minLength": lambda limit: "a" * (limit - 1),
        "maxLength": lambda limit: "a" * (limit + 1),
        "enum": lambda _: "none of them",
    }
    values: list[Any] = [step(schema[limit]) for limit, step in beyond.items() if limit in schema]
    values += [_WRONG_TYPES[kind] for kind in [schema.get("type")] if kind in _WRONG_TYPES] + [b"bytes", object()]
    if parameter.get("required") and parameter["name"] != "account_id":
        values.append(None)
    if parameter["in"] == "path" and schema.get("type") == "string":
        values += ["", ".", "..", "a\n", "\x00", "\x7f", "a\x85b"]
    if schema.get("format") == "date-time":
        values += [_NAIVE, _NAIVE.isoformat(), f"{_NAIVE.isoformat()}Z", _NAIVE.date(), 1577470279]
    if schema.get("type") in ("integer", "number"):
        values += [math.nan, math.inf, True]
    return values


@cache
def sample_call(operation_id: str) -> Call:
    """A simple call of an operation, always the same. hypothesis cannot make it up within a test of its own."""
    operation = next(operation for operation in operations() if operation.id == operation_id)
    call: Call = one_of_them(calls(operation))
    return call
