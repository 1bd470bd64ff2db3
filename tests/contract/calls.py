"""Calls that hypothesis makes up: with arguments that the contract allows, and with arguments that it does not allow.

The limits are read from the contract, since the SDK's copy of them is what is tested.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

import schemathesis
from hypothesis import strategies as st

from .clients import python_names
from .contract import CONTRACT, Documented, operations, resolve
from .times import python_time
from .values import bounds, one_of_them, values

__all__ = ["Call", "as_sent", "calls", "just_inside", "just_outside", "outside", "sample_call"]

SCHEMA = schemathesis.openapi.from_dict(CONTRACT, config=schemathesis.Config())

Kinds = list[st.SearchStrategy[Any]]

_FORMATS: dict[str, Callable[[str], Any]] = {"date-time": python_time, "date": date.fromisoformat, "uuid": UUID}
_CONTAINERS = {"path": "path_parameters", "query": "query", "header": "headers", "cookie": "cookies"}
_NAIVE = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as a caller may pass it


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

    def case(self) -> schemathesis.Case[Any]:
        """The same call as schemathesis would make it."""
        operation = SCHEMA[self.operation.path][self.operation.method]
        containers: dict[str, Any] = {"path_parameters": {}, "query": {}, "headers": {}, "cookies": {}}
        for name, value in self.values.items():
            # A URL has neither.
            if value is None or value == []:
                continue
            container = _CONTAINERS[self.operation.parameter(name)["in"]]
            sent = as_sent(value)
            # schemathesis takes path values as it generates them itself: encoded.
            containers[container][name] = quote(str(sent), safe="") if container == "path_parameters" else sent
        # Lists in the style that the contract says.
        for container, serialize in operation.get_parameter_serializers().items():
            containers[container] = serialize(containers[container])
        containers["headers"] = {name: str(value) for name, value in containers["headers"].items()}
        return operation.Case(**containers)


def as_sent(value: Any) -> Any:
    """A Python value as URLs have it, a list as a list of such values."""
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, UUID) else value


def calls(operation: Documented) -> st.SearchStrategy[Call]:
    """Calls that the contract allows, with and without each optional argument."""

    def optional(parameter: dict[str, Any]) -> bool:
        return not parameter.get("required")

    required = {p["name"]: _inside(p) for p in operation.parameters if not optional(p)}
    others = {p["name"]: _inside(p) for p in operation.parameters if optional(p)}
    values = st.fixed_dictionaries(required, optional=others)
    if "requestBody" not in operation.node:
        return st.builds(Call, st.just(operation), values)
    cases = SCHEMA[operation.path][operation.method].as_strategy()
    return st.builds(lambda values, case: Call(operation, values, case.body), values, cases)


def outside(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a parameter that the contract does not allow; None too if the parameter is required."""
    schema = resolve(parameter.get("schema", {}))
    kind = "integer" if schema.get("x-python-type") == "int" else schema.get("type")
    kinds: Kinds = [st.sampled_from([b"bytes", object(), {}, {"a": 1}, {1}, ..., int, len])]
    if parameter.get("required") and parameter["name"] != "account_id":
        kinds.append(st.just(None))
    if "format" in schema:
        kinds += _WRONG_TYPES.get(schema["format"], [])
    elif isinstance(kind, str):
        kinds += _WRONG_TYPES[kind] + _beyond_limits(schema)
        if parameter["in"] == "path" and kind == "string":
            kinds += [st.sampled_from(["", ".", ".."]), _with_control_character(schema)]
    return st.one_of(kinds)


def just_inside(parameter: dict[str, Any]) -> list[Any]:
    """The last values that the limits of a parameter allow."""
    schema = resolve(parameter.get("schema", {}))
    values: list[Any] = [schema[limit] for limit in ("minimum", "maximum") if limit in schema]
    if not schema.keys() & {"format", "pattern", "enum"}:
        least = 1 if parameter["in"] == "path" else 0
        values += ["a" * max(least, schema[limit]) for limit in ("minLength", "maxLength") if limit in schema]
    return values + list(schema.get("enum", ()))


def just_outside(parameter: dict[str, Any]) -> list[Any]:
    """The first values that the limits of a parameter do not allow."""
    schema = resolve(parameter.get("schema", {}))
    beyond: dict[str, Callable[[Any], Any]] = {
        "minimum": lambda limit: limit - 1,
        "maximum": lambda limit: limit + 1,
        "exclusiveMinimum": lambda limit: limit,
        "exclusiveMaximum": lambda limit: limit,
        "minLength": lambda limit: "a" * (limit - 1),
        "maxLength": lambda limit: "a" * (limit + 1),
    }
    values: list[Any] = [step(schema[limit]) for limit, step in beyond.items() if limit in schema]
    if parameter["in"] == "path" and schema.get("type") == "string":
        values += ["", ".", "..", "a\n", "\x00", "\x7f", "a\x85b"]
    if schema.get("format") == "date-time":
        values += [_NAIVE, _NAIVE.isoformat(), f"{_NAIVE.isoformat()}Z", _NAIVE.date(), 1577470279]
    if schema.get("type") in ("integer", "number"):
        values += [math.nan, math.inf, True, "1"]
    return values


