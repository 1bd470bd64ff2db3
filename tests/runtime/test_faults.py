"""Faults between the client and the service, over real sockets."""

from __future__ import annotations

import gzip
import json
import socket
from typing import Any

import httpx
import pytest

from realtimekit import (
    AuthenticationError,
    BadRequestError,
    ConnectError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RealtimeKitError,
    ResponseError,
    ServerError,
    UnsuccessfulError,
)
from realtimekit_runtime.errors import ErrorDetail
from realtimekit_runtime.operations import Operation
from tests.clients import Api, Connect, MadeUp

from .scripted import PAGE, Act, Serve, close, page, reset, response, send

CREATE = Operation("create_thing", "POST", "/things", response=lambda: dict[str, int])
GATEWAY = {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}], "result": None}
SERVICE = {"success": False, "error": {"code": 404, "message": "App not found"}}
WHOLE = response(200, PAGE)
HTML = b"<html><title>Just a moment...</title></html>"


def failure(api: Api) -> RealtimeKitError:
    with pytest.raises(RealtimeKitError) as caught:
        api.first_page()
    return caught.value


TRANSIENT = {
    "dropped before the response": close(),
    "reset before the response": reset(),
    "reset in the head": reset(WHOLE[:30]),
    "reset in the body": reset(WHOLE[:-20]),
    "cut off in the head": close(WHOLE[:30]),
    "cut off in the body": close(WHOLE[:-20]),
    "cut off between chunks": close(response(200, b"", -1, transfer_encoding="chunked") + b'5\r\n{"dat\r\n'),
    "no HTTP": close(b"\x16\x03\x01\x02\x00 what?\r\n\r\n"),
    "compressed and cut off": send(response(200, gzip.compress(WHOLE)[:-9], content_encoding="gzip")),
    "compressed, cut off at once": send(response(200, gzip.compress(WHOLE)[:5], content_encoding="gzip")),
    "compressed and broken": send(response(200, b"\x1f\x8b" + b"nonsense" * 9, content_encoding="gzip")),
    **{
        str(status): send(response(status, HTML, content_type="text/html"))
        for status in (408, 429, 500, 502, 503, 504, *range(520, 528), 530, 599)
    },
}


@pytest.mark.parametrize("fault", TRANSIENT.values(), ids=TRANSIENT)
def test_a_passing_fault_is_retried(serve: Serve, connect: Connect, fault: Act) -> None:
    server = serve(fault, fault, page())
    api = connect(server.url)
    assert api.first_page().data[0].title == "Monday"
    assert len(server.requests) == 3
    # The first request is sent at once; the first delay is random and short.
    assert api.waits[0] == 0
    assert 0 <= api.waits[1] <= 0.5
    assert 0 <= api.waits[2] <= 1


@pytest.mark.parametrize("fault", TRANSIENT.values(), ids=TRANSIENT)
@pytest.mark.parametrize("retries", [0, 2])
def test_a_lasting_fault_is_raised_in_the_end(serve: Serve, connect: Connect, fault: Act, retries: int) -> None:
    server = serve(fault)
    error = failure(connect(server.url, max_retries=retries))
    assert len(server.requests) == error.attempts == retries + 1
    assert ("3 attempts" in str(error)) == (retries == 2)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_request_that_was_never_sent_is_repeated_and_the_address_named(connect: Connect) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        with pytest.raises(ConnectError, match=url) as caught:
            connect(url, max_retries=1).request(CREATE)
    assert caught.value.is_unsent
    assert caught.value.attempts == 2


def test_connections_are_kept_and_a_dropped_one_costs_nothing_but_a_retry(serve: Serve, connect: Connect) -> None:
    server = serve(close(WHOLE), page(), page(), close(), page())
    api = connect(server.url)
    for _ in range(4):
        assert len(api.first_page().data) == 1
    assert len(server._connections) == 3


def final(status: int, body: Any, kind: type[RealtimeKitError], *words: str, **headers: str) -> Any:
    """A response that no retry can better, and the error that it becomes."""
    return pytest.param(response(status, body, cf_ray="8f1-AMS", **headers), status, kind, words)


