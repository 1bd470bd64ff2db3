"""Connections that keep a deadline, and on which a response that comes before its request is noticed.

httpx limits the wait for each read, not for the whole response, and the look-up of a host not at all. A server that
sends one byte a second could hold a request for ever. Here the timeouts of a sync request are deadlines, by the
monotonic clock, and every read and write ends there. In async code, asyncio keeps the deadline.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, wait
from typing import Any

import httpcore

__all__ = ["AsyncBackend", "Backend", "is_early"]


def is_early(stream: Any) -> bool:
    """Whether the response that was just read from a connection, or its beginning, was there before its request.

    Then the connection has not received the beginning of a response since the request was written.
    """
    is_ours = isinstance(stream, _Stream | _AsyncStream)
    return is_ours and not (stream.received and b"HTTP/".startswith(stream.received))


def _left(deadline: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    """The seconds until the deadline.

    Raises:
        httpcore.TimeoutException: It has passed; the exception is an `error`.
    """
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        raise error("The deadline has passed")
    return left


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        # The first bytes that came after the last write.
        self.received = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))
        self.received = self.received or data[:5]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.received = b""
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
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
        """Connect to a host, by its name or its address."""
        left = _left(timeout, httpcore.ConnectTimeout)
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


class _AsyncStream(httpcore.AsyncNetworkStream):
    """A connection of async code."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.received = b""

    async def read(self, *args: Any, **kwargs: Any) -> bytes:
        data = await self._stream.read(*args, **kwargs)
        self.received = self.received or data[:5]
        return data

    async def write(self, *args: Any, **kwargs: Any) -> None:
        self.received = b""
        await self._stream.write(*args, **kwargs)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._stream.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._has_unread_record():
            # Then httpcore drops the connection, if it is idle.
            return True
        return self._stream.get_extra_info(info)

    def _has_unread_record(self) -> bool:
        """Whether TLS holds something that was received and not read yet, or its end."""
        tls = self._stream.get_extra_info("ssl_object")
        if tls is None:
            return False
        try:
            tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            return True
        return True


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens connections of async code."""

    def __init__(self) -> None:
        self._backend: Any = httpcore.AnyIOBackend()

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        """Connect to a host, by its name or its address."""
        return _AsyncStream(await self._backend.connect_tcp(*args, **kwargs))
