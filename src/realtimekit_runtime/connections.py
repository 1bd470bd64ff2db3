"""Makes the httpx clients that requests are sent with, unless the caller brings one."""

from __future__ import annotations

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from .deadlines import AsyncBackend, Backend
from .errors import ConfigurationError

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["OwnClient", "find_proxy", "make_async_http", "make_http"]


class OwnClient:
    """A client that was made here: its connections keep the deadline of a request.

    Attributes:
        proxy_url: The proxy that it uses, as the errors show it, or None.
    """

    proxy_url: str | None = None


class _Client(OwnClient, httpx.Client):
    pass


class _AsyncClient(OwnClient, httpx.AsyncClient):
    pass


_Http = TypeVar("_Http", _Client, _AsyncClient)


def make_http(settings: Settings) -> httpx.Client:
    """Make the connections of a sync client."""
    return _make(_Client, _Transport, settings)


def make_async_http(settings: Settings) -> httpx.AsyncClient:
    """Make the connections of an async client."""
    return _make(_AsyncClient, _AsyncTransport, settings)


def _make(client: type[_Http], transport: Any, settings: Settings) -> _Http:
    try:
        context, proxy = _network(settings)
        # No request depends on the responses before it, so no cookie is kept.
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        http = client(transport=transport(context, proxy), trust_env=False, cookies=cookies)
    except (ValueError, OSError, RuntimeError) as exc:
        # A RuntimeError: a SOCKS proxy needs a package that is not installed.
        reason = str(exc)
    else:
        http.proxy_url = str(proxy.url) if proxy else None
        return http
    raise ConfigurationError(f"A proxy or certificate from the environment cannot be used: {reason}")


def _network(settings: Settings) -> tuple[ssl.SSLContext, httpx.Proxy | None]:
    """The certificates to trust and the proxy to use, as the environment says."""
    if settings.is_loopback:
        # No proxy from the environment may see these requests. No certificates are loaded, because that takes long and
        # plain http needs none.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), None
    return httpx.create_ssl_context(), find_proxy(settings.base_url)


def find_proxy(base_url: str) -> httpx.Proxy | None:
    """The proxy that the environment names for this URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), if any.

    Raises:
        ValueError: It cannot be used. The message shows no password.
    """
    parts, proxies = urlsplit(base_url), getproxies()
    url = proxies.get(parts.scheme) or proxies.get("all")
    if not url or proxy_bypass(parts.netloc):
        return None
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except httpx.InvalidURL:
        # What httpx says of it can be a part of a password.
        raise ValueError("the proxy's address is not a URL") from None
    # Encoded here to find a broken name now and not at the first connection.
    proxy.url.host.encode("idna")
    return proxy


class _Transport(httpx.HTTPTransport):
    """Sends the requests of sync code, over connections that keep the deadline."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
        # httpx cannot be told what opens its connections, so this replaces its own way to make the pool.
        kinds = httpcore.ConnectionPool, httpcore.HTTPProxy, httpcore.SOCKSProxy
        self._pool = _pool(kinds, Backend(), context, proxy)


class _AsyncTransport(httpx.AsyncHTTPTransport):
    """Sends the requests of async code."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
        kinds = httpcore.AsyncConnectionPool, httpcore.AsyncHTTPProxy, httpcore.AsyncSOCKSProxy
        self._pool = _pool(kinds, AsyncBackend(), context, proxy)


def _pool(kinds: tuple[Any, Any, Any], backend: Any, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> Any:
    """A pool of connections: of the first kind, or through an HTTP or a SOCKS proxy."""
    direct, http_proxy, socks_proxy = kinds
    settings: dict[str, Any] = {
        "ssl_context": context,
        # The pagers limit how many requests are under way, so the pool does not.
        "max_connections": None,
        "max_keepalive_connections": 100,
        "keepalive_expiry": 30.0,
        "network_backend": backend,
    }
    if proxy is None:
        return direct(**settings)
    url = proxy.url
    settings["proxy_url"] = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
    settings["proxy_auth"] = proxy.raw_auth
    return (socks_proxy if url.scheme.startswith("socks") else http_proxy)(**settings)
