"""A server on a real socket that sends exactly the bytes that a test says."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

# A certificate for localhost that nobody signed but itself, and its key: for these tests only.
CERTIFICATE = Path(__file__).parent / "self-signed.pem"
PAGE: dict[str, Any] = {
    "data": [
        {
            "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
            "created_at": "2019-12-27T18:11:19.117Z",
            "updated_at": "2019-12-27T18:11:19.117Z",
            "title": "Monday",
        }
    ],
    "paging": {"start_offset": 1, "end_offset": 1, "total_count": 1},
    "success": True,
}


class Received:
    """A request as it came over the wire."""

    def __init__(self, head: str, body: bytes) -> None:
        line, *lines = head.split("\r\n")
        self.method, self.target, _ = line.split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (entry.partition(":") for entry in lines)}
        self.body = body


class Connection:
    """The server's end of a connection, with the request that is answered."""

    request: Received

    def __init__(self, server: Server, peer: socket.socket) -> None:
        self.server = server
        self.open = True
        self.peer = peer
        self._unread = b""

    def receive(self) -> Received | None:
        while b"\r\n\r\n" not in self._unread:
            if not self._read():
                return None
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        request = Received(head.decode("latin-1"), b"")
        length = int(request.headers.get("content-length", "0"))
        while len(self._unread) < length:
            if not self._read():
                return None
        request.body, self._unread = self._unread[:length], self._unread[length:]
        return request

    def _read(self) -> bool:
        data = self.peer.recv(65536)
        self._unread += data
        return bool(data)

    def send(self, data: bytes) -> None:
        self.peer.sendall(data)

    def close(self) -> None:
        self.open = False
        self.peer.close()

    def reset(self) -> None:
        """Close with a RST instead of a FIN."""
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


Act = Callable[[Connection], None]


class Server:
    """Listens on 127.0.0.1. Each request gets the next act; the last act is repeated for ever."""

    def __init__(self, *acts: Act, tls: bool = False) -> None:
        self.requests: list[Received] = []
        self.stopped = threading.Event()
        self._acts = list(acts)
        self._tls = tls
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[Connection] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            connection = Connection(self, peer)
            self._connections.append(connection)
            self._start(self._talk, connection)

    def _talk(self, connection: Connection) -> None:
        try:
            if self._tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE)
                connection.peer = context.wrap_socket(connection.peer, server_side=True)
            while connection.open and (request := connection.receive()):
                connection.request = request
                with self._lock:
                    self.requests.append(request)
                    act = self._acts[0] if len(self._acts) == 1 else self._acts.pop(0)
                act(connection)
        except OSError:
            pass  # The client has left.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        # Closing alone would not wake the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()


Serve = Callable[..., Server]


def response(status: int, body: Any = b"", length: int | None = None, /, **headers: str) -> bytes:
    """A response in HTTP. `retry_after="1"` is the header `Retry-After`; a body that is not bytes is sent as JSON.

    `length` is the `Content-Length` if it differs from the body's; -1 leaves it out.
    """
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("content_type", "application/json")
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    head = "\r\n".join([*lines, "", ""])
    return head.encode() + bytes(body)


def send(data: bytes) -> Act:
    """Send this and stay connected."""
    return lambda connection: connection.send(data)


def page(**headers: str) -> Act:
    """Send a page of one meeting."""
    return send(response(200, PAGE, **headers))


def close(data: bytes = b"") -> Act:
    """Send this and close."""

    def act(connection: Connection) -> None:
        connection.send(data)
        connection.close()

    return act


def reset(data: bytes = b"") -> Act:
    """Send this and reset the connection."""

    def act(connection: Connection) -> None:
        connection.send(data)
        connection.reset()

    return act


def flood(head: bytes, chunk: bytes) -> Act:
    """Send the first, then the second again and again, as fast as the client takes it."""

    def act(connection: Connection) -> None:
        connection.send(head)
        while True:
            connection.send(chunk)

    return act


def dribble(data: bytes, again: bytes) -> Act:
    """Send the first, then the second again and again, byte by byte, fast enough for a timeout between two bytes."""

    def act(connection: Connection) -> None:
        connection.send(data)
        while True:
            for index in range(len(again)):
                if connection.server.stopped.wait(0.02):
                    return
                connection.send(again[index : index + 1])

    return act
