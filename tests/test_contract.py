"""The contract has everything that the vendor's page says, as the page says it.

The contract may have more than the page: parameters, fields, values, responses. `make lint` checks the contract itself.
"""

from __future__ import annotations

from typing import Any

from .contract.contract import CONTRACT, resolve

OPERATION = CONTRACT["paths"]["/accounts/{account_id}/realtime/kit/{app_id}/meetings"]["get"]
SCHEMAS = CONTRACT["components"]["schemas"]

# From the page: where it is, type, format, limits.
PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "account_id": ("path", {"type": "string", "maxLength": 32}),
    # The page's 32 would refuse the service's own app ids.
    "app_id": ("path", {"type": "string", "maxLength": 36}),
    "end_time": ("query", {"type": "string", "format": "date-time"}),
    "page_no": ("query", {"type": "number", "minimum": 0}),
    "per_page": ("query", {"type": "number", "minimum": 0}),
    "start_time": ("query", {"type": "string", "format": "date-time"}),
}
MEETING: dict[str, dict[str, Any]] = {
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
PAGING: dict[str, dict[str, Any]] = {
    "end_offset": {"type": "number"},
    "start_offset": {"type": "number"},
    "total_count": {"type": "number", "minimum": 0},
}
# What limits a value. Other keywords, such as descriptions and defaults, may come and go.
LIMITS = {
    "type", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "const", "enum", "anyOf", "oneOf", "allOf",
}  # fmt: skip


def check_schema(schema: dict[str, Any], page: dict[str, Any]) -> None:
    """Hold a schema against the page's. The service may use more values than the page lists."""
    limits = {key: value for key, value in resolve(schema).items() if key in LIMITS}
    if "enum" in page:
        assert set(limits.pop("enum")) >= set(page["enum"])
    assert limits == {key: value for key, value in page.items() if key != "enum"}


def check_fields(schema: dict[str, Any], page: dict[str, dict[str, Any]], required: list[str]) -> None:
    """Hold the fields of an object against the page's; no other field is required."""
    for name, expected in page.items():
        check_schema(schema["properties"][name], expected)
        assert resolve(schema["properties"][name])["description"]
    assert sorted(schema["required"]) == sorted(required)


def test_the_page_s_parameters_are_in_it() -> None:
    parameters = {parameter["name"]: parameter for parameter in map(resolve, OPERATION["parameters"])}
    for name, (place, schema) in PARAMETERS.items():
        assert parameters[name]["in"] == place
        assert parameters[name]["description"]
        check_schema(parameters[name]["schema"], schema)
    assert {name for name, parameter in parameters.items() if parameter.get("required")} == {"account_id", "app_id"}


def test_the_page_s_fields_are_in_it() -> None:
    check_fields(SCHEMAS["Meeting"], MEETING, ["id", "created_at", "updated_at"])
    check_fields(SCHEMAS["Paging"], PAGING, list(PAGING))
    page = SCHEMAS["MeetingPage"]
    assert page["properties"]["data"]["items"] == {"$ref": "#/components/schemas/Meeting"}
    assert page["properties"]["paging"] == {"$ref": "#/components/schemas/Paging"}
    check_fields(page, {"success": {"type": "boolean"}}, ["data", "paging", "success"])


def test_server_security_and_permissions() -> None:
    assert [server["url"] for server in CONTRACT["servers"]] == ["https://api.cloudflare.com/client/v4"]
    assert CONTRACT["security"] == [{"api_token": []}]
    scheme = CONTRACT["components"]["securitySchemes"]["api_token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "Authorization: Bearer Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY" in scheme["description"]
    assert OPERATION["x-api-token-group"] == ["Realtime Admin", "Realtime"]


def test_errors_are_documented() -> None:
    assert set(OPERATION["responses"]) >= {"200", "400", "401", "403", "404", "405", "422", "429", "5XX"}
    for status, response in OPERATION["responses"].items():
        if not status.startswith("2"):
            content = resolve(response)["content"]
            assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}


def test_the_page_s_example_is_in_it() -> None:
    example = OPERATION["responses"]["200"]["content"]["application/json"]["example"]
    page: dict[str, Any] = {
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
    (meeting,) = example["data"]
    assert meeting | page["data"][0] == meeting
    assert example | {**page, "data": example["data"]} == example
