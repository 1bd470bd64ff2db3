"""The normal form of schemas: the few forms that templates and parser know, however the contract puts things.

    {"$ref": "#/components/schemas/Name"}     a class: an object with properties, or an enum
    {"type": "string", "format": …, limits}   also number, integer, boolean, null
    {"const": value}, {"type": …, "x-literal": [values]}
    {"type": "array", "items": …}, {"x-map": schema of the values}
    {"anyOf": [schemas, at most one of them null]}
    {}                                        anything

each with a `description` of its own.
"""

from __future__ import annotations

import json
from typing import Any, Final

__all__ = ["REF", "Schema", "bare", "nullable", "referred", "union", "without_null"]

Schema = dict[str, Any]
REF: Final = "#/components/schemas/"


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    return union([schema, {"type": "null"}])


def union(members: list[Schema]) -> Schema:
    """Any of the schemas, without repetitions, null at the end."""
    flat: list[Schema] = []
    for member in members:
        flat.extend(member.get("anyOf", [member]))
    unique = {json.dumps(bare(member), sort_keys=True): member for member in reversed(flat)}
    found = list(reversed(unique.values()))
    null = [member for member in found if member.get("type") == "null"]
    rest = [member for member in found if member.get("type") != "null"]
    if any(not bare(member) for member in rest):
        return {}
    return {"anyOf": rest + null} if len(rest + null) > 1 else (rest + null)[0]


def bare(schema: Schema) -> Schema:
    """A schema without its description."""
    return {key: value for key, value in schema.items() if key != "description"}


def without_null(schema: Schema) -> Schema:
    """The schema of the values that are not null."""
    if "anyOf" not in schema:
        return schema
    rest = union([member for member in schema["anyOf"] if member.get("type") != "null"])
    return {**rest, "description": schema.get("description", "")}


def referred(schema: Schema) -> str:
    """The name of the class that a schema is, else nothing."""
    return str(schema.get("$ref", "")).removeprefix(REF)
