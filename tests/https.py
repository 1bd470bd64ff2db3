"""A server that speaks TLS, with a certificate that nobody has reason to trust."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import Self

# A certificate for localhost that nobody signed but itself, and its key: for these tests only.
CERTIFICATE = Path(__file__).parent / "self-signed.pem"


class Https:
    """The server. It has one connection at a time."""

    def __init__(self) -> None:
        # What each request gets: its parts are TLS records of their own, and arrive together.
        self.responses: list[list[bytes]] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATE)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(peer, server_side=True) as connection:
                    while connection.recv(65536):
                        self._hold(connection, held=True)
                        for part in self.responses.pop(0):
                            connection.sendall(part)
                        self._hold(connection, held=False)
            except OSError:
                peer.close()

    @staticmethod
    def _hold(connection: socket.socket, *, held: bool) -> None:
        if hasattr(socket, "TCP_CORK"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
