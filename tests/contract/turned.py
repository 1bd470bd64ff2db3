"""The contract turned around: each documented response is the request body of a made-up operation.

schemathesis makes up valid and invalid requests. Here their bodies are used as responses, to test the client, and as
values that fit a schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import schemathesis
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from .configuration import configuration
from .contract import CONTRACT, Response, responses

__all__ = ["NAMES", "body_of", "one_of_them", "response_of", "turned", "values"]

_BY_PATH = {f"/{number}": response for number, response in enumerate(responses())}
NAMES = {
    path: f"{response.operation}_{response.statuses[0]}_{response.media_type.split('/')[-1]}"
    for path, response in _BY_PATH.items()
}


def turned(*, max_examples: int) -> schemathesis.BaseSchema:
    """The schema of the made-up operations."""
    contents = {path: {response.media_type: response.content} for path, response in _BY_PATH.items()}
    return _schema(contents, configuration(max_examples=max_examples))


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema; its references are to the contract."""
    made_up = _schema({"/": {"application/json": {"schema": schema}}}, schemathesis.Config())
    return made_up["/"]["POST"].as_strategy().map(lambda case: case.body)


def _schema(contents: Mapping[str, Any], config: schemathesis.Config) -> schemathesis.BaseSchema:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Responses as requests", "version": "1"},
        "paths": {
            path: {
                "post": {
                    "requestBody": {"required": True, "content": content},
                    "responses": {"204": {"description": "Read"}},
                }
            }
            for path, content in contents.items()
        },
        "components": {"schemas": CONTRACT["components"]["schemas"]},
    }
    return schemathesis.openapi.from_dict(document, config=config)


def one_of_them(strategy: st.SearchStrategy[Any]) -> Any:
    """A value of a strategy, the same in every run. hypothesis cannot do this within a test of its own."""
    # The first value is simple enough; to simplify it would take seconds.
    quiet = settings(database=None, derandomize=True, max_examples=10, phases=[Phase.generate])
    return find(strategy, lambda _: True, settings=quiet)


def response_of(case: schemathesis.Case[Any]) -> Response:
    """The documented response that a made-up request stands for."""
    return _BY_PATH[case.path]


def body_of(case: schemathesis.Case[Any]) -> tuple[bytes, Any]:
    """The body of a made-up request, and the value in it, `...` if it is not JSON."""
    body = case.body
    if isinstance(body, bytes):
        try:
            return body, json.loads(body)
        except ValueError:
            return body, ...
    if isinstance(body, str) and not response_of(case).is_json:
        return body.encode(), ...
    try:
        return json.dumps(body).encode(), body
    except TypeError:
        # What schemathesis has for no body at all.
        return b"", ...
