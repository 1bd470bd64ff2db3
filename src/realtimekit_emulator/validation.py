"""Requests compared with the contract: parameters and JSON bodies."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from .contract import Body, Operation, Parameter
from .schemas import Schemas, errors_of

__all__ = ["Issue", "RequestValidator", "reject_constant"]

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_MAX_CACHED_LENGTH = 256
_MAX_ISSUES = 20


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong with a request: where, as a JSON pointer, and what."""

    pointer: str
    message: str


class RequestValidator:
    """Checks the requests to one operation."""

    def __init__(self, operation: Operation, schemas: Schemas) -> None:
        """Compile the schemas of an operation.

        Raises:
            EmulatorError: If one of them is broken.
        """
        self._parameters: dict[str, list[_ParameterValidator]] = {}
        for parameter in operation.parameters:
            validator = _ParameterValidator(parameter, schemas, operation.id)
            self._parameters.setdefault(parameter.location, []).append(validator)
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
    ) -> tuple[dict[str, Any], list[Issue]]:
        """Check a request.

        Returns:
            The documented query parameters, as the types that the contract gives them, and what is wrong.
        """
        issues: list[Issue] = []
        query: dict[str, Any] = {}
        for location, validators in self._parameters.items():
            if location == "query":
                pairs: Iterable[tuple[str, str]] = parse_qsl(
                    query_string.decode("utf-8", "replace"), keep_blank_values=True
                )
            elif location == "path":
                pairs = path.items()
            elif location == "header":
                pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
            else:
                pairs = _cookies(headers)
            sent: dict[str, list[str]] = {}
            for name, text in pairs:
                sent.setdefault(name, []).append(text)
            values = query if location == "query" else {}
            for validator in validators:
                validator.check(sent, values, issues)
        if self._body is not None:
            self._body.check(headers, body, issues)
        return query, issues


class _ParameterValidator:
    """Checks one parameter."""

    def __init__(self, parameter: Parameter, schemas: Schemas, operation_id: str) -> None:
        self._parameter = parameter
        self._name = parameter.name.lower() if parameter.location == "header" else parameter.name
        where = f"the parameter {parameter.name} of {operation_id}"
        self._validator = schemas.validator(parameter.schema, where)
        # The parts of the schema that are for lists and for objects. A parameter in JSON needs neither.
        branches = [] if parameter.is_json else list(schemas.branches(parameter.schema))
        lists, objects = ([each for each in branches if kind in each.get("type", "")] for kind in ("array", "object"))
        self._items = schemas.validator(lists[0].get("items", {}), where) if lists else None
        self._properties = {
            name: schemas.validator(schema, where)
            for each in objects
            for name, schema in each.get("properties", {}).items()
        }
        self._is_object = bool(objects)
        self._check_short = lru_cache(maxsize=1024)(lambda text: self._check([text]))

    def check(self, sent: Mapping[str, list[str]], values: dict[str, Any], issues: list[Issue]) -> None:
        """Find the parameter in what was sent; add its value to `values`, or what is wrong to `issues`."""
        parameter = self._parameter
        texts = sent.get(self._name)
        if self._is_object and (found := self._find_object(sent)) is not None:
            value, message = self._first_valid([found])
        elif texts is None:
            if parameter.required:
                issues.append(Issue(parameter.pointer, f"{parameter.name} is required"))
            return
        elif len(texts) == 1 and len(texts[0]) <= _MAX_CACHED_LENGTH:
            value, message = self._check_short(texts[0])
        else:
            value, message = self._check(texts)
        if message is None:
            values[parameter.name] = value
        else:
            issues.append(Issue(parameter.pointer, f"{parameter.name}: {message}"))

    def _find_object(self, sent: Mapping[str, list[str]]) -> dict[str, Any] | None:
        name, parameter = self._name, self._parameter
        if parameter.style == "deepObject":
            prefix = f"{name}["
            found = {key[len(prefix) : -1]: texts[-1] for key, texts in sent.items() if key.startswith(prefix)}
        elif parameter.explode and parameter.location == "query":
            found = {key: sent[key][-1] for key in self._properties if key in sent}
        else:
            parts = sent.get(name, [""])[-1].split(",")
            found = dict(zip(parts[::2], parts[1::2], strict=False))
        made = {
            key: _convert(text, self._properties[key]) if key in self._properties else text
            for key, text in found.items()
        }
        return made or None

    def _check(self, texts: list[str]) -> tuple[Any, str | None]:
        """The value that these texts mean, or what is wrong with them."""
        parameter = self._parameter
        is_exploded = parameter.explode and parameter.style == "form"
        if len(texts) > 1 and not (self._items and is_exploded):
            return None, "is given more than once"
        if parameter.is_json:
            try:
                return self._first_valid([json.loads(texts[0], parse_constant=reject_constant)])
            except (ValueError, RecursionError):
                return None, "is not valid JSON"
        if self._items is not None:
            items = texts if is_exploded else texts[0].split(_DELIMITERS.get(parameter.style, ","))
            values = [_convert(item, self._items) for item in items]
            # `x=` of a list that is not exploded can be an empty list too.
            return self._first_valid([[], values] if texts == [""] and not is_exploded else [values])
        return self._first_valid(_meanings(texts[0]))

    def _first_valid(self, candidates: list[Any]) -> tuple[Any, str | None]:
        messages: dict[bool, str] = {}
        for value in candidates:
            error = next(errors_of(self._validator, value), None)
            if error is None:
                return value, None
            _, message, is_wrong_type = error
            messages[is_wrong_type] = message
        # That a number is too small says more than that its text is not a number.
        return None, messages.get(False) or messages[True]


