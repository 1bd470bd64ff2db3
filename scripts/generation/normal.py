"""From schemas as written to their normal form (see `forms`), and to the classes that they need.

Why a contract needs rewriting, and what is done about it:

- OpenAPI 3.0's `nullable` beside `$ref`, `allOf` or `enum` is lost on the parser: it becomes a union with null.
- `allOf` becomes one object (see `shapes`); around a single reference it is that reference.
- A union beside properties becomes a union of objects that have them all.
- Objects and enums written in place become classes with a name of their own; the parser lets two of them clash.
- Objects without properties are dicts; the parser makes an empty class of each.
- Enums of mixed types, of fractions or of booleans cannot be classes; they are read as their types.
- Members of an enum get names that differ; the parser gives up on `a` beside `A`.
- Values that a schema only mentions (defaults, examples) are left out; the parser drops a schema for a wrong default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .contract import Contract, Place
from .forms import REF, Schema, bare, nullable, referred, union
from .names import Names, class_name, field_names, member_name
from .scalars import INT64, limited_form
from .shapes import Part, Shape, Shapes, is_trivial

__all__ = ["Schemas", "place_name"]

_MOST_VARIANTS: Final = 32


class Schemas:
    """Normal forms, and the classes that they need."""

    def __init__(self, contract: Contract, warn: Callable[[str, Place], None]) -> None:
        self._contract = contract
        self._warn = warn
        self._shapes = Shapes(contract, warn)
        self._names = Names()
        self._made: dict[Any, Schema] = {}
        self._open: set[Any] = set()
        self._queue: list[Callable[[], None]] = []
        self.classes: dict[str, Schema] = {}
        # The contract's own names come first, whether they are needed or not: what is added later renames nothing.
        components = contract.document.get("components") or {}
        if not isinstance(components, dict) or not isinstance(components.get("schemas") or {}, dict):
            raise contract.error("`components` and its `schemas` must be mappings", ("components",))
        self._component_names: dict[Place, str] = {
            ("components", "schemas", key): self._names.take(class_name(key), "")
            for key in components.get("schemas") or {}
        }

    def of(self, raw: Any, place: Place, hint: str, *, parameter: bool = False) -> Schema:
        """The normal form of a schema.

        Args:
            raw: The schema as written.
            place: Where it stands.
            hint: What to call a class that has no name in the contract.
            parameter: Whether it describes a parameter: objects are dicts then, and enums lists of their values.
        """
        found = self._all_of([(raw, place)], hint, parameter=parameter)
        while self._queue:
            self._queue.pop(0)()
        return found

    def _all_of(self, parts: list[Part], hint: str, *, parameter: bool) -> Schema:
        key = (parameter, tuple(place for _, place in parts))
        if key not in self._made:
            if key in self._open:
                self._warn("a schema that contains itself without an object in between; anything is taken", parts[0][1])
                return {}
            self._open.add(key)
            try:
                self._made[key] = self._normalize(parts, hint, parameter=parameter)
            finally:
                self._open.discard(key)
        return dict(self._made[key])

    def _normalize(self, parts: list[Part], hint: str, *, parameter: bool) -> Schema:
        outer = [raw for raw, _ in parts if isinstance(raw, dict)]
        description = next((raw["description"] for raw in outer if isinstance(raw.get("description"), str)), "")
        is_nullable = any(raw.get("nullable") is True for raw in outer)
        essential, any_null = self._essential(parts, ())
        if any(raw is False for raw, _ in essential):
            self._warn("nothing at all would be allowed here; anything is taken", parts[0][1])
            found = {}
        elif len(essential) == 1 and isinstance(essential[0][0], dict) and "$ref" in essential[0][0]:
            raw, place = essential[0]
            found = self._reference(raw["$ref"], place, parameter=parameter)
        else:
            shape = self._shapes.of(parts)
            found = self._build(shape, tuple(place for _, place in parts), hint, parameter=parameter)
        if is_nullable or any_null:
            found = nullable(found)
        if description:
            found = {**found, "description": description}
        return found

    def _essential(self, parts: list[Part], seen: tuple[Place, ...]) -> tuple[list[Part], bool]:
        """The parts that say something about the type, with each `allOf` that says nothing else taken apart."""
        found: list[Part] = []
        any_null = False
        for raw, place in parts:
            if not isinstance(raw, dict) or place in seen:
                found += [] if raw is True else [(raw, place)]
                continue
            members = raw.get("allOf")
            rest = {key: value for key, value in raw.items() if key != "allOf"}
            if isinstance(members, list) and members and "$ref" not in raw and is_trivial(rest):
                inner = [(member, (*place, "allOf", at)) for at, member in enumerate(members)]
                deeper, null = self._essential(inner, (*seen, place))
                found += deeper
                any_null = any_null or null or raw.get("nullable") is True
            elif "$ref" in raw and is_trivial({key: value for key, value in raw.items() if key != "$ref"}):
                found.append(({"$ref": raw["$ref"]}, place))
                any_null = any_null or raw.get("nullable") is True
            elif is_trivial(raw):
                any_null = any_null or raw.get("nullable") is True
            else:
                found.append((raw, place))
        return found, any_null

    def _reference(self, reference: object, place: Place, parameter: bool) -> Schema:
        target, target_place = self._contract.follow(reference, place)
        hint = self._component_names.get(target_place) or place_name(target_place)
        found = self._all_of([(target, target_place)], hint, parameter=parameter)
        # What is said about the class is said there.
        return bare(found) if "$ref" in found else found

    def _name(self, key: tuple[Any, ...], hint: str) -> str:
        component = self._component_names.get(key[0]) if len(key) == 1 else None
        return component or self._names.take(class_name(hint), "")

    def _build(self, shape: Shape, key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        if shape.groups:
            return self._union(shape, key, hint, parameter=parameter)
        if shape.enum is not None:
            return self._enum(shape, key, hint, parameter=parameter)
        types = shape.types or self._implied(shape)
        real = [name for name in types if name != "null"]
        if not real:
            return {"type": "null"} if types else {}
        forms = []
        for name in real:
            one = shape.copy()
            one.types = (name,)
            forms.append(self._one_type(name, one, key, hint, parameter=parameter))
        found = union(forms)
        return nullable(found) if "null" in types else found

    @staticmethod
    def _implied(shape: Shape) -> tuple[str, ...]:
        if shape.properties or shape.additional:
            return ("object",)
        return ("array",) if shape.items else ()

    def _one_type(self, name: str, shape: Shape, key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        if name == "object":
            return self._object(shape, key, hint, parameter=parameter)
        schema = limited_form(name, shape, self._contract, self._warn, parameter=parameter)
        if name == "array":
            schema["items"] = self._all_of(shape.items, f"{hint}_item", parameter=parameter) if shape.items else {}
        return schema

    # --- unions -----------------------------------------------------------------------------------------------------

    def _union(self, shape: Shape, key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        base = shape.copy()
        group, base.groups = base.groups[0], base.groups[1:]
        if shape.properties and all(self._only_demands(member) for member in group):
            # `anyOf: [{required: [a]}, {required: [b]}]` picks among properties; the object stays one.
            self._warn("which of the properties go together is not checked", shape.place)
            return self._build(base, key, hint, parameter=parameter)
        count = len(group)
        for other in base.groups:
            count *= len(other)
        if count > _MOST_VARIANTS:
            self._warn(f"a union of {count} forms; anything is taken", shape.place)
            return {}
        forms: list[Schema] = []
        for at, member in enumerate(group):
            label = f"{hint}_{self._label(member, at)}"
            if base.is_bare and not base.groups and not base.required:
                forms.append(self._all_of([member], label, parameter=parameter))
                continue
            variant = base.copy()
            variant.place = member[1]
            self._shapes.add(variant, member, ())
            if variant.types == ("null",) and not variant.properties:
                forms.append({"type": "null"})
            else:
                forms.append(self._build(variant, (*key, "variant", at), label, parameter=parameter))
        return union(forms)

    def _label(self, member: Part, at: int) -> str:
        raw = member[0]
        if isinstance(raw, dict) and isinstance(raw.get("$ref"), str):
            return str(raw["$ref"].rsplit("/", 1)[-1])
        title = raw.get("title") if isinstance(raw, dict) else None
        return title if isinstance(title, str) and title else f"option_{at + 1}"

    @staticmethod
    def _only_demands(member: Part) -> bool:
        raw = member[0]
        return isinstance(raw, dict) and is_trivial(
            {key: value for key, value in raw.items() if key not in ("required", "not")}
        )

    # --- enums ------------------------------------------------------------------------------------------------------

    def _enum(self, shape: Shape, key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        stated = shape.enum or []
        values: list[Any] = []
        for value in stated:
            if value is not None and not any(value == v and type(value) is type(v) for v in values):
                values.append(value)
        has_null = None in stated or "null" in (shape.types or ())
        found = self._enum_of(shape, values, key, hint, parameter=parameter) if values else {"type": "null"}
        return nullable(found) if has_null else found

    def _enum_of(self, shape: Shape, values: list[Any], key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        types = [name for name in shape.types or () if name != "null"]
        kinds = {_json_type(value) for value in values}
        if types and not all(kind in types or (kind == "integer" and "number" in types) for kind in kinds):
            self._warn(
                f"some of the values are not of the type {', '.join(types)}; any such value is taken", shape.place
            )
            kinds = set(types)
        listed = len(kinds) == 1 and kinds <= {"string", "integer"} and {_json_type(value) for value in values} == kinds
        if not listed or not all(isinstance(value, str) or -INT64 <= value < INT64 for value in values):
            if kinds != {"boolean"}:
                self._warn("such values cannot be listed in an enum; any of their types is taken", shape.place)
            order = ("string", "integer", "number", "boolean", "array", "object")
            plain: dict[str, Schema] = {"object": {"x-map": {}}, "array": {"type": "array", "items": {}}}
            return union([plain.get(kind, {"type": kind}) for kind in order if kind in kinds])
        kind = kinds.pop()
        if shape.is_const and len(values) == 1:
            return {"const": values[0]}
        component = len(key) == 1 and key[0] in self._component_names
        if parameter and not component:
            return {"type": kind, "x-literal": values}
        class_key = ("class", key)
        if class_key not in self._made:
            name = self._name(key, hint)
            names = Names()
            self.classes[name] = {
                "type": kind,
                "enum": values,
                "x-enum-varnames": [names.take(member_name(value)) for value in values],
                "description": shape.description,
            }
            self._made[class_key] = {"$ref": REF + name}
        return dict(self._made[class_key])

    # --- objects ----------------------------------------------------------------------------------------------------

    def _object(self, shape: Shape, key: tuple[Any, ...], hint: str, *, parameter: bool) -> Schema:
        if parameter:
            return {"x-map": {}}
        additional = shape.additional
        if not shape.properties:
            values: Schema = {}
            if additional is not None and not isinstance(additional[0], bool):
                values = self._all_of([additional], f"{hint}_value", parameter=parameter)
            found: Schema = {"x-map": values}
            for limit, here in (("minProperties", "minItems"), ("maxProperties", "maxItems")):
                if limit in shape.limits:
                    found[here] = shape.limits[limit]
            return found
        class_key = ("class", key)
        if class_key not in self._made:
            if additional is not None and additional[0] not in (True, False, {}):
                self._warn("unknown properties beside known ones are kept, but not typed", additional[1])
            name = self._name(key, hint)
            self.classes[name] = {}
            self._made[class_key] = {"$ref": REF + name}
            # Later, so that a class may be part of whatever is being put together now.
            self._queue.append(lambda: self._fill(name, shape))
        return dict(self._made[class_key])

    def _fill(self, name: str, shape: Shape) -> None:
        python_names = field_names(list(shape.properties))
        properties: dict[str, Schema] = {}
        required: list[str] = []
        read_only: list[str] = []
        for wire_name, parts in shape.properties.items():
            python_name = python_names[wire_name]
            properties[python_name] = self._all_of(parts, f"{name}_{wire_name}", parameter=False)
            written = [raw for raw, _ in parts if isinstance(raw, dict)]
            # What is only ever written is not in a response.
            if wire_name in shape.required and not any(raw.get("writeOnly") is True for raw in written):
                required.append(python_name)
                if any(raw.get("readOnly") is True for raw in written):
                    read_only.append(python_name)
            for word, said in (("default", "Default"), ("deprecated", "Deprecated")):
                value = next((raw[word] for raw in written if raw.get(word) not in (None, False)), None)
                if isinstance(value, str | int | float):
                    properties[python_name][f"x-{word}"] = value if said == "Default" else True
        for missing in shape.required.keys() - shape.properties.keys():
            self._warn(f"`required` names {missing!r}, which is no property; it is left out", shape.place)
        self.classes[name] = {
            "type": "object",
            "description": shape.description,
            "properties": properties,
            "required": required,
            "x-read-only": read_only,
            "x-wire-names": {python: wire for wire, python in python_names.items()},
        }

    def relax_bodies(self, bodies: list[Schema]) -> None:
        """Let the callers leave out what only the service may set, in every class that is sent in a body."""
        reached: set[str] = set()
        todo = list(bodies)
        while todo:
            schema = todo.pop()
            todo += schema.get("anyOf", [])
            todo += [schema[key] for key in ("items", "x-map") if key in schema]
            name = referred(schema)
            if name and name not in reached:
                reached.add(name)
                found = self.classes[name]
                todo += found.get("properties", {}).values()
                hidden = found.get("x-read-only", [])
                found["required"] = [field for field in found.get("required", []) if field not in hidden]


def place_name(place: Place) -> str:
    """What to call something that has no name but where it stands."""
    structure = ("components", "schemas", "responses", "requestBodies", "properties", "content", "schema", "paths")
    return "_".join(str(key) for key in place if key not in structure)


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds: dict[type, str] = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds[type(value)]
