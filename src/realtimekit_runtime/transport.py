"""Sends one request with httpx, sync or async, and limits the time and the size of the response.

No exception of httpx leaves this module. An error of our own is returned, and raised elsewhere, so that no exception
that holds a request is attached to it.
"""

from __future__ import annotations

import asyncio
import contextvars
import ssl
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from .connections import OwnClient
from .deadlines import is_early
from .errors import (
    ArgumentError,
    ConfigurationError,
    ConnectError,
    RealtimeKitError,
    RedirectError,
    RequestTimeoutError,
)
from .responses import Response, ResponseReader

if TYPE_CHECKING:
    from .call import Call
    from .settings import Secret

__all__ = ["Abandoned", "exchange", "exchange_async"]

_BAD_URL = (httpx.InvalidURL, UnicodeError)


class Abandoned(Exception):  # noqa: N818  # a signal, not an error
    """Nobody waits for the response any more."""


class BearerAuth(httpx.Auth):
    """Adds the token to a request at the last moment, so that no other variable holds it."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


def exchange(http: httpx.Client, call: Call, abandoned: threading.Event) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response, within the timeout."""
    try:
        if isinstance(http, OwnClient):
            # Its connections take a timeout for a deadline.
            return _exchange(http, call, time.monotonic() + call.settings.timeout, abandoned.is_set)
        return _exchange_in_thread(http, call, abandoned)
    except BaseException as exc:
        interrupt = _without_frames(exc)
    raise interrupt


def _without_frames(interrupt: BaseException) -> BaseException:
    """An interrupt without its traceback, because the frames of the libraries below hold the token."""
    interrupt.__cause__ = interrupt.__context__ = None
    return interrupt.with_traceback(None)


class _Connection:
    """The connection of a request that is sent in another thread, so that it can be closed from here."""

    def __init__(self) -> None:
        self._opened: Any = None
        self._used: Any = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note of what httpcore does for the request."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._opened = info["return_value"]
        elif event == "http11.send_request_headers.started":
            # With HTTP/2, other requests use the connection too.
            self._used = self._opened

    def has_responded(self, response: httpx.Response) -> None:
        """Take note of a kept connection, which httpcore does not name before."""
        if response.extensions.get("http_version", b"").startswith(b"HTTP/1"):
            self._used = response.extensions.get("network_stream")

    def close(self) -> None:
        """Let the thread fail at its next read."""
        if self._used is not None:
            with suppress(OSError):
                self._used.close()


def _exchange_in_thread(http: httpx.Client, call: Call, abandoned: threading.Event) -> Response | RealtimeKitError:
    """Send a request with the caller's own client, whose connections keep no deadline.

    The timeouts of httpx limit the wait for each read only. So the request runs in a thread, and at the timeout its
    connection is closed. A connection that was kept from another request is not known before the head of the response:
    until then, the thread lives on if the server sends the head slowly.
    """
    outcome: Future[Response | RealtimeKitError] = Future()
    connection = _Connection()
    late = threading.Event()

    def is_abandoned() -> bool:
        return abandoned.is_set() or late.is_set()

    def work() -> None:
        try:
            outcome.set_result(_exchange(http, call, call.settings.timeout, is_abandoned, connection))
        except BaseException as exc:
            outcome.set_exception(exc)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    try:
        wait([outcome], call.settings.timeout)
    finally:
        if not outcome.done():
            late.set()
            connection.close()
    return _timeout(call) if late.is_set() else outcome.result()


def _exchange(
    http: httpx.Client,
    call: Call,
    timeout: float,
    is_abandoned: Callable[[], bool],
    connection: _Connection | None = None,
) -> Response | RealtimeKitError:
    try:
        request = _build(http, call, timeout, connection)
        response = http.send(request, auth=BearerAuth(call.settings.api_token), stream=True, follow_redirects=False)
        try:
            if connection is not None:
                connection.has_responded(response)
            reader = _reader(response, call)
            if not response.is_stream_consumed:
                for chunk in response.iter_raw():
                    reader.feed(chunk)
                    if is_abandoned():
                        raise Abandoned
            return reader.finish()
        finally:
            response.close()
    except Exception as exc:
        return _failure(exc, call, http)


