"""Any contract: requests are routed, checked and responded to without code for the operation."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator, EmulatorError
from realtimekit_emulator.contract import Contract

NUMBER = {"type": "number", "minimum": 0}
EXAMPLE = {"data": [{"id": 1}], "success": True}
ROOM = {
    "type": "object",
    "required": ["id", "name", "opened", "seats", "kind", "tags", "owner"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string", "minLength": 3},
        "opened": {"type": "string", "format": "date-time"},
        "seats": {"type": "integer", "minimum": 2, "multipleOf": 5},
        "kind": {"enum": ["big", "small"]},
        "tags": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Tag"}},
        "owner": {"type": "string", "nullable": True},
        "note": {"type": "string"},
    },
}


def parameter(name: str, schema: Any, place: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, **more}


def response(**content: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": content}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "rooms", "version": "1"},
    "servers": [{"url": "https://{host}/v9/", "variables": {"host": {"default": "example.com"}}}],
    "security": [{"token": []}],
    "paths": {
        "/rooms": {
            "parameters": [{"$ref": "#/components/parameters/limit"}],
            "get": {
                "operationId": "list_rooms",
                "tags": ["rooms"],
                "parameters": [
                    parameter("ids", {"type": "array", "items": {"type": "integer"}, "maxItems": 3}),
                    parameter("csv", {"type": "array", "items": {"type": "integer"}}, explode=False),
                    parameter("kinds", {"type": "array", "items": {"enum": ["big", "small"]}}, explode=False),
                    parameter("names", {"type": "array", "items": {"type": "string"}, "minItems": 1}, explode=False),
                    parameter("open", {"type": "boolean"}),
                    parameter("after", {"type": "string", "format": "date-time", "nullable": True}),
                    parameter("over", {"type": "integer", "minimum": 5, "exclusiveMinimum": True}),
                    parameter("filter", {"type": "object", "properties": {"seats": NUMBER}}, style="deepObject"),
                    parameter("json", {}, content={"application/json": {"schema": {"type": "object"}}}),
                    parameter("X-Trace", {"type": "string", "format": "uuid"}, "header"),
                    parameter("lang", {"enum": ["de", "en"]}, "cookie"),
                ],
                "responses": {"200": response(schema={}, example=EXAMPLE)},
            },
            "post": {
                "operationId": "add_room",
                "requestBody": {"$ref": "#/components/requestBodies/room"},
                "responses": {"400": response(), "201": response(schema={"$ref": "#/components/schemas/Room"})},
            },
        },
        "/rooms/{id}": {
            "parameters": [parameter("id", {"type": "integer"}, "path")],
            "patch": {
                "operationId": "change_room",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}}},
                "responses": {"200": response(schema={"allOf": [{"$ref": "#/components/schemas/Room"}]})},
            },
            "put": {"operationId": "put_room", "responses": {"2XX": response(examples={"a": {"value": [1]}})}},
            "delete": {"operationId": "delete_room", "responses": {"204": {"description": ""}}},
        },
        "/rooms/mine": {"get": {"operationId": "my_room", "security": [], "responses": {"200": {"description": ""}}}},
        "/rooms/{id}.{kind}": {
            "get": {
                "operationId": "export",
                "parameters": [parameter("id", NUMBER, "path"), parameter("kind", {"enum": ["csv"]}, "path")],
                "responses": {"200": {"description": "", "content": {"text/csv": {"example": "a,b"}}}},
            }
        },
    },
    "components": {
        "parameters": {"limit": parameter("limit", NUMBER)},
        "requestBodies": {
            "room": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}},
            }
        },
        "schemas": {"Room": ROOM, "Tag": {"type": "string", "maxLength": 4}},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
WHOLE = {
    "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "name": "aaa",
    "opened": "2019-12-27T18:11:19.117Z",
    "seats": 5,
    "kind": "big",
    "tags": [""],
    "owner": "",
}


@pytest.fixture(scope="module")
def rooms() -> Any:
    emulator = Emulator(contract=Contract(DOCUMENT))

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
        ("ids=1&ids=2&csv=1,2&open=true&limit=0&after=2024-01-01T00:00:00Z&json=%7B%7D&filter[seats]=3", []),
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
        ("filter[seats]=x", ["/query/filter"]),
        ("json=%7B", ["/query/json"]),
        ("json=1", ["/query/json"]),
    ],
)
def test_query_parameters(rooms: Any, query: str, wrong: list[str]) -> None:
    response = rooms("GET", f"/rooms?{query}")
    assert response.status_code == (400 if wrong else 200), response.text
    if wrong:
        assert pointers(response) == wrong
    else:
        assert response.json() == EXAMPLE


def test_header_and_cookie_parameters(rooms: Any) -> None:
    assert rooms("GET", "/rooms", headers={"x-trace": WHOLE["id"], "cookie": "lang=de; x=1"}).status_code == 200
    wrong = rooms("GET", "/rooms", headers={"x-trace": "no", "cookie": "lang=fr"})
    assert pointers(wrong) == ["/header/X-Trace", "/cookie/lang"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (json.dumps(WHOLE), []),
        (json.dumps({**WHOLE, "owner": "me", "unknown": 1}), []),
        ("", ["/body"]),
        ("{", ["/body"]),
        ('{"id": NaN}', ["/body"]),
        ("[" * 100_000, ["/body"]),
        ('{"name": "\\ud800"}', ["/body"]),
        (json.dumps({**WHOLE, "tags": ["x", "too long"], "seats": 3}), ["/body/seats", "/body/tags/1"]),
    ],
)
def test_request_bodies(rooms: Any, body: str, wrong: list[str]) -> None:
    response = rooms("POST", "/rooms", content=body.encode(), headers={"content-type": "application/json"})
    assert response.status_code == (400 if wrong else 201), response.text
    if wrong:
        assert sorted(pointers(response)) == wrong
    else:
        assert response.json() == WHOLE


def test_a_body_of_another_media_type_is_400(rooms: Any) -> None:
    response = rooms("POST", "/rooms", content=b"x", headers={"content-type": "text/plain"})
    assert pointers(response) == ["/header/content-type"]


def test_responses_from_examples_and_schemas(rooms: Any) -> None:
    assert rooms("PATCH", "/rooms/1").json() == WHOLE
    assert rooms("PUT", "/rooms/1").json() == [1]
    assert (rooms("DELETE", "/rooms/1").status_code, rooms("DELETE", "/rooms/1").content) == (204, b"")
    assert rooms("DELETE", "/rooms/x").status_code == 400
    export = rooms("GET", "/rooms/7.csv")
    assert (export.text, export.headers["content-type"]) == ("a,b", "text/csv")
    assert rooms("GET", "/rooms/7.pdf").status_code == 400


def test_a_literal_path_goes_before_a_template_and_may_need_no_token(rooms: Any) -> None:
    assert rooms("GET", "/rooms/mine", headers={"Authorization": ""}).status_code == 204
    assert rooms("GET", "/rooms/5").headers["allow"] == "DELETE, PATCH, PUT"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("missing.json", None, "No such file"),
        ("broken.json", "{", "not valid JSON"),
        ("broken.yaml", "a: [", "not valid YAML"),
        ("swagger.json", '{"swagger": "2.0"}', "OpenAPI 3"),
        ("list.json", "[]", "OpenAPI 3"),
        ("empty.json", '{"openapi": "3.1.0"}', "paths"),
        ("lost.json", '{"openapi": "3.1.0", "paths": {"/": {"get": {"parameters": [{"$ref": "#/x"}]}}}}', "'#/x'"),
        ("far.json", '{"openapi": "3.1.0", "paths": {"/": {"$ref": "other.json"}}}', "'other.json'"),
        ("odd.json", '{"openapi": "3.1.0", "paths": {"/": {"get": {"parameters": [{}]}}}}', "'in'"),
        (
            "type.json",
            json.dumps(
                {
                    "openapi": "3.1.0",
                    "paths": {"/": {"get": {"operationId": "o", "parameters": [parameter("p", {"type": "nmber"})]}}},
                }
            ),
            "the parameter p of o",
        ),
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
