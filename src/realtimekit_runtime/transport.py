"""One request over the wire, sync or async: httpx, with a bound on the time and the size of a response.

Nothing of httpx leaves this module: what goes wrong comes back as an error of our own, and is raised elsewhere, so that
no exception with a request in it hangs on to it.
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

# Prefetching is bounded by the pagers; the pool need not be.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=30.0)
_CLOSED = "The client was closed while the call was under way"
# What goes wrong on the wire: httpcore's own exceptions where our transport is used, otherwise those of httpx.
_NETWORK = (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)
_TIMEOUTS = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
_UNSENT = (httpx.ConnectError, httpcore.ConnectError)
_BAD_URL = (httpx.InvalidURL, UnicodeError)
_PROXY = (httpx.ProxyError, httpcore.ProxyError)


class Abandoned(Exception):  # noqa: N818  # a signal, no error
    """Nobody wants the response any more."""


class BearerAuth(httpx.Auth):
    """Puts the token on a request at the last moment, so that no variable on the way holds it."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class _DeadlineClient(httpx.Client):
    """A client whose connections keep the deadline of a request."""


def make_http(settings: Settings) -> httpx.Client:
    """The connections of a sync client."""
    context, proxy = _network(settings)
    try:
        transport = DeadlineTransport(_LIMITS, context, proxy)
    except RuntimeError as exc:
        # A SOCKS proxy needs a package that is not installed.
        reason = str(exc)
    else:
        return _DeadlineClient(transport=transport, trust_env=False, cookies=_no_cookies())
    raise _unusable(reason)


def make_async_http(settings: Settings) -> httpx.AsyncClient:
    """The connections of an async client."""
    context, proxy = _network(settings)
    try:
        return httpx.AsyncClient(limits=_LIMITS, trust_env=False, verify=context, proxy=proxy, cookies=_no_cookies())
    except ImportError as exc:
        reason = str(exc)
    raise _unusable(reason)


def _network(settings: Settings) -> tuple[ssl.SSLContext, httpx.Proxy | None]:
    """The certificates to trust and the proxy to use, as the environment says."""
    if settings.is_loopback:
        # No proxy must see this. And no TLS is spoken: loading certificates would take long.
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
    return ConfigurationError(f"A proxy or certificate that the environment names cannot be used: {reason}")


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
        if isinstance(http, _DeadlineClient):
            with deadline(settings.timeout):
                return _exchange(http, call, settings, user_agent, abandoned.is_set)
        return _exchange_in_thread(http, call, settings, user_agent, abandoned)
    except BaseException as exc:
        interrupt = _without_frames(exc)
    raise interrupt


def _without_frames(interrupt: BaseException) -> BaseException:
    """An interrupt without its traceback: the frames of the libraries below hold the token."""
    interrupt.__cause__ = interrupt.__context__ = None
    return interrupt.with_traceback(None)


def _exchange_in_thread(
    http: httpx.Client,
    call: Call,
    settings: Settings,
    user_agent: str,
    abandoned: threading.Event,
) -> Response | RealtimeKitError:
    """Send a request with a client of the caller's, whose connections do not keep the deadline.

    httpx limits the wait for each read only. When the time is over, the thread is left behind.
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
        return _failure(exc, settings)
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
            # A client's default parameters would take the place of ours, and every page be the first.
            url = httpx.URL(call.url)
            defaults = [(name, value) for name, value in http.params.multi_items() if name not in url.params]
            query = "&".join(filter(None, (url.query.decode(), urlencode(defaults))))
            request.url = url.copy_with(query=query.encode())
    except _BAD_URL as exc:
        reason = str(exc)
    else:
        return request
    raise ArgumentError(f"No URL can be made of the arguments: {reason}")


def _timeout(settings: Settings) -> RequestTimeoutError:
    return RequestTimeoutError(f"No complete response within {settings.timeout:g} s (timeout=…)")


def _failure(exc: Exception, settings: Settings) -> RealtimeKitError:
    if isinstance(exc, _TIMEOUTS):
        return _timeout(settings)
    reason = settings.api_token.redact(str(exc) or type(exc).__name__)
    if isinstance(exc, _BAD_URL) or isinstance(exc.__context__, _BAD_URL):
        # The URL of the request was good. httpx reads the URL of a redirect even if it is not told to follow it.
        return RedirectError(f"The response redirects to something that is not a URL: {reason}")
    target = settings.base_url
    if (proxy := _proxy(target)) is not None and not settings.is_loopback:
        target += f" through the proxy {proxy.url}"
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
