"""The application on a socket: in the foreground for the command line, in a thread for tests."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .asgi import ABORT
from .errors import EmulatorError
from .responses import gateway_error

__all__ = ["LiveServer", "address", "listen", "serve_forever", "silence_uvicorn"]

_SHUTDOWN_SECONDS = 1
_START_SECONDS = 30
_REQUEST_SECONDS = 10
_MAX_HEAD = 64 * 1024


class _Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, with JSON errors for what is not HTTP, limits, and a way to drop a connection.

    uvicorn itself waits for the rest of a request as long as the client likes, and keeps headers of any size.
    """

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_size = 0
        # When the wait for a request began; None while a response is made.
        self._waiting_since: float | None = self.loop.time()

    def close_if_slow(self, now: float) -> None:
        """Close the connection if it has been idle, or in the middle of a request, for too long."""
        if self._waiting_since is not None and now - self._waiting_since > _REQUEST_SECONDS:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        # Everything but the body counts: trailers and the lines between chunks too.
        self._head_size += len(data)
        super().data_received(data)
        if self._head_size > _MAX_HEAD and not self.transport.is_closing():
            self._refuse(431, f"The head of the request is larger than {_MAX_HEAD} bytes")

    def on_headers_complete(self) -> None:
        self._head_size = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_size -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.cycle.response_complete:
            self._waiting_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:
            self._waiting_since = self.loop.time()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"close": self.transport.close}}

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _refuse(self, status: int, message: str) -> None:
        body = gateway_error(status, 10000 + status, message).body
        self.transport.write(
            b"HTTP/1.1 %d \r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )
        self.transport.close()


class _Server(uvicorn.Server):
    def __init__(self, app: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=_REQUEST_SECONDS,
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def on_tick(self, counter: int) -> bool:
        now = asyncio.get_running_loop().time()
        for connection in list(self.server_state.connections):
            connection.close_if_slow(now)  # type: ignore[union-attr]
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        # uvicorn's own also raises the signal again at the end, and the process would exit with an error.
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port; 0 means any free one.

    Raises:
        EmulatorError: If the port cannot be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EmulatorError(
            f"Cannot listen on {host} port {port}: {reason}. Use --port 0 for any free port, or --host 127.0.0.1."
        ) from error


def address(listening: socket.socket) -> str:
    """The origin of a socket as seen from this machine, such as `http://127.0.0.1:4010`."""
    bound: tuple[str, int] = listening.getsockname()[:2]
    host, port = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bound[0], bound[0]), bound[1]  # noqa: S104 - only compared
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def silence_uvicorn() -> None:
    """Leave what is worth telling to the emulator."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)


def serve_forever(app: Any, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    silence_uvicorn()
    _Server(app).run(sockets=[listening])


class LiveServer:
    """A server in its own thread, on a free port of 127.0.0.1."""

    def __init__(self, app: Any) -> None:
        """Start, and return once the server runs.

        Raises:
            EmulatorError: If it does not start.
        """
        self._socket = listen("127.0.0.1", 0)
        self.origin = address(self._socket)
        self._server = _Server(app)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="realtimekit-emulator", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            self.close()
            raise EmulatorError(f"The emulator did not start within {_START_SECONDS} seconds.")

    def close(self) -> None:
        """Stop; responses that are being sent have a second to finish."""
        self._server.should_exit = True
        self._thread.join(_SHUTDOWN_SECONDS + 5)
        self._socket.close()