async def exchange_async(http: httpx.AsyncClient, call: Call) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response, within the timeout."""
    try:
        return await _exchange_async(http, call)
    except BaseException as exc:
        interrupt = _without_frames(exc)
    raise interrupt


async def _exchange_async(http: httpx.AsyncClient, call: Call) -> Response | RealtimeKitError:
    try:
        async with asyncio.timeout(call.settings.timeout):
            request = _build(http, call, call.settings.timeout)
            auth = BearerAuth(call.settings.api_token)
            response = await http.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                reader = _reader(response, call)
                if not response.is_stream_consumed:
                    async for chunk in response.aiter_raw():
                        reader.feed(chunk)
                return reader.finish()
            finally:
                await response.aclose()
    except Exception as exc:
        return _failure(exc, call, http)


def _build(
    http: httpx.Client | httpx.AsyncClient, call: Call, timeout: float, connection: _Connection | None = None
) -> httpx.Request:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": call.settings.user_agent,
        **call.request.headers,
    }
    try:
        request = http.build_request(
            call.request.method,
            call.url,
            content=call.request.content,
            timeout=timeout,
            headers=headers,
            extensions={"trace": connection.trace} if connection else None,
        )
        if http.params:
            # httpx would replace our query by the client's default parameters, and every page would be the first.
            url = httpx.URL(call.url)
            defaults = [(name, value) for name, value in http.params.multi_items() if name not in url.params]
            query = "&".join(filter(None, (url.query.decode(), urlencode(defaults))))
            request.url = url.copy_with(query=query.encode())
    except _BAD_URL as exc:
        raise ArgumentError(f"The arguments do not make a URL: {exc}") from None
    return request


def _reader(response: httpx.Response, call: Call) -> ResponseReader:
    """Get ready to read a body, or refuse the response because of its head."""
    if is_early(response.extensions.get("network_stream")):
        raise httpx.RemoteProtocolError("The server sent a response before it was asked for one")
    reader = ResponseReader(response.status_code, response.headers, call.settings.max_response_bytes)
    if response.is_stream_consumed:
        # The caller's own transport, such as a mock, has decompressed the body.
        reader.feed_plain(response.content)
    return reader


def _timeout(call: Call) -> RequestTimeoutError:
    return RequestTimeoutError(f"No complete response within {call.settings.timeout:g} s", setting="timeout")


def _failure(exc: Exception, call: Call, http: httpx.Client | httpx.AsyncClient) -> RealtimeKitError:
    """The error for an exception; what is not about the network is raised as it is."""
    if isinstance(exc, RealtimeKitError):
        return exc
    if isinstance(exc, httpx.TimeoutException | TimeoutError):
        return _timeout(call)
    if isinstance(exc, RuntimeError) and http.is_closed:
        return ConfigurationError("The client was closed while the call was under way")
    if not isinstance(exc, (httpx.HTTPError, *_BAD_URL)):
        raise exc
    reason = call.settings.api_token.redact(str(exc) or type(exc).__name__)
    if isinstance(exc, _BAD_URL) or isinstance(exc.__context__, _BAD_URL):
        # Our own URL is correct by now. httpx reads the URL of a redirect even if it does not follow it.
        return RedirectError(f"The response redirects to something that is not a URL: {reason}")
    target = call.settings.base_url
    if isinstance(http, OwnClient) and http.proxy_url:
        target += f" through the proxy {http.proxy_url}"
    if isinstance(exc, httpx.ProxyError):
        message = f"The proxy refused the connection to {target}: {reason}"
        return ConnectError(message, is_final=reason[:1] == "4", at_fault="proxy")
    certificate = _certificate_error(exc)
    if certificate is not None:
        reason = f"its certificate is not trusted: {certificate.verify_message} (SSL_CERT_FILE names another authority)"
    is_unsent = isinstance(exc, httpx.ConnectError)
    return ConnectError(
        f"{'No connection to' if is_unsent else 'The connection broke to'} {target}: {reason}",
        is_unsent=is_unsent,
        is_final=certificate is not None,
        at_fault=None if certificate is None else "certificate",
    )


def _certificate_error(exc: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while exc is not None and not isinstance(exc, ssl.SSLCertVerificationError):
        exc = exc.__cause__ or exc.__context__
    return exc
