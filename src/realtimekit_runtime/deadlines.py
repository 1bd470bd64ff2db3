"""Connections that keep a deadline: no matter how slowly a server sends, a response ends in time.

httpx limits the wait for each read, not for the whole response, and the look-up of a host not at all. A server that
sends one byte a second could hold a request for ever. Here every read and write ends at the deadline that its thread
has set.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

__all__ = ["DeadlineTransport", "deadline"]

_DEADLINE = threading.local()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Inside the block, every wait of this thread for the network ends after so many seconds at the latest."""
    _DEADLINE.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _DEADLINE.at = None


def _left(error: type[httpcore.TimeoutException], timeout: float | None) -> float | None:
    """The seconds until the deadline; `timeout` where there is no deadline.

    Raises:
        httpcore.TimeoutException: The deadline has passed; it is an `error`.
    """
    at = getattr(_DEADLINE, "at", None)
    if at is None:
        return timeout
    left: float = at - time.monotonic()
    if left <= 0:
        raise error("The deadline has passed")
    return left


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        # Whether anything was read since the last write.
        self.has_read = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.has_read = True
        return self._stream.read(max_bytes, _left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.has_read = False
        self._stream.write(buffer, _left(httpcore.WriteTimeout, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections before the deadline."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout, timeout)
        connected: Future[httpcore.NetworkStream] = Future()

        def connect() -> None:
            try:
                stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
            except BaseException as exc:
                if connected.set_running_or_notify_cancel():
                    connected.set_exception(exc)
                return
            if connected.set_running_or_notify_cancel():
                connected.set_result(stream)
            else:
                stream.close()

        # In a thread of its own, because the look-up of a host has no timeout.
        threading.Thread(target=connect, daemon=True).start()
        wait([connected], left)
        if connected.cancel():
            raise httpcore.ConnectTimeout("The deadline has passed")
        return _Stream(connected.result())


class _Body(httpx.SyncByteStream):
    """The body of a response, piece by piece."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class DeadlineTransport(httpx.BaseTransport):
    """What an `httpx.Client` sends its requests with.

    It raises the exceptions of httpcore, the library below httpx.
    """

    def __init__(self, limits: httpx.Limits, ssl_context: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
        settings: dict[str, Any] = {
            "ssl_context": ssl_context,
            "max_connections": limits.max_connections,
            "max_keepalive_connections": limits.max_keepalive_connections,
            "keepalive_expiry": limits.keepalive_expiry,
            "network_backend": _Backend(),
        }
        self._pool: httpcore.ConnectionPool
        if proxy is None:
            self._pool = httpcore.ConnectionPool(**settings)
            return
        url = proxy.url
        settings["proxy_url"] = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        settings["proxy_auth"] = proxy.raw_auth
        self._pool = (httpcore.SOCKSProxy if url.scheme.startswith("socks") else httpcore.HTTPProxy)(**settings)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its response.

        Raises:
            httpcore.RemoteProtocolError: The response was there before the request: it is not meant for it.
        """
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        stream = response.extensions["network_stream"]
        if isinstance(stream, _Stream) and not stream.has_read:
            response.close()
            raise httpcore.RemoteProtocolError("The server sent a response before it was asked for one")
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
