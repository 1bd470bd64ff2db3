"""Responses that are too large are refused, not read into memory."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from realtimekit import RealtimeKitError, ResponseTooLargeError
from tests.clients import Connect, MadeUp

from .scripted import PAGE, Act, Serve, flood, response, send

BODY = json.dumps(PAGE).encode()
MB = 2**20


@contextmanager
def memory_below(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("room", [0, -1])
def test_the_limit_is_exact(serve: Serve, connect: Connect, compressed: bool, chunked: bool, room: int) -> None:
    data = gzip.compress(BODY) if compressed else BODY
    headers = {"content_encoding": "gzip"} if compressed else {}
    if chunked:
        data = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
        headers["transfer_encoding"] = "chunked"
    api = connect(
        serve(send(response(200, data, -1 if chunked else None, cf_ray="8f1-AMS", **headers))).url,
        max_response_bytes=len(BODY) + room,
    )
    if room == 0:
        assert api.first_page().success
        return
    with pytest.raises(ResponseTooLargeError, match="max_response_bytes") as caught:
        api.first_page()
    assert (caught.value.status, caught.value.request_id, caught.value.attempts) == (200, "8f1-AMS", 1)


BOMB = gzip.compress(bytes(200 * MB), 9)

FLOODS = {
    "announced": send(response(200, b"", 10**12)),
    "not announced": flood(response(200, b"", -1), b" " * 65536),
    "in chunks": flood(response(200, b"", -1, transfer_encoding="chunked"), b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "gzip bomb": send(response(200, BOMB, content_encoding="gzip")),
    "gzip bomb in an error": send(response(404, BOMB, content_encoding="gzip")),
    "gzip bombs, one after the other": flood(response(200, b"", -1, content_encoding="gzip"), gzip.compress(bytes(MB))),
}


@pytest.mark.parametrize("act", FLOODS.values(), ids=FLOODS)
def test_no_response_fills_the_memory(serve: Serve, connect: Connect, act: Act) -> None:
    api = connect(serve(act).url, max_response_bytes=2 * MB)
    with memory_below(12 * MB), pytest.raises(ResponseTooLargeError):
        api.first_page()


# Lists in JSON take three bytes each, and more than fifty in Python.
LISTS = b"[" + b"[]," * (MB // 2) + b"[]]"
ERRORS = b"[" + b'{"code":1},' * (MB // 8) + b"{}]"
MEETING = json.dumps(PAGE["data"][0]).encode()
PAGING = b'"paging":{"start_offset":1,"end_offset":1,"total_count":%s}'

SWELLING = {
    "a list of lists where meetings are due": (200, b'{"data":' + LISTS + b"}"),
    "a wrong type behind unknown lists": (200, b'{"more":' + LISTS + b',"data":7}'),
    "a number with a fraction behind unknown lists": (
        200,
        b'{"more":' + LISTS + b',"success":true,"data":[' + MEETING + b"]," + PAGING % b"1.5" + b"}",
    ),
    "no success, and a list of lists": (200, b'{"success":false,"errors":' + LISTS + b"}"),
    "an error with a list of lists": (400, b'{"success":false,"errors":' + LISTS + b"}"),
    "many errors": (500, b'{"success":false,"errors":' + ERRORS + b"}"),
}


@pytest.mark.parametrize(("status", "body"), SWELLING.values(), ids=SWELLING)
@pytest.mark.parametrize("invalid_items", ["raise", "skip"])
def test_no_body_takes_many_times_its_size(
    serve: Serve, connect: Connect, status: int, body: bytes, invalid_items: str
) -> None:
    url = serve(send(response(status, gzip.compress(body), content_encoding="gzip"))).url
    api = connect(url, max_retries=0, timeout=60, invalid_items=invalid_items)
    with memory_below(5 * len(body) + MB), pytest.raises(RealtimeKitError) as caught:
        api.first_page()
    assert len(str(caught.value)) < 2000


def test_a_whole_number_with_a_fraction_costs_no_more(serve: Serve, connect: Connect) -> None:
    body = b'{"more":' + LISTS + b',"success":true,"data":[' + MEETING + b"]," + PAGING % b"1.0" + b"}"
    api = connect(serve(send(response(200, body))).url, timeout=60)
    with memory_below(5 * len(body)):
        page = api.first_page()
    assert page.paging.total_count == 1
    assert type(page.paging.total_count) is int


@pytest.mark.parametrize("length", ["9" * 19, "9" * 5000])
def test_a_length_of_any_number_of_digits_is_too_large(connect: Connect, length: str) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Length": length}, stream=httpx.ByteStream(b"{}"))

    with pytest.raises(ResponseTooLargeError):
        connect(MadeUp(respond)).first_page()