@cache
def sample_call(operation_id: str) -> Call:
    """A simple call of an operation, always the same. hypothesis cannot make it up within a test of its own."""
    operation = next(operation for operation in operations() if operation.id == operation_id)
    call: Call = one_of_them(calls(operation))
    return call


# --- within the contract --------------------------------------------------------------------------------------------


def _inside(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    schema = resolve(parameter.get("schema", {}))
    if schema.get("type") == "array":
        delimiter = _delimiter(parameter)
        items = _arguments(resolve(schema.get("items", {})))
        # A delimiter in an item would split it.
        items = items.filter(lambda item: delimiter is None or delimiter not in str(as_sent(item)))
        least = schema.get("minItems", 1 if parameter.get("required") else 0)
        return st.lists(items, min_size=least, max_size=schema.get("maxItems", 5))
    found = _arguments(schema)
    if parameter["in"] == "path":
        return found.filter(lambda value: value not in ("", ".", "..") and not _has_control_character(value))
    if parameter["in"] in ("header", "cookie"):
        return found.filter(lambda value: not isinstance(value, str) or (value.isascii() and value.isprintable()))
    return found


def _arguments(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, as Python callers pass them."""
    if schema.get("x-python-type") == "int":
        schema = {**schema, "type": "integer"}
    in_python = _FORMATS.get(schema.get("format", ""))
    found = values(schema)
    return found.map(lambda value: in_python(value) if isinstance(value, str) else value) if in_python else found


def _delimiter(parameter: dict[str, Any]) -> str | None:
    """What stands between the items of a list, None if each item is a pair of its own."""
    style = parameter.get("style", "form" if parameter["in"] in ("query", "cookie") else "simple")
    if parameter.get("explode", style == "form") and style != "simple":
        return None
    return {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",")


def _has_control_character(value: Any) -> bool:
    return isinstance(value, str) and any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value)


# --- outside the contract -------------------------------------------------------------------------------------------


def _with_control_character(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    controls = st.characters(categories=["Cc"])
    most = schema.get("maxLength", 20)
    return st.tuples(st.text("ab", max_size=most - 1), controls, st.integers(0, most)).map(
        lambda parts: parts[0][: parts[2]] + parts[1] + parts[0][parts[2] :]
    )


def _beyond_limits(schema: dict[str, Any]) -> Kinds:
    kinds: Kinds = []
    if "maxLength" in schema:
        kinds.append(st.integers(1, 20).map(lambda more: "a" * (schema["maxLength"] + more)))
    if schema.get("minLength"):
        kinds.append(st.text(max_size=schema["minLength"] - 1))
    if "enum" in schema:
        kinds.append(st.text().filter(lambda text: text not in schema["enum"]))
    low, high = bounds(schema)
    if low is not None:
        kinds.append(st.integers(max_value=math.ceil(low) - 1))
    if high is not None:
        kinds.append(st.integers(min_value=math.floor(high) + 1))
    return kinds


# RFC 3339 has no seconds in offsets.
_ODD_OFFSETS = st.integers(-86_399, 86_399).filter(lambda offset: offset % 60)
_WRONG_TYPES: dict[str, Kinds] = {
    "string": [
        st.integers(),
        st.booleans(),
        st.floats(),
        st.uuids(),
        st.lists(st.text(), max_size=2),
        # UTF-8 cannot encode half a surrogate pair.
        st.characters(categories=["Cs"]),
    ],
    "integer": [st.booleans(), st.text(), st.floats(), st.lists(st.integers()), st.just(1j)],
    "number": [st.booleans(), st.text(), st.sampled_from([math.nan, math.inf, -math.inf, 1j]), st.lists(st.integers())],
    "boolean": [st.integers(), st.text(), st.floats()],
    "array": [st.text(), st.integers(), st.booleans()],
    "date-time": [
        st.datetimes(),
        st.dates(),
        st.datetimes().map(datetime.isoformat),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.datetimes(timezones=_ODD_OFFSETS.map(lambda seconds: timezone(timedelta(seconds=seconds)))),
    ],
    "date": [st.datetimes(), st.text(), st.integers()],
    "uuid": [st.text(max_size=31), st.integers(), st.booleans()],
}
