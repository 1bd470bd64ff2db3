"""Two judges of the requests that a client sends: openapi-core, and schemathesis, which makes a request of its own."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import requests
import schemathesis
from openapi_core import OpenAPI, V31RequestValidator
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .contract import CONTRACT, SERVER, Documented, operations
from .judge import is_valid

__all__ = ["meaning", "meaning_for_schemathesis", "validate"]

Meaning = tuple[str, str, list[str], list[tuple[str, str]]]


def validate(request: httpx.Request) -> None:
    """Check a request against the contract; openapi-core raises an error if it breaks the contract."""
    _validator().validate(_Judged(request))


def meaning(request: httpx.Request) -> Meaning:
    """What a request asks for: method, server, decoded path segments, decoded query."""
    return _meaning(request.method, str(request.url))


def meaning_for_schemathesis(case: schemathesis.Case[Any]) -> Meaning:
    """What the request asks for that schemathesis would send."""
    sent = case.as_transport_kwargs(base_url=SERVER)
    names = ("method", "url", "params")
    prepared = requests.Request(**{name: sent[name] for name in names if name in sent}).prepare()
    assert prepared.method is not None
    assert prepared.url is not None
    return _meaning(prepared.method, prepared.url)


def _meaning(method: str, url: str) -> Meaning:
    parts = urlsplit(url)
    # Split before decoding: an encoded slash is part of its segment.
    segments = [unquote(segment, errors="strict") for segment in parts.path.split("/")]
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), errors="strict")
    return method, f"{parts.scheme}://{parts.netloc}", segments, sorted(query)


@cache
def _validator() -> V31RequestValidator:
    return V31RequestValidator(OpenAPI.from_dict(CONTRACT).spec)


class _Judged:
    """A request in the form that openapi-core reads."""

    def __init__(self, request: httpx.Request) -> None:
        parts = urlsplit(str(request.url))
        self.host_url = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("content-type", "")
        operation, path_values = _found(request.method, parts.path)
        self.parameters = RequestParameters(
            # Without these, openapi-core would check the encoded text.
            path=path_values,
            query=ImmutableMultiDict(
                (name, value)
                for name, value in parse_qsl(parts.query, keep_blank_values=True)
                if value or not _may_be_empty(operation, name)
            ),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(),
        )


def _found(method: str, path: str) -> tuple[Documented, dict[str, str]]:
    """The operation that a request is for, and its path values."""
    path = path.removeprefix(urlsplit(SERVER).path)
    for operation in operations():
        parts = re.split(r"\{([^{}]+)\}", operation.path)
        pattern = "".join("([^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        if operation.method == method and (found := re.fullmatch(pattern, path)):
            return operation, {name: unquote(value) for name, value in zip(parts[1::2], found.groups(), strict=True)}
    raise LookupError(f"The contract has no {method} {path}")


def _may_be_empty(operation: Documented, name: str) -> bool:
    """Whether an empty text is a value of a parameter: openapi-core refuses it even where the schema allows it."""
    parameter = operation.parameter(name)
    return not parameter.get("required") and is_valid(parameter["schema"], "")
