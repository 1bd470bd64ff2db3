"""The schemas of a contract, in the words that openapi-python-client's parser reads right.

The parser misreads some constructs without a warning. Each of them is either said in another way here, or refused with
its line:

- `nullable`, `null` among types or enum values: a union with null; the parser loses the null beside `$ref` and `enum`.
- `allOf`: one object with all the properties; the parser loses those that stand beside `allOf` or in two members.
- An object or enum that may be null, or that stands in a shared response: a schema with a name of its own.
- Members of an enum get names that differ.
- `x-python-type: int` makes a number an integer.

Every `description` becomes the place where the contract says it. The parser keeps descriptions, so whoever has one of
its objects can look up the rest: the description itself, limits, defaults, extensions, the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from openapi_python_client.strings import snake_case

from .contract import Contract, Location

__all__ = ["Schemas", "place_as_text"]

Schema = dict[str, Any]

# Keys that do not say which values a schema allows.
_WORDS: Final = frozenset(["$comment", "description", "example", "examples", "externalDocs", "title", "xml"])
_ANNOTATIONS: Final = _WORDS | {"default", "deprecated", "discriminator", "nullable", "readOnly", "writeOnly"}
_OBJECT_KEYS: Final = frozenset(["additionalProperties", "maxProperties", "minProperties", "properties", "required"])


class Schemas:
    """Writes schemas anew.

    Attributes:
        components: The schemas that have names, as far as they were needed.
    """

    def __init__(self, contract: Contract) -> None:
        self.components: dict[str, Schema] = {}
        self._contract = contract

    def rewrite(self, raw: Schema, location: Location, name: str) -> Schema:
        """A schema in other words.

        Args:
            raw: The schema as written.
            location: Where it stands.
            name: What its class is called, should it need one and have no name in the contract.
        """
        plain, is_nullable = _without_null(raw)
        found = self._not_null(plain, location, name)
        if is_nullable:
            found = self._or_null(found, location, name)
        return found | {"description": place_as_text(location)}

    def name(self, name: str, schema: Schema, location: Location) -> Schema:
        """A reference to a schema that has no name in the contract."""
        known = self._contract.document.get("components", {}).get("schemas", {})
        if name in known or self.components.setdefault(name, schema) != schema:
            raise self._contract.error(
                f"this would be called {name!r}, a name that is taken; move it to components/schemas under another",
                location,
            )
        return {"$ref": f"#/components/schemas/{name}"}

    def _not_null(self, raw: Schema, location: Location, name: str) -> Schema:
        if "$ref" in raw:
            return self._reference(raw, location)
        if "allOf" in raw:
            return self._all_of(raw, location, name)
        for key in ("anyOf", "oneOf"):
            if key in raw:
                return self._union(raw, key, location, name)
        kind = raw.get("type")
        if isinstance(kind, list) and raw.keys() & {"items", "properties", "additionalProperties"}:
            raise self._contract.error("an object or array among several types is not supported; use `anyOf`", location)
        if kind == "object" or (kind is None and raw.keys() & _OBJECT_KEYS):
            return self._object([(raw, location)], name)
        if kind == "array" or (kind is None and "items" in raw):
            if "items" not in raw:
                raise self._contract.error("an array needs `items`; write `items: {}` if it holds anything", location)
            return {"type": "array", "items": self.rewrite(raw["items"], (*location, "items"), f"{name}_item")}
        return self._scalar(raw, location)

    def _or_null(self, schema: Schema, location: Location, name: str) -> Schema:
        here = {"description": place_as_text(location)}
        if "properties" in schema or "enum" in schema:
            schema = self.name(name, schema | here, location)
        return {"anyOf": [*schema.get("anyOf", [schema | here]), {"type": "null"}]}

    def _reference(self, raw: Schema, location: Location) -> Schema:
        for other in sorted(_telling_keys(raw) - {"$ref"}):
            raise self._contract.error(
                f"`{other}` beside `$ref` is not read; move it to what the $ref points to", location
            )
        target, here = self._contract.component(raw, location, "schemas")
        key = str(here[2])
        plain, is_nullable = _without_null(target)
        if key not in self.components:
            self.components[key] = {}
            self.components[key] = self.rewrite(plain, here, key)
        found = {"$ref": f"#/components/schemas/{key}"}
        return self._or_null(found, location, key) if is_nullable else found

    def _union(self, raw: Schema, key: str, location: Location, name: str) -> Schema:
        for other in sorted(_telling_keys(raw) - {key, "type"}):
            raise self._contract.error(f"`{other}` beside `{key}` is not supported; say it in each member", location)
        members = enumerate(raw[key])
        return {"anyOf": [self.rewrite(member, (*location, key, at), f"{name}_type_{at}") for at, member in members]}

    def _scalar(self, raw: Schema, location: Location) -> Schema:
        kind = raw.get("type")
        found: Schema = {key: raw[key] for key in ("type", "format", "const", "default") if key in raw}
        if (python_type := raw.get("x-python-type")) is not None:
            if python_type != "int" or kind not in ("integer", "number"):
                raise self._contract.error(
                    f"`x-python-type: {python_type}` of a {kind}: the only value is `int`, of a number", location
                )
            found["type"] = "integer"
        if isinstance(raw.get("const"), float):
            raise self._contract.error("`const` must be a text, a whole number or a boolean", location)
        if "enum" in raw:
            found["enum"] = raw["enum"]
            kinds = {type(value) for value in raw["enum"]}
            if kinds == {str}:
                found["x-enum-varnames"] = _member_names(raw["enum"])
            elif kinds != {int}:
                raise self._contract.error("the values of an enum must all be texts, or all be whole numbers", location)
        return found

    def _all_of(self, raw: Schema, location: Location, name: str) -> Schema:
        telling = [at for at, member in enumerate(raw["allOf"]) if not _says_nothing(member)]
        if len(telling) == 1 and _says_nothing({key: value for key, value in raw.items() if key != "allOf"}):
            return self.rewrite(raw["allOf"][telling[0]], (*location, "allOf", telling[0]), name)
        return self._object(list(self._parts(raw, location)), name)

    def _parts(self, raw: Schema, location: Location) -> Iterator[tuple[Schema, Location]]:
        """The objects that an `allOf` joins."""
        if "$ref" in raw:
            yield from self._parts(*self._contract.component(raw, location, "schemas"))
            return
        for at, member in enumerate(raw.get("allOf", ())):
            yield from self._parts(member, (*location, "allOf", at))
        if _telling_keys(raw) - _OBJECT_KEYS - {"allOf", "type"} or raw.get("type", "object") != "object":
            raise self._contract.error(
                "`allOf` joins objects only, by their properties; write one schema instead of its parts", location
            )
        yield raw, location

    def _object(self, parts: list[tuple[Schema, Location]], name: str) -> Schema:
        """One object with the properties of all parts."""
        properties: dict[str, tuple[Schema, Location]] = {}
        for raw, here in parts:
            for wire_name, schema in raw.get("properties", {}).items():
                there = (*here, "properties", wire_name)
                known, first = properties.get(wire_name, ({}, there))
                if _says_nothing(known):
                    properties[wire_name] = schema, there
                elif not _says_nothing(schema) and schema != known:
                    raise self._contract.error(
                        f"{wire_name!r} is described here and, differently, at line {self._contract.line(first)}; "
                        "describe it once",
                        there,
                    )
        if not properties:
            found: Schema = {"type": "object"}
            for raw, here in parts:
                if isinstance(raw.get("additionalProperties"), dict):
                    there = (*here, "additionalProperties")
                    values = self.rewrite(raw["additionalProperties"], there, f"{name}_AdditionalProperty")
                    found["additionalProperties"] = values
            return found
        required = {wire_name for raw, _ in parts for wire_name in raw.get("required", ())}
        return {
            "type": "object",
            "properties": {
                wire_name: self.rewrite(schema, there, f"{name}_{wire_name}")
                for wire_name, (schema, there) in properties.items()
            },
            # A response does not have what is `writeOnly`.
            "required": [
                wire_name
                for wire_name, (schema, _) in properties.items()
                if wire_name in required and not self._contract.facts(schema).get("writeOnly")
            ],
        }


def place_as_text(location: Location) -> str:
    """A location, as it stands in a `description` that the parser reads."""
    return json.dumps(location)


def _without_null(raw: Schema) -> tuple[Schema, bool]:
    """A schema without null, and whether it allowed null."""
    found = {key: value for key, value in raw.items() if key != "nullable"}
    is_nullable = raw.get("nullable") is True
    types = raw.get("type")
    if isinstance(types, list):
        rest = [name for name in types if name != "null"]
        found["type"] = rest[0] if len(rest) == 1 else rest
        is_nullable = is_nullable or len(rest) < len(types)
    if None in raw.get("enum", ()):
        found["enum"] = [value for value in raw["enum"] if value is not None]
        is_nullable = True
    return found, is_nullable


def _telling_keys(raw: Schema) -> set[str]:
    """The keys of a schema that say which values it allows."""
    return {key for key in raw.keys() - _ANNOTATIONS if not key.startswith("x-") or key == "x-python-type"}


def _says_nothing(raw: Schema) -> bool:
    """Whether a schema adds nothing to what another says: it only describes, or says no more than "an object"."""
    return _telling_keys(raw) <= {"type"} and raw.get("type", "object") == "object"


def _member_names(values: list[str]) -> list[str]:
    """Names for the members of an enum, each one different."""
    found: list[str] = []
    for value in values:
        name = snake_case(value).upper()
        name = name if name.isidentifier() else f"VALUE_{name}".rstrip("_")
        found.append(f"{name}_{len(found) + 1}" if name in found else name)
    return found
