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

from .contract import Contract, Operation, Parameter
from .schemas import branches, errors_of

__all__ = ["Issue", "RequestValidator", "reject_constant"]

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_MAX_CACHED_LENGTH = 256
_MAX_ISSUES = 20


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong with a request: where, as a JSON pointer, and what."""

    pointer: str
    message: str


class RequestValidator:
    """Checks the requests to one operation."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        """Compile the schemas of an operation.

        Raises:
            EmulatorError: If one of them is broken.
        """
        self._parameters: dict[str, list[_ParameterValidator]] = {}
        for parameter in operation.parameters:
            validator = _ParameterValidator(parameter, contract, operation.id)
            self._parameters.setdefault(parameter.location, []).append(validator)
        self.has_body = operation.body is not None
        self._body, self._body_validator = operation.body, None
        if operation.body is not None:
            self._body_validator = contract.validator(operation.body.schema, f"the request body of {operation.id}")

    def check(
        self,
        path: Mapping[str, str],
        query_string: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes = b"",
    ) -> tuple[dict[str, Any], Any, list[Issue]]:
        """Check a request.

        Returns:
            The documented query parameters, as the types that the contract gives them, the value of the JSON body (None
            without one), and what is wrong.
        """
        issues: list[Issue] = []
        query: dict[str, Any] = {}
        for location, validators in self._parameters.items():
            pairs: Iterable[tuple[str, str]] = path.items()
            if location == "query":
                pairs = parse_qsl(query_string.decode("utf-8", "replace"), keep_blank_values=True)
            elif location == "header":
                pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
            sent: dict[str, list[str]] = {}
            for name, text in pairs:
                sent.setdefault(name, []).append(text)
            for validator in validators:
                validator.check(sent, query if location == "query" else {}, issues)
        value, found = self._check_body(headers, body)
        return query, value, issues + found

    def _check_body(self, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> tuple[Any, list[Issue]]:
        if self._body is None or self._body_validator is None:
            return None, []
        if not body:
            return None, [Issue("/body", "is required")] if self._body.required else []
        if not any(name == b"content-type" and b"json" in value.lower() for name, value in headers):
            return None, [Issue("/header/content-type", "must be application/json")]
        try:
            value = json.loads(body, parse_constant=reject_constant)
        except (ValueError, RecursionError) as error:
            return None, [Issue("/body", f"is not valid JSON: {str(error)[:200]}")]
        found = islice(errors_of(self._body_validator, value), _MAX_ISSUES)
        return value, [Issue("/body" + pointer, message) for pointer, message, _ in found]


class _ParameterValidator:
    """Checks one parameter."""

    def __init__(self, parameter: Parameter, contract: Contract, operation_id: str) -> None:
        self._parameter = parameter
        self._name = parameter.name.lower() if parameter.location == "header" else parameter.name
        where = f"the parameter {parameter.name} of {operation_id}"
        self._validator = contract.validator(parameter.schema, where)
        lists = [schema for schema in branches(parameter.schema) if "array" in schema.get("type", "")]
        self._items = contract.validator(lists[0].get("items", {}), where) if lists else None
        self._check_short = lru_cache(maxsize=1024)(lambda text: self._check([text]))

    def check(self, sent: Mapping[str, list[str]], values: dict[str, Any], issues: list[Issue]) -> None:
        """Find the parameter in what was sent; add its value to `values`, or what is wrong to `issues`."""
        parameter = self._parameter
        texts = sent.get(self._name)
        if texts is None:
            if parameter.required:
                issues.append(Issue(parameter.pointer, f"{parameter.name} is required"))
            return
        if len(texts) == 1 and len(texts[0]) <= _MAX_CACHED_LENGTH:
            value, message = self._check_short(texts[0])
        else:
            value, message = self._check(texts)
        if message is None:
            values[parameter.name] = value
        else:
            issues.append(Issue(parameter.pointer, f"{parameter.name}: {message}"))

    def _check(self, texts: list[str]) -> tuple[Any, str | None]:
        """The value that these texts mean, or what is wrong with them."""
        is_exploded = self._items is not None and self._parameter.explode
        if len(texts) > 1 and not is_exploded:
            return None, "is given more than once"
        if self._items is None:
            return self._first_valid(_meanings(texts[0]))
        values = [_convert(item, self._items) for item in (texts if is_exploded else texts[0].split(","))]
        # `x=` of a list that is not exploded can be an empty list too.
        return self._first_valid([values] if is_exploded or texts[0] else [[], values])

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
