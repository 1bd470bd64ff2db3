"""Responses, and the two shapes of errors: the gateway's and RealtimeKit's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from .validation import Issue

__all__ = [
    "Response",
    "edge_error",
    "error",
    "gateway_error",
    "invalid_request",
    "json_response",
    "no_route",
    "service_error",
]

JSON = "application/json"
# The edge of the network sends a page of HTML with its own status codes.
EDGE_STATUSES = frozenset({*range(520, 528), 530})

# The vendor documents these codes, except the last: nobody documents the code of an invalid parameter.
AUTHENTICATION_ERROR = 10000
INVALID_TOKEN = 9109
INVALID_HEADERS = 6003
INVALID_AUTHORIZATION = 6111
NO_ROUTE = 7003
INVALID_REQUEST = 10400
_MAX_PATH = 200


@dataclass
class Response:
    """A whole response."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """A scripted fault drops the connection after this many bytes of the body, or before the head if it is -1."""


def json_response(status: int, value: Any) -> Response:
    """A response with any JSON value."""
    return Response(status, json.dumps(value, separators=(",", ":")).encode())


def gateway_error(status: int, errors: Iterable[Mapping[str, Any]], **headers: str) -> Response:
    """An error of the gateway in front of the service."""
    response = json_response(status, {"success": False, "errors": list(errors), "messages": [], "result": None})
    response.headers = headers
    return response


def service_error(status: int, message: str) -> Response:
    """An error of RealtimeKit itself."""
    return json_response(status, {"success": False, "error": {"code": status, "message": message}})


def edge_error(status: int) -> Response:
    """An error of the edge of the network: a page of HTML."""
    page = f"<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>Error {status}</h1></body></html>\n"
    return Response(status, page.encode(), "text/html; charset=UTF-8")


def error(status: int) -> Response:
    """The error that usually comes with a status; for faults on demand."""
    if status in EDGE_STATUSES:
        return edge_error(status)
    try:
        message = HTTPStatus(status).phrase
    except ValueError:
        message = f"Error {status}"
    if status in (404, 422, 500):
        return service_error(status, message)
    codes = {401: AUTHENTICATION_ERROR, 403: INVALID_TOKEN}
    return gateway_error(status, [{"code": codes.get(status, 10000 + status), "message": message}])


def invalid_request(issues: Iterable[Issue]) -> Response:
    """The error for a request that breaks the contract."""
    return gateway_error(
        400,
        [{"code": INVALID_REQUEST, "message": issue.message, "source": {"pointer": issue.pointer}} for issue in issues],
    )


def no_route(path: str) -> Response:
    """The error for a path that is not in the contract."""
    shown = path if len(path) <= _MAX_PATH else path[:_MAX_PATH] + "…"
    message = f"Could not route to {shown}, perhaps your object identifier is invalid?"
    return gateway_error(404, [{"code": NO_ROUTE, "message": message}])
