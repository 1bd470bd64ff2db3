"""The contract turned around: each documented response is the request body of a made-up operation.

schemathesis makes up valid and invalid requests. Here their bodies are used as responses, to test the client.
"""

from __future__ import annotations

import json
from typing import Any

import schemathesis

from .configuration import configuration
from .contract import CONTRACT, Response, responses

__all__ = ["NAMES", "body_of", "response_of", "turned"]

NAMES = {
    f"/{number}": f"{response.operation}_{response.statuses[0]}_{response.media_type.split('/')[-1]}"
    for number, response in enumerate(responses())
}
_BY_PATH = {f"/{number}": response for number, response in enumerate(responses())}


def turned(*, max_examples: int) -> schemathesis.BaseSchema:
    """The schema of the made-up operations."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Responses as requests", "version": "1"},
        "paths": {
            path: {
                "post": {
                    "requestBody": {"required": True, "content": {response.media_type: response.content}},
                    "responses": {"204": {"description": "Read"}},
                }
            }
            for path, response in _BY_PATH.items()
        },
        "components": {"schemas": CONTRACT["components"]["schemas"]},
    }
    return schemathesis.openapi.from_dict(document, config=configuration(max_examples=max_examples))


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