class _BodyValidator:
    """Checks the request bodies of one operation."""

    def __init__(self, body: Body, schemas: Schemas, operation_id: str) -> None:
        self._body = body
        self._validators = {
            media: schemas.validator(schema, f"the request body of {operation_id}")
            for media, schema in body.content.items()
            if media.endswith("json")
        }

    def check(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, issues: list[Issue]) -> None:
        """Check a body. Only JSON is looked into."""
        if not body:
            if self._body.required:
                issues.append(Issue("/body", "is required"))
            return
        sent = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
        media = sent.split(";", 1)[0].strip().lower() or next(iter(self._body.content))
        if not {media, media.split("/", 1)[0] + "/*", "*/*"} & self._body.content.keys():
            expected = ", ".join(self._body.content)
            issues.append(Issue("/header/content-type", f"is {media[:80]!r}, but must be one of: {expected}"))
        elif media in self._validators:
            try:
                value = json.loads(body, parse_constant=reject_constant)
            except (ValueError, RecursionError) as error:
                issues.append(Issue("/body", f"is not valid JSON: {str(error)[:200]}"))
            else:
                found = islice(errors_of(self._validators[media], value), _MAX_ISSUES)
                issues.extend(Issue("/body" + pointer, message) for pointer, message, _ in found)


def reject_constant(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which `json` reads although JSON does not have them."""
    raise ValueError(f"{name} is not JSON")


def _convert(text: str, validator: jsonschema_rs.Draft202012Validator) -> Any:
    """The first meaning of a text that is valid; the text itself if none is."""
    return next((value for value in _meanings(text) if validator.is_valid(value)), text)


def _meanings(text: str) -> list[Any]:
    """What a parameter's text can mean, the text itself last."""
    found: list[Any] = []
    if _NUMBER.fullmatch(text):
        # `int` refuses very long texts and `float` makes infinity of them, which JSON does not have.
        is_short_integer = len(text) <= 18 and text.lstrip("-").isdigit()
        limit = sys.float_info.max
        found.append(int(text) if is_short_integer else max(-limit, min(limit, float(text))))
    elif text in ("true", "false"):
        found.append(text == "true")
    elif text in ("", "null"):
        found.append(None)
    return [*found, text]


def _cookies(headers: Sequence[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    for header, value in headers:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                name, _, text = pair.strip().partition("=")
                yield name, text
