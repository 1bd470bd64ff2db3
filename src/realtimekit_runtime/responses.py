"""Puts the pieces of a response together, up to a limit, and makes errors from responses that report one."""

from __future__ import annotations

import json
import zlib

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

    _Error = TypeVar("_Error", bound=RealtimeKitError)

__all__ = ["Response", "ResponseReader", "api_error", "unsuccessful"]

_GZIP = zlib.MAX_WBITS | 16

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
        if length.isascii() and length.isdigit() and int(length) > limit:
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
            broken = self._error(ConnectError, "The response's compressed data is broken")
        else:
            self._unfinished = not self._gzip.eof
            return
        raise broken

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
        return self._error(
            ResponseTooLargeError,
            f"The response is larger than {self._limit} bytes: ask for fewer items a page, or raise max_response_bytes",
        )

    def _error(self, kind: type[_Error], message: str) -> _Error:
        return kind(message, status=self._response.status, request_id=self._response.request_id)


def api_error(response: Response, operation: Operation) -> APIError:
    """The error for a response with a status of 400 or more."""
    details = _details(_mapping(response.body))
    kind = _CLASSES.get(response.status) or (ServerError if response.status >= 500 else BadRequestError)
    reason = "; ".join(map(str, details)) or _first_words(response)
    return kind(f"{reason}{_remedy(kind, operation)}", errors=details)


def unsuccessful(response: Response) -> UnsuccessfulError | None:
    """The error for a 2xx that says `"success": false`; None if it does not."""
    if b'"success"' not in response.body:
        return None
    tree = _mapping(response.body)
    if tree.get("success") is not False:
        return None
    details = _details(tree)
    reason = "; ".join(map(str, details)) or "the response gives no reason"
    return UnsuccessfulError(f'The response says "success": false: {reason}', errors=details)


def _mapping(body: bytes) -> dict[str, Any]:
    """The body as a JSON object; empty if it is anything else."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _details(tree: dict[str, Any]) -> tuple[ErrorDetail, ...]:
    """The errors in a body, which has the gateway's shape (`errors`) or the service's (`error`)."""
    entries = tree.get("errors")
    if not isinstance(entries, list) or not entries:
        entries = [tree.get("error")]
    return tuple(detail for entry in entries if (detail := _detail(entry)) is not None)


def _detail(entry: Any) -> ErrorDetail | None:
    if isinstance(entry, str):
        return ErrorDetail(None, entry)
    if not isinstance(entry, dict):
        return None
    code, message, source = entry.get("code"), entry.get("message"), entry.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    if isinstance(code, float) and code.is_integer():
        # JSON has one kind of number: 1.0 is an integer.
        code = int(code)
    return ErrorDetail(
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        message if isinstance(message, str) else "no message",
        pointer if isinstance(pointer, str) else None,
    )


def _first_words(response: Response) -> str:
    if not response.body:
        return "The response has no body"
    start = " ".join(response.body[:200].decode("utf-8", "replace").split())
    return f"The response is not in a known error shape and starts with {start[:80]!r}"


def _remedy(kind: type[APIError], operation: Operation) -> str:
    if kind is AuthenticationError:
        return ": check the API token (api_token=… or CLOUDFLARE_API_TOKEN)"
    if kind is PermissionDeniedError and operation.permissions:
        return f": the token needs one of the permissions {', '.join(operation.permissions)}, on this account"
    if kind is NotFoundError:
        return f": check the identifiers in {operation.path} and the base URL"
    return ""
