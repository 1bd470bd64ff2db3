"""Responses, and the two shapes of errors: the gateway's and RealtimeKit's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

__all__ = ["Response", "gateway_error", "gateway_errors", "json_response", "service_error", "usual_error"]

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
# The edge of the network sends a page of HTML with its own status codes.
EDGE_STATUSES = frozenset({*range(520, 528), 530})

# The vendor documents these codes, except the last: nobody documents the code of an invalid parameter.
AUTHENTICATION_ERROR = 10000
INVALID_TOKEN = 9109
INVALID_HEADERS = 6003
INVALID_AUTHORIZATION = 6111
NO_ROUTE = 7003
INVALID_REQUEST = 10400


@dataclass
class Response:
    """A whole response."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """A scripted fault drops the connection after this many bytes of the body, or before the head if it is -1."""


def json_response(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A response with any JSON value."""
    return Response(status, json.dumps(value, separators=(",", ":")).encode(), headers=dict(headers or {}))


def gateway_error(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """An error of the gateway in front of the service; `more` are other fields of its only entry."""
    return gateway_errors(status, [{"code": code, "message": message, **more}], headers)


def gateway_errors(
    status: int, errors: Iterable[Mapping[str, Any]], headers: Mapping[str, str] | None = None
) -> Response:
    """Several errors of the gateway in one response."""
    return json_response(status, {"success": False, "errors": list(errors), "messages": [], "result": None}, headers)


def service_error(status: int, message: str) -> Response:
    """An error of RealtimeKit itself."""
    return json_response(status, {"success": False, "error": {"code": status, "message": message}})


def usual_error(status: int) -> Response:
    """The error that usually comes with a status; for faults on demand."""
    if status in EDGE_STATUSES:
        page = (
            f"<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>Error {status}</h1></body></html>\n"
        )
        return Response(status, page.encode(), HTML)
    try:
        message = HTTPStatus(status).phrase
    except ValueError:
        message = f"Error {status}"
    if status in (404, 422, 500):
        return service_error(status, message)
    codes = {401: AUTHENTICATION_ERROR, 403: INVALID_TOKEN}
    return gateway_error(status, codes.get(status, 10000 + status), message)
