"""Two judges of the requests that a client sends: openapi-core, and schemathesis, which makes a request of its own."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import requests
import schemathesis
from openapi_core import OpenAPI, V31RequestValidator
from openapi_core.testing import MockRequest
from werkzeug.datastructures import ImmutableMultiDict

from .contract import CONTRACT, SERVER, Documented
from .judge import complaints

__all__ = ["meaning", "meaning_for_schemathesis", "validate"]

Meaning = tuple[str, str, list[str], list[tuple[str, str]]]


def validate(operation: Documented, request: httpx.Request) -> None:
    """Check a request against the contract; openapi-core raises an error if it breaks the contract."""
    url = urlsplit(str(request.url))
    _, _, segments, query = meaning(request)
    names = f"{urlsplit(SERVER).path}{operation.path}".split("/")
    judged = MockRequest(
        host_url=f"{url.scheme}://{url.netloc}",
        method=request.method,
        path=url.path,
        # Without these, openapi-core would check the encoded text.
        view_args={name[1:-1]: value for name, value in zip(names, segments, strict=True) if name.startswith("{")},
        args=ImmutableMultiDict((name, value) for name, value in query if value or not _may_be_empty(operation, name)),
        headers=dict(request.headers),
        data=request.content,
        content_type=request.headers.get("content-type", ""),
    )
    _validator().validate(judged)


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


def _may_be_empty(operation: Documented, name: str) -> bool:
    """Whether an empty text is a value of a parameter: openapi-core refuses it even where the schema allows it."""
    parameter = operation.parameter(name)
    return not parameter.get("required") and not complaints(parameter["schema"], "")
