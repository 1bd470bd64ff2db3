"""The contract says what the vendor's page says, and is itself correct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parent.parent / "openapi.yaml").read_text())
OPERATION = CONTRACT["paths"]["/accounts/{account_id}/realtime/kit/{app_id}/meetings"]["get"]
SCHEMAS = CONTRACT["components"]["schemas"]

# From the page: name, whether required, type, format, limits.
PARAMETERS = {
    "account_id": ("path", {"type": "string", "maxLength": 32}),
    # The page's 32 would refuse the service's own app ids.
    "app_id": ("path", {"type": "string", "maxLength": 36}),
    "end_time": ("query", {"type": "string", "format": "date-time"}),
    "page_no": ("query", {"type": "number", "minimum": 0}),
    "per_page": ("query", {"type": "number", "minimum": 0}),
    "start_time": ("query", {"type": "string", "format": "date-time"}),
}
MEETING = {
    "id": {"type": "string", "format": "uuid"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "live_stream_on_start": {"type": "boolean"},
    "persist_chat": {"type": "boolean"},
    "record_on_start": {"type": "boolean"},
    "session_keep_alive_time_in_secs": {"type": "number", "minimum": 60, "maximum": 600},
    "status": {"type": "string", "enum": ["ACTIVE", "INACTIVE"]},
    "summarize_on_end": {"type": "boolean"},
    "title": {"type": "string"},
}


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = CONTRACT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found)


def bare(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its words and without the notes that are ours."""
    resolved = resolve(schema)
    ours = {"description", "multipleOf"}
    return {key: value for key, value in resolved.items() if key not in ours and not key.startswith("x-")}


def test_is_an_openapi_document() -> None:
    validate(CONTRACT)


def test_parameters_are_the_pages() -> None:
    parameters = {p["name"]: p for p in map(resolve, OPERATION["parameters"])}
    assert {name: (p["in"], bare(p["schema"])) for name, p in parameters.items()} == PARAMETERS
    assert {name for name, p in parameters.items() if p.get("required")} == {"account_id", "app_id"}
    assert all(p["description"] for p in parameters.values())


def test_a_meeting_has_the_pages_fields() -> None:
    meeting = SCHEMAS["Meeting"]
    assert {name: bare(schema) for name, schema in meeting["properties"].items()} == MEETING
    assert meeting["required"] == ["id", "created_at", "updated_at"]
    assert all(resolve(schema)["description"] for schema in meeting["properties"].values())


def test_the_response_has_the_pages_fields() -> None:
    paging = SCHEMAS["Paging"]
    assert {name: bare(schema) for name, schema in paging["properties"].items()} == {
        "end_offset": {"type": "number"},
        "start_offset": {"type": "number"},
        "total_count": {"type": "number", "minimum": 0},
    }
    assert sorted(paging["required"]) == ["end_offset", "start_offset", "total_count"]
    assert sorted(SCHEMAS["MeetingPage"]["required"]) == ["data", "paging", "success"]


def test_server_security_and_permissions() -> None:
    assert [server["url"] for server in CONTRACT["servers"]] == ["https://api.cloudflare.com/client/v4"]
    assert CONTRACT["security"] == [{"api_token": []}]
    scheme = CONTRACT["components"]["securitySchemes"]["api_token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "Authorization: Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY" in scheme["description"]
    assert OPERATION["x-api-token-group"] == ["Realtime Admin", "Realtime"]


def test_errors_are_documented() -> None:
    assert set(OPERATION["responses"]) == {"200", "400", "401", "403", "404", "405", "422", "429", "5XX"}
    for status, response in OPERATION["responses"].items():
        content = resolve(response)["content"]
        if status != "200":
            assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}


def examples() -> list[Any]:
    response = OPERATION["responses"]["200"]["content"]["application/json"]
    return [
        pytest.param(response["schema"], response["example"], id="response"),
        *(pytest.param(s, s["example"], id=name) for name, s in SCHEMAS.items() if "example" in s),
    ]


@pytest.mark.parametrize(("schema", "example"), examples())
def test_examples_validate(schema: dict[str, Any], example: Any) -> None:
    validator = Draft202012Validator(
        {**schema, "components": CONTRACT["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    validator.validate(example)


def test_the_pages_example_is_the_example() -> None:
    example = OPERATION["responses"]["200"]["content"]["application/json"]["example"]
    assert example == {
        "data": [
            {
                "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
                "created_at": "2019-12-27T18:11:19.117Z",
                "updated_at": "2019-12-27T18:11:19.117Z",
                "live_stream_on_start": True,
                "persist_chat": True,
                "record_on_start": True,
                "session_keep_alive_time_in_secs": 60,
                "status": "ACTIVE",
                "summarize_on_end": True,
                "title": "title",
            }
        ],
        "paging": {"end_offset": 30, "start_offset": 1, "total_count": 30},
        "success": True,
    }
