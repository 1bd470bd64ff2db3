"""The contract turned round: every documented answer is the request body of an operation that somebody made up.

schemathesis makes up requests, good and bad ones. Here they are answers, and what is tested with them is the client.
"""

from __future__ import annotations

import json
from typing import Any

import schemathesis

from .configuration import configuration
from .contract import CONTRACT, Answer, answers

__all__ = ["NAMES", "answer_of", "body_of", "turned"]

NAMES = {
    f"/{number}": f"{answer.operation}_{answer.statuses[0]}_{answer.media_type.split('/')[-1]}"
    for number, answer in enumerate(answers())
}
_BY_PATH = {f"/{number}": answer for number, answer in enumerate(answers())}


def turned(*, max_examples: int) -> schemathesis.BaseSchema:
    """The made-up operations, to be parametrized with."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Answers as requests", "version": "1"},
        "paths": {
            path: {
                "post": {
                    "requestBody": {"required": True, "content": {answer.media_type: answer.content}},
                    "responses": {"204": {"description": "Read"}},
                }
            }
            for path, answer in _BY_PATH.items()
        },
        "components": {"schemas": CONTRACT["components"]["schemas"]},
    }
    return schemathesis.openapi.from_dict(document, config=configuration(max_examples=max_examples))


def answer_of(case: schemathesis.Case[Any]) -> Answer:
    """The documented answer that a made-up request is."""
    return _BY_PATH[case.path]


def body_of(case: schemathesis.Case[Any]) -> tuple[bytes, Any]:
    """The body of a made-up request, and the value in it (`...` where it is no JSON)."""
    body = case.body
    if isinstance(body, bytes):
        try:
            return body, json.loads(body)
        except ValueError:
            return body, ...
    if isinstance(body, str) and not answer_of(case).is_json:
        return body.encode(), ...
    try:
        return json.dumps(body).encode(), body
    except TypeError:
        # schemathesis's sign for no body at all.
        return b"", ...
