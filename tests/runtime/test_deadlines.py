"""No server keeps a request, a thread or a connection longer than the timeout."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from realtimekit import RequestTimeoutError
from tests.clients import Connect, SyncApi

from .scripted import Connection, Serve, dribble, flood, page, response

CHUNKED = response(200, b"", -1, transfer_encoding="chunked")


STALLS = {
    "a slow head": dribble(b"HTTP/1.1 200 OK\r\n", b"X-Filler: more\r\n"),
    "a slow chunk size": dribble(CHUNKED + b"5;", b"x"),
    "slow trailers": dribble(CHUNKED + b"0\r\n", b"X-Filler: more\r\n"),
    "slow interim responses": dribble(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "no response": lambda connection: None,
    "a slow body": dribble(response(200, b"", 10**6), b" "),
    "an endless body": dribble(response(200, b"", -1), b" "),
    "a flood of interim responses": flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000),
}


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS)
@pytest.mark.parametrize("is_own", [False, True], ids=["the SDK's httpx client", "your own"])
def test_the_connection_is_closed_at_the_deadline(
    serve: Serve, connect: Connect, stall: Callable[[Connection], None], is_own: bool
) -> None:
    closed = threading.Event()

    def act(connection: Connection) -> None:
        try:
            stall(connection)
            # The client sends no second request: the connection ends here.
            connection.receive()
        finally:
            closed.set()

    # What is imported with the first request must not use up the timeout.
    connect(serve(page()).url).first_page()
    url = serve(act).url
    http = connect(url).http() if is_own else None
    api = connect(url, timeout=0.2, max_retries=0, http_client=http)
    with pytest.raises(RequestTimeoutError, match=r"0\.2 s"):
        api.first_page()
    # The server notices that the client has left: its next send fails.
    assert closed.wait(10)
    if http is not None:
        api.close(http)


def test_a_host_that_is_not_found_in_time_is_a_timeout(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    # Sync only: an event loop may look hosts up without this function.
    release = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        release.wait(10)
        raise socket.gaierror("not found")

    url = serve(page()).url.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with SyncApi(url, timeout=0.2, max_retries=0) as api:
        try:
            with pytest.raises(RequestTimeoutError):
                api.first_page()
        finally:
            release.set()


def test_a_request_takes_no_thread_of_its_own(serve: Serve, connect: Connect) -> None:
    api = connect(serve(page()).url)
    api.first_page()
    before = threading.active_count()
    started: list[str] = []
    original = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        started.append(thread.name)
        original(thread)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        for _ in range(5):
            api.first_page()
    assert started == []
    assert threading.active_count() <= before
