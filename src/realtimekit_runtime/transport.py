"""Sends one request with httpx, sync or async, and limits the time and the size of the response.

No exception of httpx leaves this module. An error of our own is returned, and raised elsewhere, so that no exception
that holds a request is attached to it.
"""

from __future__ import annotations

import asyncio
import contextvars
import ssl
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import httpx

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
    from .settings import Secret, Settings

_Http = TypeVar("_Http", httpx.Client, httpx.AsyncClient)

__all__ = ["Abandoned", "exchange", "exchange_async", "make_async_http", "make_http"]

# The pagers limit how many requests are under way, so the pool does not.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=30.0)
_CLOSED = "The client was closed while the call was under way"
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


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


def make_http(settings: Settings) -> httpx.Client:
    """Make the connections of a sync client."""
    return _make(httpx.Client, settings)


def make_async_http(settings: Settings) -> httpx.AsyncClient:
    """Make the connections of an async client."""
    return _make(httpx.AsyncClient, settings)


def _make(kind: type[_Http], settings: Settings) -> _Http:
    if settings.is_loopback:
        # No proxy from the environment may see these requests. No certificates are loaded, because that takes long
        # and plain http needs none.
        return kind(limits=_LIMITS, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    try:
        return kind(limits=_LIMITS)
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as exc:
        reason = str(exc)
    raise ConfigurationError(f"A proxy or certificate from the environment cannot be used: {reason}")


def exchange(
    http: httpx.Client,
    call: Call,
    settings: Settings,
    user_agent: str,
    abandoned: threading.Event,
) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response, within the timeout.

    The timeouts of httpx limit the wait for each byte, not for the whole response, and not the look-up of a host. So
    the request runs in a thread, and its caller stops waiting for the thread in time.
    """
    outcome: Future[Response | RealtimeKitError] = Future()
    late = threading.Event()

    def work() -> None:
        try:
            outcome.set_result(_exchange(http, call, settings, user_agent, lambda: abandoned.is_set() or late.is_set()))
        except BaseException as exc:
            outcome.set_exception(exc)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    try:
        done, _ = wait([outcome], settings.timeout)
    finally:
        late.set()
    return outcome.result() if done else _timeout(settings)


def _exchange(
    http: httpx.Client,
    call: Call,
    settings: Settings,
    user_agent: str,
    abandoned: Callable[[], bool],
) -> Response | RealtimeKitError:
    try:
        request = _build(http, call, settings, user_agent)
        response = http.send(request, auth=BearerAuth(settings.api_token), stream=True, follow_redirects=False)
        try:
            reader = ResponseReader(response.status_code, response.headers, settings.max_response_bytes)
            if response.is_stream_consumed:
                reader.feed_plain(response.content)
            else:
                for chunk in response.iter_raw():
                    reader.feed(chunk)
                    if abandoned():
                        raise Abandoned
            return reader.finish()
        finally:
            response.close()
    except RealtimeKitError as exc:
        return exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        return _failure(exc, settings)
    except RuntimeError:
        if not http.is_closed:
            raise
        return ConfigurationError(_CLOSED)


async def exchange_async(
    http: httpx.AsyncClient, call: Call, settings: Settings, user_agent: str
) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response."""
    try:
        async with asyncio.timeout(settings.timeout):
            request = _build(http, call, settings, user_agent)
            response = await http.send(
                request, auth=BearerAuth(settings.api_token), stream=True, follow_redirects=False
            )
            try:
                reader = ResponseReader(response.status_code, response.headers, settings.max_response_bytes)
                if response.is_stream_consumed:
                    reader.feed_plain(response.content)
                else:
                    async for chunk in response.aiter_raw():
                        reader.feed(chunk)
                return reader.finish()
            finally:
                await response.aclose()
    except RealtimeKitError as exc:
        return exc
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
        return _failure(exc, settings)
    except RuntimeError:
        if not http.is_closed:
            raise
        return ConfigurationError(_CLOSED)


def _build(http: httpx.Client | httpx.AsyncClient, call: Call, settings: Settings, user_agent: str) -> httpx.Request:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": user_agent,
        **call.request.headers,
    }
    try:
        request = http.build_request(
            call.request.method,
            call.url,
            content=call.request.content,
            timeout=httpx.Timeout(settings.timeout),
            headers=headers,
        )
        if http.params:
            # httpx would replace our query by the client's default parameters, and every page would be the first.
            url = httpx.URL(call.url)
            defaults = [(name, value) for name, value in http.params.multi_items() if name not in url.params]
            query = "&".join(filter(None, (url.query.decode(), urlencode(defaults))))
            request.url = url.copy_with(query=query.encode())
    except httpx.InvalidURL as exc:
        reason = str(exc)
    else:
        return request
    raise ArgumentError(f"The arguments do not make a URL: {reason}")


def _timeout(settings: Settings) -> RequestTimeoutError:
    return RequestTimeoutError(f"No complete response within {settings.timeout:g} s (timeout=…)")


def _failure(exc: Exception, settings: Settings) -> RealtimeKitError:
    reason = settings.api_token.redact(str(exc) or type(exc).__name__)
    if isinstance(exc, httpx.TimeoutException | TimeoutError):
        return _timeout(settings)
    if isinstance(exc, httpx.InvalidURL):
        # Our own URL is correct by now. httpx reads the URL of a redirect even if it does not follow it.
        return RedirectError(f"The response redirects to something that is not a URL: {reason}")
    unsent = isinstance(exc, _UNSENT)
    return ConnectError(
        f"{'No connection to' if unsent else 'The connection broke to'} {settings.base_url}: {reason}",
        unsent=unsent,
    )
