"""What the emulator's ASGI applications share: reading a request, sending a response, and the log of both."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from . import responses
from .contract import Contract
from .responses import Response
from .validation import RequestValidator

__all__ = [
    "ABORT",
    "Application",
    "Headers",
    "Receive",
    "Scope",
    "Send",
    "bearer_token",
    "log_request",
    "raw_path",
    "read_request",
    "send_response",
    "unknown_token",
]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

ABORT = "realtimekit.abort"
"""The ASGI extension that drops a connection for a scripted fault. Only the emulator's own server has it."""

_log = logging.getLogger(__name__)
_TOKEN = re.compile(rb"Bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_MAX_BODY = 8 * 1024 * 1024


def raw_path(scope: Scope) -> bytes:
    """The path as it was sent: percent-encoded, without the query string."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path


def bearer_token(headers: Headers) -> str | Response:
    """The token that was sent, or else the response to a request without one."""
    sent = [value for name, value in headers if name == b"authorization"]
    if not sent or not sent[0].strip():
        return responses.gateway_error(401, responses.AUTHENTICATION_ERROR, "Authentication error", _CHALLENGE)
    match = _TOKEN.fullmatch(sent[0]) if len(sent) == 1 else None
    if match is None:
        cause = {"code": responses.INVALID_AUTHORIZATION, "message": "Invalid format for Authorization header"}
        return responses.gateway_error(400, responses.INVALID_HEADERS, "Invalid request headers", error_chain=[cause])
    return match.group(1).decode("ascii")


def unknown_token() -> Response:
    """The response to a token that is not known."""
    return responses.gateway_error(401, responses.INVALID_TOKEN, "Invalid access token", _CHALLENGE)


async def read_request(
    validator: RequestValidator, path: Mapping[str, str], scope: Scope, receive: Receive
) -> Response | tuple[dict[str, Any], Any]:
    """The query parameters and the JSON body of a request, or else the response to one that breaks the contract."""
    body = b""
    if validator.has_body:
        read = await _read_body(receive)
        if read is None:
            return responses.gateway_error(413, 10413, f"The body is larger than {_MAX_BODY} bytes")
        body = read
    query, value, issues = validator.check(path, scope["query_string"], scope["headers"], body)
    if not issues:
        return query, value
    return responses.gateway_errors(
        400,
        [
            {"code": responses.INVALID_REQUEST, "message": issue.message, "source": {"pointer": issue.pointer}}
            for issue in issues
        ],
    )


async def send_response(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Send a response, or as much of it as a scripted fault lets through."""
    cut = response.cut_after
    if cut is not None and cut < 0:
        await _drop_connection(scope, receive)
        return
    headers = [(b"cf-ray", b"%016x-EMU" % random.getrandbits(64))]
    if response.status not in {204, 304}:
        if response.body:
            headers.append((b"content-type", response.content_type.encode("latin-1")))
        headers.append((b"content-length", b"%d" % len(response.body)))
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if cut is not None and cut < len(response.body):
        await send({"type": "http.response.body", "body": response.body[:cut], "more_body": True})
        await _drop_connection(scope, receive)
        return
    await send({"type": "http.response.body", "body": response.body})


def log_request(scope: Scope, response: Response, started: float, contract: Contract) -> None:
    """Log a request in one line, at INFO; not its query string or headers, which may have a token.

    Args:
        scope: The request.
        response: Its response.
        started: What `time.perf_counter()` was when it arrived.
        contract: Has the path of the request, which may name an app.
    """
    if _log.isEnabledFor(logging.INFO):
        found = contract.match(raw_path(scope))
        is_dropped = response.cut_after is not None and response.cut_after < 0
        _log.info(
            "%s %s %s %.1f ms app=%s",
            scope["method"],
            # No line break or colour of a terminal gets from a path into the log.
            raw_path(scope).decode("latin-1").encode("unicode_escape").decode("ascii"),
            "dropped" if is_dropped else response.status,
            (time.perf_counter() - started) * 1000,
            found[1].get("app_id", "-") if found else "-",
        )


async def _read_body(receive: Receive) -> bytes | None:
    """The body of a request; None if it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > _MAX_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _drop_connection(scope: Scope, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionResetError("a scripted fault drops this connection")
    abort["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass
