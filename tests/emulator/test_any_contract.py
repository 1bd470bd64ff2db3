"""Any contract: requests are routed, checked and responded to without code for the operation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator, EmulatorError

ROOM = {"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "seats": 5, "owner": None}


@pytest.fixture(scope="module")
def rooms() -> Iterator[Any]:
    emulator = Emulator(contract=Path(__file__).with_name("rooms.yaml"))
    assert emulator.base_url == "http://127.0.0.1/v9"

    def ask(method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(emulator.asgi)
            async with httpx.AsyncClient(transport=transport, base_url=emulator.base_url) as client:
                headers = {"Authorization": f"Bearer {emulator.api_token}", **options.pop("headers", {})}
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send())

    yield ask
    emulator.close()


def pointers(response: httpx.Response) -> list[str]:
    return [error["source"]["pointer"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", []),
        ("ids=1&ids=2&csv=1,2&open=true&limit=0&after=2024-01-01T00:00:00Z", []),
        ("after=", []),
        ("ids=1&ids=x", ["/query/ids"]),
        ("ids=1&ids=2&ids=3&ids=4", ["/query/ids"]),
        ("csv=1,x", ["/query/csv"]),
        ("csv=", []),
        ("kinds=", []),
        ("kinds=big,small", []),
        ("names=", []),
        ("csv=1&csv=2", ["/query/csv"]),
        ("open=yes&limit=-1", ["/query/limit", "/query/open"]),
        ("after=monday", ["/query/after"]),
        ("over=6", []),
        ("over=5", ["/query/over"]),
        ("over=6.5", ["/query/over"]),
    ],
)
def test_query_parameters(rooms: Any, query: str, wrong: list[str]) -> None:
    response = rooms("GET", f"/rooms?{query}")
    assert response.status_code == (400 if wrong else 200), response.text
    if wrong:
        assert pointers(response) == wrong
    else:
        assert response.json() == {"data": [{"id": 1}], "success": True}


def test_header_parameters(rooms: Any) -> None:
    assert rooms("GET", "/rooms", headers={"x-trace": ROOM["id"]}).status_code == 200
    assert pointers(rooms("GET", "/rooms", headers={"x-trace": "no"})) == ["/header/X-Trace"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (json.dumps(ROOM), []),
        (json.dumps({**ROOM, "owner": "me", "unknown": 1, "inner": ROOM}), []),
        ("", ["/body"]),
        ("{", ["/body"]),
        ('{"id": NaN}', ["/body"]),
        ("[" * 100_000, ["/body"]),
        ('{"id": "\\ud800"}', ["/body"]),
        (json.dumps({**ROOM, "inner": {**ROOM, "tags": ["x", "too long"], "seats": 3}}), ["/seats", "/tags/1"]),
    ],
)
def test_request_bodies(rooms: Any, body: str, wrong: list[str]) -> None:
    response = rooms("POST", "/rooms", content=body.encode(), headers={"content-type": "application/json"})
    assert response.status_code == (400 if wrong else 201), response.text
    if wrong:
        assert sorted(pointer.removeprefix("/body/inner") for pointer in pointers(response)) == wrong
    else:
        assert response.json() == {**ROOM, "opened": "2019-12-27T18:11:19+00:00"}


def test_a_body_of_another_media_type_is_400(rooms: Any) -> None:
    response = rooms("POST", "/rooms", content=b"x", headers={"content-type": "text/plain"})
    assert pointers(response) == ["/header/content-type"]


def test_responses_are_the_examples_in_the_contract(rooms: Any) -> None:
    assert rooms("PUT", "/rooms/1").json() == [1]
    deleted = rooms("DELETE", "/rooms/1")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert rooms("DELETE", "/rooms/x").status_code == 400
    mine = rooms("GET", "/rooms/mine", headers={"Authorization": ""})
    assert (mine.status_code, mine.content) == (200, b"")


@pytest.mark.parametrize(("path", "named"), [("/rooms/7", "get_room"), ("/rooms/7.csv", "export")])
def test_without_an_example_the_response_is_501_and_says_what_to_add(rooms: Any, path: str, named: str) -> None:
    response = rooms("GET", path)
    assert response.status_code == 501
    error = response.json()["error"]
    assert error["code"] == 501
    assert named in error["message"]
    assert "add an `example`" in error["message"]


def test_the_most_literal_path_is_the_route(rooms: Any) -> None:
    assert rooms("GET", "/rooms/7.pdf").status_code == 400
    assert rooms("POST", "/rooms/5").headers["allow"] == "DELETE, GET, PUT"
    assert rooms("POST", "/rooms/mine").headers["allow"] == "GET"


def contract(path_item: Any) -> str:
    return json.dumps({"openapi": "3.1.0", "paths": {"/": path_item}})


BAD_TYPE = {"name": "p", "in": "query", "schema": {"type": "nmber"}}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("missing.json", None, "No such file"),
        ("broken.json", "{", "not valid JSON"),
        ("broken.yaml", "a: [", "not valid JSON or YAML"),
        ("swagger.json", '{"swagger": "2.0"}', "OpenAPI 3"),
        ("list.json", "[]", "OpenAPI 3"),
        ("empty.json", '{"openapi": "3.1.0"}', "paths"),
        ("lost.json", contract({"get": {"parameters": [{"$ref": "#/x"}]}}), "'/x' does not exist"),
        ("far.json", contract({"$ref": "other.json"}), "other.json"),
        ("odd.json", contract({"get": {"parameters": [{}]}}), "'name'"),
        ("type.json", contract({"get": {"operationId": "o", "parameters": [BAD_TYPE]}}), "the parameter p of o"),
    ],
)
def test_an_unusable_contract_is_an_error_that_says_why(
    tmp_path: Path, name: str, text: str | None, reason: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(EmulatorError, match=reason):
        Emulator(contract=file)
