"""Schemas in normal form as Python annotations, and the imports that those need."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from .forms import Schema, referred
from .scalars import INT64
from .words import literal

__all__ = ["Scope"]

_IMPORTS: Final = {
    "Annotated": "typing",
    "Any": "typing",
    "Literal": "typing",
    "UUID": "uuid",
    "date": "datetime",
    "datetime": "datetime",
    "AwareDatetime": "realtimekit_runtime.models",
    "Meta": "realtimekit_runtime.models",
}
# What a module has at hand without importing it: `typing` is imported by everything.
_CHEAP: Final = frozenset({"Annotated", "Literal"})
_BUILTINS: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
_FORMATS: Final = {"date-time": "AwareDatetime", "date": "date", "uuid": "UUID", "binary": "bytes"}
_SCALARS: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_META: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
}


class Scope:
    """The names of one module: what it imports, spelled so that nothing defined inside it shadows them.

    In a class with a method `list`, the annotation `list[str]` would mean the method. There it is `builtins.list[str]`.
    """

    def __init__(
        self,
        taken: Collection[str],
        model: Callable[[str], str],
        classes: Mapping[str, Schema],
        *,
        lazy: bool = False,
    ) -> None:
        self._taken = frozenset(taken)
        self._model = model
        self._classes = classes
        # Names are looked up in `realtimekit_runtime.types`, which imports them when they are used.
        self._lazy = lazy
        self._imports: set[str] = set()

    @property
    def imports(self) -> list[str]:
        """Import statements, sorted."""
        return sorted(self._imports)

    def use(self, name: str) -> str:
        """How to spell a name of the standard library or the runtime here."""
        if name in _BUILTINS:
            if name not in self._taken:
                return name
            self._imports.add("import builtins" if "builtins" not in self._taken else "import builtins as builtins_")
            return f"{self.free('builtins')}.{name}"
        if self._lazy and name not in _CHEAP:
            alias = self.free("types")
            self._imports.add("from realtimekit_runtime import types" + ("" if alias == "types" else f" as {alias}"))
            return f"{alias}.{name}"
        alias = self.free(name)
        self._imports.add(f"from {_IMPORTS[name]} import {name}" + ("" if alias == name else f" as {alias}"))
        return alias

    def free(self, name: str) -> str:
        """The name, with underscores at its end while something else here has it."""
        while name in self._taken:
            name += "_"
        return name

    def annotation(self, schema: Schema, *, argument: bool = False, limited: bool = True) -> str:
        """The annotation of a schema in normal form.

        Args:
            schema: The schema.
            argument: Whether callers pass it as an argument: the runtime checks those, and values may be plain.
            limited: Whether the limits are a part of it. Those of arguments never are.
        """
        limited = limited and not argument

        def inner(schema: Schema) -> str:
            return self.annotation(schema, argument=argument, limited=limited)

        if "$ref" in schema:
            name = referred(schema)
            values = self._classes[name].get("enum") if argument else None
            return f"{self._model(name)} | {self._literal(values)}" if values else self._model(name)
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(map(inner, schema["anyOf"])))
        if "const" in schema:
            return self._literal([schema["const"]])
        if "x-literal" in schema:
            return self._literal(schema["x-literal"])
        kind = schema.get("type")
        if "x-map" in schema:
            found = f"{self.use('dict')}[{self.use('str')}, {inner(schema['x-map'])}]"
        elif kind == "array":
            found = f"{self.use('list')}[{inner(schema['items'])}]"
        elif kind == "null":
            return "None"
        elif kind is None:
            return self.use("Any")
        elif argument and schema.get("format") == "date-time":
            return self.use("datetime")
        elif "format" in schema:
            return self.use(_FORMATS[schema["format"]])
        else:
            found = self.use(_SCALARS[kind])
        limits = meta(schema) if limited else {}
        if not limits:
            return found
        said = ", ".join(f"{key}={literal(value)}" for key, value in limits.items())
        return f"{self.use('Annotated')}[{found}, {self.use('Meta')}({said})]"

    def _literal(self, values: list[Any]) -> str:
        return f"{self.use('Literal')}[{', '.join(map(literal, values))}]"


def meta(schema: Schema) -> dict[str, Any]:
    """The limits of a schema as msgspec takes them."""
    found: dict[str, Any] = {}
    whole = schema.get("type") == "integer"
    for key, name in _META.items():
        if key not in schema:
            continue
        value = schema[key]
        if whole and isinstance(value, float):
            # Whole numbers from 0.5 on are those from 1 on.
            value = math.ceil(value) if name in ("ge", "lt") else math.floor(value)
        if name.endswith("_length") and value >= INT64:
            # Beyond what msgspec compares, and beyond what anybody sends.
            continue
        if name != "min_length" or value:
            found[name] = value
    if "ge" in found and "gt" in found:
        del found["ge" if found["gt"] >= found["ge"] else "gt"]
    if "le" in found and "lt" in found:
        del found["le" if found["lt"] <= found["le"] else "lt"]
    return found
