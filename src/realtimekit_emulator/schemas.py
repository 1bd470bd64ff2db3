"""JSON schemas of the contract: references, validators, and the smallest value a schema allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from .problems import EmulatorError
from .times import is_date_time

__all__ = ["Schemas"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPE_OF = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_ALL_TYPES = ("number", "boolean", "null", "array", "object", "string")
_DEEPEST = 64
_OF_FORMAT = {
    "date-time": "2019-12-27T18:11:19.117Z",
    "date": "2019-12-27",
    "time": "18:11:19Z",
    "duration": "PT1M",
    "uuid": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "json-pointer": "",
    "regex": "a",
    "byte": "",
    "binary": "",
}


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take a document as read; `modern` is what its schemas mean in JSON Schema 2020-12."""
        self._document: dict[str, Any] = _modern(document)
        self._shared = {key: self._document[key] for key in ("components", "paths") if key in self._document}

    @property
    def document(self) -> Mapping[str, Any]:
        """The document, its schemas rewritten to JSON Schema 2020-12."""
        return self._document

    def resolve(self, node: Any) -> Any:
        """Follow `$ref` until something else is reached; keywords beside a `$ref` are added to what it names.

        Raises:
            EmulatorError: If a reference leads nowhere, in a circle, or out of the document.
        """
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            reference = node["$ref"]
            if not isinstance(reference, str) or not reference.startswith("#") or reference in seen:
                raise EmulatorError(
                    f"The contract's reference {reference!r} cannot be followed: "
                    "only references inside the document (#/…) that end somewhere can be."
                )
            seen.add(reference)
            target: Any = self._document
            for part in unquote(reference[1:]).split("/")[1:]:
                key = part.replace("~1", "/").replace("~0", "~")
                if isinstance(target, dict) and key in target:
                    target = target[key]
                elif isinstance(target, list) and key.isdigit() and int(key) < len(target):
                    target = target[int(key)]
                else:
                    raise EmulatorError(f"The contract's reference {reference!r} leads nowhere: add what it names.")
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = {**target, **beside} if isinstance(target, dict) else target
        return node

    def validator(self, schema: Any, where: str) -> jsonschema_rs.Draft202012Validator:
        """Compile a schema; `where` names it in the error.

        Raises:
            EmulatorError: If it is no schema, or a pattern or reference in it is broken.
        """
        try:
            return jsonschema_rs.Draft202012Validator(
                {"$schema": _DRAFT, "allOf": [schema], **self._shared},
                validate_formats=True,
                formats={"date-time": is_date_time},
            )
        except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).split("\n", 1)[0]
            raise EmulatorError(f"The contract's schema of {where} is broken: {reason}. Correct it there.") from error

    def types(self, schema: Any, depth: int = 0) -> tuple[str, ...]:
        """The JSON types that a schema may allow, `string` last since every parameter is one to begin with."""
        schema = self.resolve(schema)
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return _ALL_TYPES
        found: set[str] = set()
        declared = schema.get("type")
        if isinstance(declared, str):
            found = {declared}
        elif isinstance(declared, list):
            found = set(declared)
        elif "const" in schema or "enum" in schema:
            found = {_TYPE_OF.get(type(value), "null") for value in schema.get("enum", [schema.get("const")])}
        else:
            for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
                found.update(self.types(branch, depth + 1))
            for part in schema.get("allOf", ()):
                allowed = set(self.types(part, depth + 1))
                found = found & allowed if found else allowed
        if "integer" in found:
            found.add("number")
        return tuple(name for name in _ALL_TYPES if name in found) or _ALL_TYPES

    def smallest(self, schema: Any, depth: int = 0) -> Any:
        """A small value that the schema allows: required fields only. Patterns are beyond it."""
        schema = self.resolve(schema)
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return None
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        if "allOf" in schema:
            rest = {key: value for key, value in schema.items() if key != "allOf"}
            for part in schema["allOf"]:
                rest = _both(rest, self.resolve(part))
            return self.smallest(rest, depth + 1)
        for choice in ("oneOf", "anyOf"):
            if schema.get(choice):
                rest = {key: value for key, value in schema.items() if key != choice}
                return self.smallest(_both(rest, self.resolve(schema[choice][0])), depth + 1)
        kinds = schema.get("type", "object" if "properties" in schema or "required" in schema else "null")
        if isinstance(kinds, list):
            kinds = next((kind for kind in kinds if kind != "null"), "null")
        if kinds == "object":
            return self._smallest_object(schema, depth)
        if kinds == "array":
            items = [self.smallest(item, depth + 1) for item in schema.get("prefixItems", ())]
            while len(items) < schema.get("minItems", 0):
                items.append(self.smallest(schema.get("items", {}), depth + 1))
            return items
        if kinds == "string":
            text = _OF_FORMAT.get(schema.get("format", ""), "")
            return text.ljust(schema.get("minLength", 0), "a")
        if kinds in ("number", "integer"):
            return _smallest_number(schema, whole=kinds == "integer")
        return False if kinds == "boolean" else None

    def _smallest_object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        names = list(schema.get("required", ()))
        optional = [name for name in properties if name not in names]
        names += optional[: max(0, schema.get("minProperties", 0) - len(names))]
        other = schema.get("additionalProperties", {})
        return {name: self.smallest(properties.get(name, other), depth + 1) for name in names}


def _smallest_number(schema: dict[str, Any], *, whole: bool) -> float:
    """The number nearest to zero, from above if it can be, between the schema's limits."""
    step = schema.get("multipleOf", 1 if whole else 0)
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    value: float = 0
    if low is not None:
        value = max(value, low)
    if above is not None and value <= above:
        value = above + (step or 1)
    if high is not None:
        value = min(value, high)
    if below is not None and value >= below:
        value = below - (step or 1)
        if above is not None and value <= above:
            value = (above + below) / 2
    if step and value % step:
        value = math.ceil(value / step) * step
    return value


def _both(one: dict[str, Any], other: Any) -> dict[str, Any]:
    """Two schemas that both hold, as one; enough of it to build a value."""
    if not isinstance(other, dict):
        return one
    merged = {**one, **other}
    if "properties" in one and "properties" in other:
        merged["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *(name for name in other["required"] if name not in one["required"])]
    if "allOf" in one and "allOf" in other:
        merged["allOf"] = [*one["allOf"], *other["allOf"]]
    return merged


def _modern(node: Any, *, names: bool = False) -> Any:
    """Rewrite OpenAPI 3.0's own keywords (`nullable`, boolean exclusive limits) as JSON Schema 2020-12 has them.

    Args:
        node: Any part of the document.
        names: Whether the keys of `node` are names somebody chose, not keywords.
    """
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for key, value in node.items():
        is_data = not names and key in ("example", "default", "enum", "const")
        made[key] = value if is_data else _modern(value, names=not names and key in _NAMED)
    if names:
        return made
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and limit in made:
            made[exclusive] = made.pop(limit)
    if isinstance(made.get("nullable"), bool) and made.pop("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made


# Keywords whose keys are names: a property called `nullable` or `default` is no keyword.
_NAMED = frozenset(
    {"$defs", "headers", "parameters", "paths", "patternProperties", "properties", "responses", "schemas"}
)
