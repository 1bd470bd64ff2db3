"""Clients that are slow, idle or send too much do not keep the others out."""

from __future__ import annotations

import socket

import httpx
import pytest

from realtimekit_emulator import Emulator, server

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


def connect(emulator: Emulator) -> socket.socket:
    url = httpx.URL(emulator.base_url)
    return socket.create_connection((url.host, url.port or 0), timeout=10)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nx: ", REQUEST, REQUEST + b"GET"])
def test_a_connection_without_a_whole_request_is_closed(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(server, "_REQUEST_SECONDS", 0.3)
    with connect(emulator) as connection:
        connection.sendall(begun)
        connection.settimeout(0.05)
        for _ in range(100):
            try:
                if not connection.recv(1024):
                    return
            except TimeoutError:
                # More of the head does not give it more time.
                connection.sendall(b"a" if begun else b"")
            except ConnectionError:
                return
    pytest.fail("it is still open")


def test_a_slow_response_keeps_its_connection(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, path: str, http: httpx.Client
) -> None:
    monkeypatch.setattr(server, "_REQUEST_SECONDS", 0.1)
    emulator.latency = 0.4
    headers = {"Authorization": f"Bearer {emulator.api_token}"}
    assert http.get(emulator.base_url + path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "begun",
    [b"GET /", b"GET / HTTP/1.1\r\nx: ", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: "],
    ids=["path", "header", "trailer"],
)
def test_a_request_with_too_much_beside_its_body_is_refused(emulator: Emulator, begun: bytes) -> None:
    with connect(emulator) as connection:
        connection.sendall(begun)
        with pytest.raises(ConnectionError):  # noqa: PT012 - any of them may find the connection closed
            for _ in range(1000):
                connection.sendall(b"a" * 65_536)
            connection.sendall(b"\r\n\r\n")


def test_a_head_that_is_too_large_is_431(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MAX_HEAD", 1000)
    with connect(emulator) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nx: " + b"a" * 1000)
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 431 ")
