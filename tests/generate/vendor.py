"""A whole document as a vendor writes one: 3.0, everything shared, envelopes by `allOf`, some seventy operations."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

RESOURCES = (
    "Meetings",
    "Participants",
    "Presets",
    "Sessions",
    "Recordings",
    "Livestreams",
    "Webhooks",
    "Active session",
    "Poll",
    "Chat-Messages",
    "Analytics & Usage",
    "Layouts",
)


def ref(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/kit_{name}"}


def envelope(data: Json, **more: Json) -> Json:
    """The vendor's way to describe a response."""
    properties: Json = {"data": data, **more}
    return {
        "allOf": [
            ref("schemas", "GenericSuccessResponse"),
            {"type": "object", "properties": properties, "required": list(properties)},
        ]
    }


def content(schema: Json) -> Json:
    """A JSON body."""
    return {"application/json": {"schema": schema, "example": {"anything": ["at", {"all": None}]}}}


def operation(resource: str, operation_id: str, response: Json, **more: Any) -> Json:
    """An operation with the vendor's usual trimmings."""
    return {
        "operationId": operation_id,
        "summary": f"{operation_id}",
        "description": f"Does `{operation_id}`.\n\nSee [the guide](/guide#{resource}).\n",
        "tags": [resource],
        "security": [{"api_token": []}],
        "x-api-token-group": ["Realtime Admin", "Realtime"],
        "responses": {
            "200": response,
            "401": ref("responses", "Unauthorized"),
            "404": {"description": "Not found", "content": content({"type": "object"})},
        },
        **more,
    }


def names(resource: str) -> tuple[str, str, str]:
    """A kind of thing as a word, the word for one of them, and the name of its model."""
    word = "".join(c if c.isalnum() else "_" for c in resource.lower()).replace("___", "_")
    one = word.removesuffix("s")
    return word, one, "".join(part.capitalize() for part in one.split("_"))