@pytest.mark.parametrize(
    ("data", "status", "kind", "words"),
    [
        final(400, GATEWAY, BadRequestError, "Authentication error", "10000"),
        final(401, GATEWAY, AuthenticationError, "CLOUDFLARE_API_TOKEN"),
        final(403, GATEWAY, PermissionDeniedError, "Realtime Admin, Realtime"),
        final(404, SERVICE, NotFoundError, "App not found", "/accounts/{account_id}"),
        *(final(status, HTML, BadRequestError) for status in (405, 422, 451)),
        *(
            final(200, body, UnsuccessfulError)
            for body in (GATEWAY, SERVICE, PAGE | {"success": False}, PAGE | GATEWAY)
        ),
        final(200, json.dumps(SERVICE).replace("success", "succ\\u0065ss").encode(), UnsuccessfulError),
        final(200, json.dumps(PAGE).encode()[:-30], DecodeError, "at $:"),
        final(200, HTML, DecodeError, "at $:", "text/html", content_type="text/html"),
        final(200, b"", DecodeError, "at $:"),
        final(200, PAGE | {"data": [PAGE["data"][0], {}]}, DecodeError, "at $.data[1].id:"),
        *(
            final(200, PAGE, ResponseError, encoding, content_encoding=encoding)
            for encoding in ("br", "deflate", "gzip, gzip", "x-gzip")
        ),
    ],
)
def test_what_no_retry_can_better_is_one_clear_error(
    serve: Serve, connect: Connect, data: bytes, status: int, kind: type[RealtimeKitError], words: tuple[str, ...]
) -> None:
    server = serve(send(data))
    error = failure(connect(server.url))
    assert type(error) is kind
    assert (error.status, error.request_id, error.attempts, len(server.requests)) == (status, "8f1-AMS", 1, 1)
    assert error.body == (None if kind is ResponseError else data.partition(b"\r\n\r\n")[2])
    for word in (str(status), "8f1-AMS", *words):
        assert word in str(error)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (GATEWAY, (ErrorDetail(10000, "Authentication error"),)),
        (SERVICE, (ErrorDetail(404, "App not found"),)),
        (GATEWAY | SERVICE, (ErrorDetail(10000, "Authentication error"),)),
        ({"errors": [], **SERVICE}, (ErrorDetail(404, "App not found"),)),
        ({"errors": None, "error": "no"}, (ErrorDetail(None, "no"),)),
        (
            {"errors": [{"code": 1, "message": "a", "source": {"pointer": "/x"}}, {"message": "b"}, 7, {"code": "2"}]},
            (ErrorDetail(1, "a", "/x"), ErrorDetail(None, "b"), ErrorDetail(None, "no message")),
        ),
        ({"errors": [{"code": 1e4, "message": ""}]}, (ErrorDetail(10000, ""),)),
        ({"success": False}, ()),
        ([], ()),
        (b"", ()),
        (HTML, ()),
        (b'{"errors": [{"code": 1, "mess', ()),
        (b"[" * 100_000, ()),
        (b"\xff\xfe", ()),
        (b'{"errors": [{"code": ' + b"9" * 5000 + b"}]}", ()),
    ],
)
def test_every_error_body_is_read_as_far_as_possible(
    serve: Serve, connect: Connect, body: object, errors: tuple[ErrorDetail, ...]
) -> None:
    error = failure(connect(serve(send(response(404, body))).url))
    assert isinstance(error, NotFoundError)
    assert error.errors == errors
    assert error.codes == tuple(detail.code for detail in errors)
    assert error.body == (body if isinstance(body, bytes) else json.dumps(body).encode())
    for detail in errors:
        assert detail.message in str(error)


@pytest.mark.parametrize("length", [None, -1])
def test_compressed_responses_are_read(serve: Serve, connect: Connect, length: int | None) -> None:
    plain = json.dumps(PAGE).encode()
    # Two gzip members in a row are one body; the case of the header does not matter.
    data = gzip.compress(plain[:50]) + gzip.compress(plain[50:])
    server = serve(close(response(200, data, length, content_encoding="GZIP")))
    assert connect(server.url).first_page().data[0].title == "Monday"
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_responses_of_a_mock_transport_are_read(connect: Connect) -> None:
    body = gzip.compress(json.dumps(PAGE).encode())
    service = MadeUp(lambda _: httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"}))
    assert connect(service).first_page().data[0].title == "Monday"


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        (send(response(500, b"")), ServerError, 1),
        (send(response(408, b"")), BadRequestError, 1),
        (close(), ConnectError, 1),
        (reset(WHOLE[:-9]), ConnectError, 1),
        (send(response(429, b"", retry_after="1")), RateLimitError, 3),
    ],
)
def test_a_request_that_may_have_had_an_effect_is_not_repeated(
    serve: Serve, connect: Connect, fault: Act, kind: type[RealtimeKitError], attempts: int
) -> None:
    server = serve(fault)
    with pytest.raises(kind) as caught:
        connect(server.url, max_retries=2).request(CREATE)
    assert caught.value.attempts == len(server.requests) == attempts


def test_of_many_errors_some_are_kept(serve: Serve, connect: Connect) -> None:
    errors = [{"code": number, "message": "x" * 5000} for number in range(30)]
    error = failure(connect(serve(send(response(400, {"success": False, "errors": errors}))).url))
    assert isinstance(error, BadRequestError)
    assert error.codes == tuple(range(20))
    assert "and 10 more" in str(error)
    assert len(str(error)) < 2000


def test_control_characters_of_a_service_are_escaped(serve: Serve, connect: Connect) -> None:
    body = {"success": False, "error": {"code": 1, "message": "\x1b[2J\r\n\u202eevil"}}
    said = str(failure(connect(serve(send(response(400, body))).url)))
    assert r"\x1b[2J\r\n\u202eevil" in said
    assert said.isprintable()


NOBODY_ASKED = response(200, {**PAGE, "data": [{**PAGE["data"][0], "title": "nobody asked"}]})


@pytest.mark.parametrize("early", [1, 30, len(NOBODY_ASKED)])
def test_a_response_that_nobody_asked_for_is_not_taken_for_the_next_one(
    serve: Serve, connect: Connect, early: int
) -> None:
    # So many of its bytes come with the response before, and the others with the next request.
    server = serve(send(WHOLE + NOBODY_ASKED[:early]), send(NOBODY_ASKED[early:] + WHOLE), page())
    api = connect(server.url)
    assert [api.first_page().data[0].title for _ in range(3)] == ["Monday"] * 3
