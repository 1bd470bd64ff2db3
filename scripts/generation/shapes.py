"""What a schema says once its references and its `allOf` are followed: one flat description, a `Shape`.

The parser of openapi-python-client refuses many an `allOf` (other types than objects, a property said twice, a union
among the members), and drops the operation with it. So it gets schemas that have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from .contract import Contract, Place

__all__ = ["ANNOTATIONS", "Part", "Shape", "Shapes", "is_trivial"]

Part = tuple[Any, Place]
"""A schema as written, and where."""

ANNOTATIONS: Final = frozenset(
    [
        "$comment",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    ]
)
_TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
# Keywords that neither a Python type nor msgspec can express. They are named in a warning, never dropped in silence.
_UNCHECKED: Final = frozenset(
    [
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "not",
        "patternProperties",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    ]
)
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_NUMBERS: Final = (*_LOWER, *_UPPER, "multipleOf")
_LENGTHS: Final = frozenset({"minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties"})


@dataclass
class Shape:
    """A schema without references and without `allOf`."""

    place: Place
    types: tuple[str, ...] | None = None
    enum: list[Any] | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    format: str | None = None
    python_type: str | None = None
    properties: dict[str, list[Part]] = field(default_factory=dict)
    required: dict[str, None] = field(default_factory=dict)
    additional: Part | None = None
    items: list[Part] = field(default_factory=list)
    groups: list[list[Part]] = field(default_factory=list)
    is_const: bool = False
    description: str = ""

    def copy(self) -> Shape:
        """A copy that may be added to."""
        return replace(
            self,
            limits=dict(self.limits),
            properties={name: list(parts) for name, parts in self.properties.items()},
            required=dict(self.required),
            items=list(self.items),
            groups=list(self.groups),
        )

    @property
    def is_bare(self) -> bool:
        """Whether it says no more than "an object", or nothing at all."""
        return self.types in (None, ("object",)) and not (
            self.enum or self.limits or self.format or self.properties or self.items or self.additional
        )


def is_trivial(raw: Any) -> bool:
    """Whether a member of an `allOf` adds nothing to the type: descriptions, or `type: object` alone."""
    if raw is True:
        return True
    return isinstance(raw, dict) and all(
        key in ANNOTATIONS or (key.startswith("x-") and key != "x-python-type") or (key == "type" and value == "object")
        for key, value in raw.items()
    )


class Shapes:
    """Makes shapes."""

    def __init__(self, contract: Contract, warn: Callable[[str, Place], None]) -> None:
        self._contract = contract
        self._warn = warn

    def of(self, parts: list[Part]) -> Shape:
        """The shape of what is all of `parts` at once."""
        shape = Shape(parts[0][1])
        for part in parts:
            self.add(shape, part, ())
        return shape

    def add(self, shape: Shape, part: Part, seen: tuple[Place, ...]) -> None:
        """Add what one more schema demands."""
        raw, place = part
        if raw is True:
            return
        if raw is None:
            self._warn("nothing is said here; anything is taken", place)
            return
        if not isinstance(raw, dict):
            raise self._contract.error(f"a schema must be a mapping, not {raw!r}", place)
        if place in seen:
            self._warn("this `allOf` contains itself; the inner mention is left out", place)
            return
        seen = (*seen, place)
        if "$ref" in raw:
            self.add(shape, self._contract.follow(raw["$ref"], place), seen)
        for at, member in enumerate(self._list(raw, "allOf", place)):
            self.add(shape, (member, (*place, "allOf", at)), seen)
        self._add_own(shape, raw, place)

    def _add_own(self, shape: Shape, raw: dict[str, Any], place: Place) -> None:
        for key in sorted(_UNCHECKED & raw.keys()):
            if raw[key] not in (None, False):
                self._warn(f"`{key}` cannot be expressed and is not checked", (*place, key))
        self._add_types(shape, raw, place)
        self._add_enum(shape, raw, place)
        self._add_limits(shape, raw, place)
        for key in ("format", "x-python-type"):
            if key in raw and not isinstance(raw[key], str):
                raise self._contract.error(f"`{key}` must be a text", (*place, key))
        shape.format = raw.get("format", shape.format)
        shape.python_type = raw.get("x-python-type", shape.python_type)
        properties = raw.get("properties") or {}
        if not isinstance(properties, dict):
            raise self._contract.error("`properties` must be a mapping", (*place, "properties"))
        for name, value in properties.items():
            known = shape.properties.setdefault(name, [])
            if all(value != other for other, _ in known):
                known.append((value, (*place, "properties", name)))
        required = raw.get("required") or []
        if isinstance(required, bool):
            # Draft 3 said so, and people still write it: it says nothing about this schema.
            self._warn("`required` must be a list of names beside `properties`; this one is left out", place)
            required = []
        if not (isinstance(required, list) and all(isinstance(name, str) for name in required)):
            raise self._contract.error("`required` must be a list of names", (*place, "required"))
        shape.required.update(dict.fromkeys(required))
        if raw.get("additionalProperties") is not None:
            shape.additional = raw["additionalProperties"], (*place, "additionalProperties")
        if raw.get("items") is not None:
            if isinstance(raw["items"], list):
                self._warn("a list of `items` cannot be expressed; any item is taken", (*place, "items"))
            else:
                shape.items.append((raw["items"], (*place, "items")))
        for key in ("oneOf", "anyOf"):
            if group := self._list(raw, key, place):
                shape.groups.append([(member, (*place, key, at)) for at, member in enumerate(group)])
        if isinstance(raw.get("description"), str):
            shape.description = raw["description"]

    def _list(self, raw: dict[str, Any], key: str, place: Place) -> list[Any]:
        value = raw.get(key) or []
        if not isinstance(value, list):
            raise self._contract.error(f"`{key}` must be a list of schemas", (*place, key))
        return value

    def _add_types(self, shape: Shape, raw: dict[str, Any], place: Place) -> None:
        types = raw.get("type")
        if types is None:
            return
        types = types if isinstance(types, list) else [types]
        for name in types:
            if name not in _TYPES:
                known = ", ".join(_TYPES)
                raise self._contract.error(f"unknown type {name!r}; there are {known}", (*place, "type"))
        if shape.types is None:
            shape.types = tuple(dict.fromkeys(types))
            return
        # An integer is a number as well.
        both = [name for name in types if name in shape.types or (name == "integer" and "number" in shape.types)]
        both += [name for name in shape.types if name == "integer" and "number" in types and name not in both]
        if not both:
            self._warn(f"the types {shape.types} and {tuple(types)} exclude each other; the last is taken", place)
        shape.types = tuple(dict.fromkeys(both or types))

    def _add_enum(self, shape: Shape, raw: dict[str, Any], place: Place) -> None:
        values = raw.get("enum")
        if values is None:
            if "const" not in raw:
                return
            values, shape.is_const = [raw["const"]], True
        if not isinstance(values, list) or not values:
            raise self._contract.error("`enum` must be a list of values", (*place, "enum"))
        if shape.enum is not None:
            both = [value for value in shape.enum if value in values]
            if not both:
                self._warn("the values exclude those said before; the last are taken", place)
            values = both or values
        shape.enum = list(values)

    def _add_limits(self, shape: Shape, raw: dict[str, Any], place: Place) -> None:
        own = {key: raw[key] for key in _NUMBERS if raw.get(key) is not None}
        # OpenAPI 3.0 has a bool that says how `minimum` is meant; 3.1 has a limit of its own.
        for usual, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if isinstance(own.get(strict), bool) and own.pop(strict) and usual in own:
                own[strict] = own.pop(usual)
        for key, value in own.items():
            good = not isinstance(value, bool) and isinstance(value, int | float)
            if not good or (key in _LENGTHS and (value != int(value) or value < 0)):
                raise self._contract.error(f"`{key}` must be a number, not {value!r}", (*place, key))
            if key == "multipleOf" and value <= 0:
                raise self._contract.error("`multipleOf` must be more than 0", (*place, key))
            limit = int(value) if isinstance(value, float) and value.is_integer() else value
            known = shape.limits.get(key, limit)
            if key in _LOWER:
                limit = max(limit, known)
            elif key in _UPPER:
                limit = min(limit, known)
            shape.limits[key] = limit
        if raw.get("pattern") is not None:
            if not isinstance(raw["pattern"], str):
                raise self._contract.error("`pattern` must be a text", (*place, "pattern"))
            if shape.limits.get("pattern", raw["pattern"]) != raw["pattern"]:
                self._warn("a second `pattern` cannot be expressed; the last is checked", place)
            shape.limits["pattern"] = raw["pattern"]
