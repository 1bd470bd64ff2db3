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
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from .deadlines import DeadlineTransport, deadline
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

__all__ = ["Abandoned", "exchange", "exchange_async", "make_async_http", "make_http"]

# The pagers limit how many requests are under way, so the pool does not.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=30.0)
_CLOSED = "The client was closed while the call was under way"
# What goes wrong on the wire: httpcore's own exceptions where our transport is used, otherwise those of httpx.
_NETWORK = (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)
_TIMEOUTS = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
_UNSENT = (httpx.ConnectError, httpcore.ConnectError)
_BAD_URL = (httpx.InvalidURL, UnicodeError)
_PROXY = (httpx.ProxyError, httpcore.ProxyError)


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


class _OwnClient(httpx.Client):
    """A client that was made here: its connections keep the deadline of a request."""

    # As the errors show it.
    proxy_url: str | None = None


class _OwnAsyncClient(httpx.AsyncClient):
    """An async client that was made here."""

    proxy_url: str | None = None


def make_http(settings: Settings) -> httpx.Client:
    """Make the connections of a sync client."""
    context, proxy = _network(settings)
    try:
        transport = DeadlineTransport(_LIMITS, context, proxy)
    except RuntimeError as exc:
        # A SOCKS proxy needs a package that is not installed.
        reason = str(exc)
    else:
        http = _OwnClient(transport=transport, trust_env=False, cookies=_no_cookies())
        http.proxy_url = str(proxy.url) if proxy else None
        return http
    raise _unusable(reason)


def make_async_http(settings: Settings) -> httpx.AsyncClient:
    """Make the connections of an async client."""
    context, proxy = _network(settings)
    try:
        http = _OwnAsyncClient(limits=_LIMITS, trust_env=False, verify=context, proxy=proxy, cookies=_no_cookies())
    except ImportError as exc:
        reason = str(exc)
    else:
        http.proxy_url = str(proxy.url) if proxy else None
        return http
    raise _unusable(reason)


def _network(settings: Settings) -> tuple[ssl.SSLContext, httpx.Proxy | None]:
    """The certificates to trust and the proxy to use, as the environment says."""
    if settings.is_loopback:
        # No proxy from the environment may see these requests. No certificates are loaded, because that takes long and
        # plain http needs none.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), None
    try:
        return httpx.create_ssl_context(), _proxy(settings.base_url)
    except (ValueError, OSError, httpx.InvalidURL) as exc:
        reason = str(exc)
    raise _unusable(reason)


def _proxy(base_url: str) -> httpx.Proxy | None:
    """The proxy that the environment names for this URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), if any."""
    parts, proxies = urlsplit(base_url), getproxies()
    url = proxies.get(parts.scheme) or proxies.get("all")
    if not url or proxy_bypass(parts.netloc):
        return None
    proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    # Encoded here to find a broken name now and not at the first connection.
    proxy.url.host.encode("idna")
    return proxy


def _unusable(reason: str) -> ConfigurationError:
    return ConfigurationError(f"A proxy or certificate from the environment cannot be used: {reason}")


def _no_cookies() -> CookieJar:
    """A cookie jar that keeps nothing: no request depends on the responses before it."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def exchange(
    http: httpx.Client,
    call: Call,
    settings: Settings,
    user_agent: str,
    abandoned: threading.Event,
) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response, within the timeout."""
    try:
        if isinstance(http, _OwnClient):
            with deadline(settings.timeout):
                return _exchange(http, call, settings, user_agent, abandoned.is_set)
        return _exchange_in_thread(http, call, settings, user_agent, abandoned)
    except BaseException as exc:
        interrupt = _without_frames(exc)
    raise interrupt


def _without_frames(interrupt: BaseException) -> BaseException:
    """An interrupt without its traceback, because the frames of the libraries below hold the token."""
    interrupt.__cause__ = interrupt.__context__ = None
    return interrupt.with_traceback(None)


def _exchange_in_thread(
    http: httpx.Client,
    call: Call,
    settings: Settings,
    user_agent: str,
    abandoned: threading.Event,
) -> Response | RealtimeKitError:
    """Send a request with the caller's own client, whose connections keep no deadline.

    The timeouts of httpx limit the wait for each read only. So the request runs in a thread, and its caller stops
    waiting for the thread in time.
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
    except (*_NETWORK, *_TIMEOUTS, *_BAD_URL) as exc:
        return _failure(exc, settings, http)
    except RuntimeError:
        if not http.is_closed:
            raise
        return ConfigurationError(_CLOSED)


async def exchange_async(
    http: httpx.AsyncClient, call: Call, settings: Settings, user_agent: str
) -> Response | RealtimeKitError:
    """Send the next request of a call and read its response, within the timeout."""
    try:
        return await _exchange_async(http, call, settings, user_agent)
    except BaseException as exc:
        interrupt = _without_frames(exc)
    raise interrupt


async def _exchange_async(
    http: httpx.AsyncClient, call: Call, settings: Settings, user_agent: str
) -> Response | RealtimeKitError:
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
    except (*_NETWORK, *_TIMEOUTS, *_BAD_URL) as exc:
        return _failure(exc, settings, http)
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
    except _BAD_URL as exc:
        reason = str(exc)
    else:
        return request
    raise ArgumentError(f"The arguments do not make a URL: {reason}")


def _timeout(settings: Settings) -> RequestTimeoutError:
    return RequestTimeoutError(f"No complete response within {settings.timeout:g} s (timeout=…)")


def _failure(exc: Exception, settings: Settings, http: httpx.Client | httpx.AsyncClient) -> RealtimeKitError:
    if isinstance(exc, _TIMEOUTS):
        return _timeout(settings)
    reason = settings.api_token.redact(str(exc) or type(exc).__name__)
    if isinstance(exc, _BAD_URL) or isinstance(exc.__context__, _BAD_URL):
        # Our own URL is correct by now. httpx reads the URL of a redirect even if it does not follow it.
        return RedirectError(f"The response redirects to something that is not a URL: {reason}")
    target = settings.base_url
    if isinstance(http, _OwnClient | _OwnAsyncClient) and http.proxy_url:
        target += f" through the proxy {http.proxy_url}"
    if isinstance(exc, _PROXY):
        return ConnectError(f"The proxy refused the connection to {target}: {reason}", is_final=reason[:1] == "4")
    certificate = _certificate_error(exc)
    if certificate is not None:
        reason = f"its certificate is not trusted: {certificate.verify_message} (SSL_CERT_FILE names another authority)"
    is_unsent = isinstance(exc, _UNSENT)
    return ConnectError(
        f"{'No connection to' if is_unsent else 'The connection broke to'} {target}: {reason}",
        is_unsent=is_unsent,
        is_final=certificate is not None,
    )


def _certificate_error(exc: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while exc is not None and not isinstance(exc, ssl.SSLCertVerificationError):
        exc = exc.__cause__ or exc.__context__
    return exc
