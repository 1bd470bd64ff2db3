"""Puts the pieces of a response together, up to a limit, and makes errors from responses that report one."""

from __future__ import annotations

import json
import re
import zlib

import msgspec

from .errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectError,
    ErrorDetail,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ResponseTooLargeError,
    ServerError,
    UnsuccessfulError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from .errors import RealtimeKitError
    from .operations import Operation
    from .settings import Secret

    _Error = TypeVar("_Error", bound=RealtimeKitError)

__all__ = ["Response", "ResponseReader", "api_error", "unsuccessful"]

_GZIP = zlib.MAX_WBITS | 16
# Reads one field and skips the rest: a large body costs no memory.
_FLAG_DECODER = msgspec.json.Decoder(msgspec.defstruct("Flag", [("success", bool, True)]))

# A body that is larger is not an error message. Read as JSON, it could take hundreds of times its size.
_MAX_PARSED_BYTES = 256 * 1024
_MAX_DETAILS = 20
# Of a message.
_MAX_CHARACTERS = 1500

# Control characters, line separators, and what changes the direction of the text around it.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_CLASSES: dict[int, type[APIError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
}


class Response:
    """A whole response: its status, its headers (in any case) and its decompressed body."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def request_id(self) -> str | None:
        """The id by which the vendor's support can find the response."""
        return self.headers.get("cf-ray")


class ResponseReader:
    """Puts a body together and decompresses it. It stops at the limit, so that no response fills the memory."""

    def __init__(self, status: int, headers: Mapping[str, str], limit: int) -> None:
        self._response = Response(status, headers, b"")
        self._limit = limit
        self._chunks: list[bytes] = []
        self._size = 0
        self._unfinished = False
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip"):
            # Only gzip is asked for. With several encodings, a small response could grow beyond any limit.
            raise self._error(ResponseError, f"The response is encoded as {encoding!r}, which was not asked for")
        self._gzip = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
        length = headers.get("content-length", "")
        # Python refuses to read a number of some thousand digits.
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > limit):
            raise self._too_large()

    def feed(self, chunk: bytes) -> None:
        """Add a piece of the body, as it was received.

        Raises:
            ResponseTooLargeError: The body is larger than the limit.
            ConnectError: The compressed data is broken.
        """
        if self._gzip is None:
            self.feed_plain(chunk)
            return
        self._unfinished = True
        try:
            while chunk:
                if self._gzip.eof:
                    self._gzip = zlib.decompressobj(_GZIP)
                # One byte more than allowed is enough to see that the body is too large.
                self.feed_plain(self._gzip.decompress(chunk, self._limit - self._size + 1))
                chunk = self._gzip.unused_data
        except zlib.error:
            raise self._error(ConnectError, "The response's compressed data is broken") from None
        self._unfinished = not self._gzip.eof

    def feed_plain(self, data: bytes) -> None:
        """Add a piece of the body that is not compressed."""
        self._size += len(data)
        if self._size > self._limit:
            raise self._too_large()
        self._chunks.append(data)

    def finish(self) -> Response:
        """The whole response.

        Raises:
            ConnectError: The compressed data ended too early.
        """
        if self._unfinished:
            raise self._error(ConnectError, "The response's compressed data ended too early")
        self._response.body = b"".join(self._chunks)
        return self._response

    def _too_large(self) -> ResponseError:
        message = f"The response is larger than {self._limit} bytes: ask for fewer items a page"
        return self._error(ResponseTooLargeError, message, setting="max_response_bytes")

    def _error(self, kind: type[_Error], message: str, **facts: Any) -> _Error:
        return kind(message, status=self._response.status, request_id=self._response.request_id, **facts)


def api_error(response: Response, operation: Operation, secret: Secret) -> APIError:
    """The error for a response whose status is not a success."""
    details, more = _details(_mapping(response.body), secret)
    kind = _CLASSES.get(response.status) or (ServerError if response.status >= 500 else BadRequestError)
    reason = _reason(details, more) or _first_words(response)
    setting = "api_token" if kind is AuthenticationError else None
    return kind(f"{reason}{_remedy(kind, operation)}", errors=details, setting=setting)


def unsuccessful(response: Response, secret: Secret) -> UnsuccessfulError | None:
    """The error for a 2xx that reports `"success": false`; None where it does not."""
    # The name of the field may be written with escapes.
    if (b'"success"' not in response.body and b"\\u" not in response.body) or not _reports_failure(response.body):
        return None
    details, more = _details(_mapping(response.body), secret)
    reason = _reason(details, more) or "the response gives no reason"
    return UnsuccessfulError(f'The response says "success": false: {reason}', errors=details)


def _reports_failure(body: bytes) -> bool:
    try:
        return getattr(_FLAG_DECODER.decode(body), "success", True) is False
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False


def _mapping(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty one where the body is something else, or too large for an error."""
    if len(body) > _MAX_PARSED_BYTES:
        return {}
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _details(tree: dict[str, Any], secret: Secret) -> tuple[tuple[ErrorDetail, ...], int]:
    """The errors in a body, in the gateway's shape (`errors`) or the service's (`error`), and how many more it has."""
    entries = tree.get("errors")
    if not isinstance(entries, list) or not entries:
        entries = [tree.get("error")]
    entries = [entry for entry in entries if isinstance(entry, str | dict)]
    details = tuple(_detail(entry, secret) for entry in entries[:_MAX_DETAILS])
    return details, len(entries) - len(details)


def _reason(details: tuple[ErrorDetail, ...], more: int) -> str:
    """What the errors say, on one line."""
    reason = _shortened("; ".join(map(str, details)))
    # Escaped, because control characters could change what a terminal or a log shows.
    reason = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], reason)
    return f"{reason}; and {more} more" if more else reason


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"


def _detail(entry: Any, secret: Secret) -> ErrorDetail:
    if isinstance(entry, str):
        entry = {"message": entry}
    code, message, source = entry.get("code"), entry.get("message"), entry.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    if isinstance(code, float) and code.is_integer():
        # JSON has one kind of number: 1.0 is an integer.
        code = int(code)
    # Redact before truncating: half a token would not match.
    return ErrorDetail(
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        _shortened(secret.redact(message)) if isinstance(message, str) else "no message",
        _shortened(secret.redact(pointer)) if isinstance(pointer, str) else None,
    )


def _first_words(response: Response) -> str:
    if not response.body:
        return "The response has no body"
    start = " ".join(response.body[:200].decode("utf-8", "replace").split())
    return f"The response is not in a known error shape and starts with {start[:80]!r}"


def _remedy(kind: type[APIError], operation: Operation) -> str:
    if kind is AuthenticationError:
        return ": check the API token"
    if kind is PermissionDeniedError and operation.permissions:
        return f": the token needs one of the permissions {', '.join(operation.permissions)}, on this account"
    if kind is NotFoundError:
        return f": check the identifiers in {operation.path} and the base URL"
    return ""
