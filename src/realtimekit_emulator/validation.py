"""Requests held against the contract: parameters and JSON bodies."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import jsonschema_rs

from .contract import Body, Operation, Parameter
from .schemas import Schemas

__all__ = ["Issue", "RequestValidator", "Values", "reject_constant"]

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_LONGEST_CACHED = 256
_MOST_ISSUES = 20
_LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong with a request: where, as a JSON pointer, and what."""

    pointer: str
    message: str


@dataclass
class Values:
    """The documented parameters of a valid request, read as the types the contract gives them."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    cookie: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


Checked: TypeAlias = tuple[Any, str | None]
"""A value and nothing, or nothing and what is wrong with it."""


class RequestValidator:
    """Checks requests to one operation."""

    def __init__(self, operation: Operation, schemas: Schemas) -> None:
        """Compile the schemas of an operation.

        Raises:
            EmulatorError: If one of them is broken.
        """
        self._parameters: dict[str, list[_ParameterValidator]] = {}
        for parameter in operation.parameters:
            check = _ParameterValidator(parameter, schemas, operation.id)
            self._parameters.setdefault(parameter.location, []).append(check)
        self._body = _BodyValidator(operation.body, schemas, operation.id) if operation.body else None

    @property
    def takes_body(self) -> bool:
        """Whether the operation documents a request body."""
        return self._body is not None

    def check(
        self,
        path: Mapping[str, str],
        query_string: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes = b"",
    ) -> tuple[Values, list[Issue]]:
        """Check a request; the values are whole only if there are no issues."""
        issues: list[Issue] = []
        values = Values()
        checks = self._parameters
        if "path" in checks:
            values.path = _collect(checks["path"], {name: [value] for name, value in path.items()}, issues)
        if "query" in checks:
            values.query = _collect(checks["query"], _grouped(_pairs(query_string)), issues)
        if "header" in checks:
            sent = _grouped((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
            values.header = _collect(checks["header"], sent, issues, fold=str.lower)
        if "cookie" in checks:
            values.cookie = _collect(checks["cookie"], _cookies(headers), issues)
        if self._body is not None:
            values.body = self._body.check(headers, body, issues)
        return values, issues[:_MOST_ISSUES]


class _ParameterValidator:
    """Checks one parameter."""

    def __init__(self, parameter: Parameter, schemas: Schemas, where: str) -> None:
        self.parameter = parameter
        self._types = schemas.types(parameter.schema)
        schema = schemas.resolve(parameter.schema)
        schema = schema if isinstance(schema, dict) else {}
        self._item_types = schemas.types(schema.get("items", {}))
        properties = schema.get("properties", {})
        self._property_types = {name: schemas.types(value) for name, value in properties.items()}
        # `type: string` without more is by far the most common; anything is then taken as it is.
        self.is_list = "array" in self._types and "string" not in self._types
        self.is_object = "object" in self._types and "string" not in self._types and not parameter.is_json
        self._validator = schemas.validator(parameter.schema, f"the parameter {parameter.name} of {where}")
        self._check_one = lru_cache(maxsize=1024)(lambda text: self._check_all([text]))

    def find(self, sent: Mapping[str, list[str]], fold: Callable[[str], str]) -> Any:
        """What was sent for this parameter, not yet checked; None if nothing was."""
        name = self.parameter.name
        if not self.is_object:
            return sent.get(fold(name))
        if self.parameter.style == "deepObject":
            prefix = f"{name}["
            found = {key[len(prefix) : -1]: raw[-1] for key, raw in sent.items() if key.startswith(prefix)}
        elif self.parameter.explode and self.parameter.location == "query":
            found = {key: sent[key][-1] for key in self._property_types if key in sent}
        else:
            raw = sent.get(fold(name))
            if raw is None:
                return None
            parts = raw[-1].split(",")
            found = dict(zip(parts[::2], parts[1::2], strict=False))
        return found or None

    def check(self, raw: Any) -> Checked:
        """Check what was sent."""
        if isinstance(raw, dict):
            made = {name: _convert(text, self._property_types.get(name, ("string",)))[0] for name, text in raw.items()}
            return self._first_valid([made])
        if len(raw) == 1 and len(raw[0]) <= _LONGEST_CACHED:
            return self._check_one(raw[0])
        return self._check_all(raw)

    def _check_all(self, raw: list[str]) -> Checked:
        parameter = self.parameter
        if parameter.is_json:
            if len(raw) > 1:
                return None, "is given more than once"
            try:
                return self._first_valid([json.loads(raw[0], parse_constant=reject_constant)])
            except (ValueError, RecursionError):
                return None, "is not valid JSON"
        if self.is_list:
            items = raw
            if not (parameter.explode and parameter.style == "form"):
                if len(raw) > 1:
                    return None, "is given more than once"
                items = raw[0].split(_DELIMITERS.get(parameter.style, ","))
            return self._first_valid([[_convert(item, self._item_types)[0] for item in items]])
        if len(raw) > 1:
            return None, "is given more than once"
        return self._first_valid(_convert(raw[0], self._types))

    def _first_valid(self, candidates: Iterable[Any]) -> Checked:
        message: str | None = None
        for value in candidates:
            found = next(_messages(self._validator, value), None)
            if found is None:
                return value, None
            message = message or found[1]
        return None, message


class _BodyValidator:
    """Checks one operation's request bodies."""

    def __init__(self, body: Body, schemas: Schemas, where: str) -> None:
        self._body = body
        self._validators = {
            media: schemas.validator(schema, f"the request body of {where}")
            for media, schema in body.content.items()
            if _is_json(media)
        }

    def check(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, issues: list[Issue]) -> Any:
        """Check a body and read it if it is JSON; other media types come back as bytes."""
        if not body:
            if self._body.required:
                issues.append(Issue("/body", "is required"))
            return None
        sent = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
        media = sent.split(";", 1)[0].strip().lower() or next(iter(self._validators), "application/json")
        known = next((name for name in _ranges(media) if name in self._body.content), None)
        if known is None:
            wanted = ", ".join(self._body.content)
            issues.append(Issue("/header/content-type", f"is {media[:80]!r}, but has to be one of: {wanted}"))
            return None
        if not _is_json(media):
            return body
        try:
            value = json.loads(body, parse_constant=reject_constant)
        except (ValueError, RecursionError) as error:
            issues.append(Issue("/body", f"is not valid JSON: {str(error)[:_LONGEST_MESSAGE]}"))
            return None
        if known in self._validators:
            issues.extend(
                Issue("/body" + pointer, message) for pointer, message in _messages(self._validators[known], value)
            )
        return value


def reject_constant(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which JSON does not have and `json` reads all the same."""
    raise ValueError(f"{name} is not JSON")


def _collect(
    checks: list[_ParameterValidator],
    sent: Mapping[str, list[str]],
    issues: list[Issue],
    fold: Callable[[str], str] = str,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for check in checks:
        parameter = check.parameter
        raw = check.find(sent, fold)
        if raw is None:
            if parameter.required:
                issues.append(Issue(parameter.pointer, f"{parameter.name} is required"))
            continue
        value, message = check.check(raw)
        if message is None:
            values[parameter.name] = value
        else:
            issues.append(Issue(parameter.pointer, f"{parameter.name}: {message}"))
    return values


def _convert(text: str, types: tuple[str, ...]) -> list[Any]:
    """What a parameter's text can mean, as the types allow it; the text itself if nothing else."""
    found: list[Any] = []
    for name in types:
        if name == "number" and _NUMBER.fullmatch(text):
            found.append(_number(text))
        elif name == "boolean" and text in ("true", "false"):
            found.append(text == "true")
        elif name == "null" and text in ("", "null"):
            found.append(None)
        elif name == "array":
            found.append(text.split(","))
        elif name == "string":
            found.append(text)
    return found or [text]


def _number(text: str) -> float:
    # Past these lengths `int` refuses and `float` gives infinity, which is no JSON number: the largest float will do.
    if len(text) <= 18 and text.lstrip("-").isdigit():
        return int(text)
    return max(-sys.float_info.max, min(sys.float_info.max, float(text)))


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    return parse_qsl(query_string.decode("utf-8", "replace"), keep_blank_values=True)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _cookies(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    jar: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name == b"cookie":
            try:
                jar.load(value.decode("latin-1"))
            except CookieError:
                continue
    return {name: [morsel.value] for name, morsel in jar.items()}


def _is_json(media: str) -> bool:
    return media.endswith(("/json", "+json")) or media == "*/*"


def _ranges(media: str) -> tuple[str, str, str]:
    return media, media.split("/", 1)[0] + "/*", "*/*"


def _messages(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Iterator[tuple[str, str]]:
    """Where a value breaks a schema, as JSON pointers, and how."""
    try:
        for error in validator.iter_errors(value):
            pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.instance_path)
            yield pointer, error.message[:_LONGEST_MESSAGE]
    except UnicodeEncodeError:
        yield "", "holds half a surrogate pair, which is no Unicode text"