def resource_paths(resource: str) -> Json:
    """Six operations on one kind of thing."""
    word, one, model = names(resource)
    base = f"/accounts/{{account_id}}/realtime/kit/{{app_id}}/{word.replace('_', '-')}"
    shared = [ref("parameters", "account"), ref("parameters", "app")]
    item = {"name": f"{one}_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    body = {
        "content": content({"allOf": [ref("schemas", model), {"required": ["name"]}]}),
        "description": f"A new {one}.",
        "required": True,
    }
    response = {"description": "OK", "content": content(envelope(ref("schemas", model)))}
    return {
        base: {
            "parameters": shared,
            "get": operation(
                resource,
                f"get-all-{word}",
                ref("responses", f"All{model}"),
                parameters=[
                    ref("parameters", "pageNo"),
                    ref("parameters", "sort"),
                    {"name": "filters", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
            ),
            "post": operation(resource, f"create_{one}", response, requestBody=body),
        },
        f"{base}/{{{one}_id}}": {
            "parameters": [*shared, item],
            "get": operation(resource, f"Get{model}ById", response),
            "put": operation(resource, f"replace_{one}", response, requestBody=body),
            "patch": operation(
                resource,
                f"update{model}",
                response,
                requestBody={"content": content({"type": "object", "properties": {"name": {"type": "string"}}})},
            ),
            "delete": operation(resource, f"delete_{one}", {"description": "Gone"}),
        },
    }


def resource_schemas(resource: str) -> Json:
    """The model of a kind of thing: composed, nullable, nested."""
    _, _, model = names(resource)
    return {
        f"kit_{model}": {
            "allOf": [
                ref("schemas", "Timestamps"),
                {
                    "type": "object",
                    "title": f"{model} (v2)",
                    "required": ["id"],
                    "properties": {
                        "id": ref("schemas", "Id"),
                        "name": {"type": "string", "nullable": True, "maxLength": 100, "example": 7},
                        "status": {"type": "string", "enum": ["ACTIVE", "INACTIVE", "in-active", "1st", ""]},
                        "preset": {"allOf": [ref("schemas", "Config")], "nullable": True, "description": "Settings."},
                        "config": {
                            "type": "object",
                            "properties": {
                                "view_type": {"type": "string", "enum": ["GROUP_CALL", "WEBINAR"]},
                                "max_video_streams": {
                                    "type": "object",
                                    "required": ["mobile"],
                                    "properties": {"mobile": {"type": "integer"}, "desktop": {"type": "integer"}},
                                },
                            },
                        },
                        "storage": {"oneOf": [ref("schemas", "S3"), ref("schemas", "Sftp")], "nullable": True},
                        "meta": {"type": "object", "additionalProperties": True},
                    },
                },
            ]
        }
    }


def document() -> Json:
    """The document."""
    paths: Json = {}
    schemas: Json = {}
    responses: Json = {}
    for resource in RESOURCES:
        paths |= resource_paths(resource)
        schemas |= resource_schemas(resource)
        (name,) = resource_schemas(resource)
        response = envelope(
            {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}, paging=ref("schemas", "Paging")
        )
        responses[name.replace("kit_", "kit_All")] = {"description": "All of them.", "content": content(response)}
    schemas |= {
        "kit_Id": {"type": "string", "format": "uuid", "x-auditable": True, "example": "0"},
        "kit_Timestamps": {
            "type": "object",
            "properties": {
                "created_at": {"type": "string", "format": "date-time", "readOnly": True},
                "updated_at": {"type": "string", "format": "date-time", "readOnly": True},
            },
        },
        "kit_GenericSuccessResponse": {
            "type": "object",
            "required": ["success"],
            "properties": {"success": {"type": "boolean"}, "data": {"type": "object"}},
        },
        "kit_Paging": {
            "type": "object",
            "required": ["total_count"],
            "properties": {"total_count": {"type": "number"}, "start_offset": {"type": "number"}},
        },
        "kit_Config": {
            "type": "object",
            "properties": {
                "codec": {"type": "string", "default": "H264", "enum": ["H264", "VP8"]},
                "watermark": {"type": "object", "properties": {"position": {"type": "string", "enum": ["left top"]}}},
            },
        },
        "kit_S3": {
            "type": "object",
            "required": ["type", "bucket"],
            "properties": {"type": {"type": "string", "enum": ["aws"]}, "bucket": {"type": "string"}},
        },
        "kit_Sftp": {
            "type": "object",
            "required": ["type", "host"],
            "properties": {"type": {"type": "string", "enum": ["sftp"]}, "host": {"type": "string"}},
        },
        "kit_Error": {"type": "object", "properties": {"error": {"type": "object"}}},
    }
    responses["kit_Unauthorized"] = {"description": "No", "content": content(ref("schemas", "Error"))}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Vendor API", "version": "4.0.0", "description": "All of it.", "license": {"name": "X"}},
        "servers": [{"url": "https://api.example.com/client/v4", "description": "Client API"}],
        "security": [{"api_email": [], "api_key": []}, {"api_token": []}],
        "tags": [{"name": resource, "description": f"About {resource}."} for resource in RESOURCES],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "api_email": {"in": "header", "name": "X-Auth-Email", "type": "apiKey"},
                "api_key": {"in": "header", "name": "X-Auth-Key", "type": "apiKey"},
                "api_token": {"scheme": "bearer", "type": "http"},
            },
            "parameters": {
                "kit_account": {"name": "account_id", "in": "path", "required": True, "schema": {"type": "string"}},
                "kit_app": {"name": "app_id", "in": "path", "required": True, "schema": {"type": "string"}},
                "kit_pageNo": {"name": "page_no", "in": "query", "schema": {"type": "number", "minimum": 0}},
                "kit_sort": {
                    "name": "sort_order",
                    "in": "query",
                    "schema": {"type": "string", "default": "ASC", "enum": ["ASC", "DESC"]},
                },
            },
            "responses": responses,
            "schemas": schemas,
        },
    }
