"""The Python types of what openapi-python-client has read, as code."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import msgspec
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import UntrustedString

from .contract import Contract, Location
from .limits import meta
from .words import literal

__all__ = [
    "ARGUMENT",
    "MODEL",
    "RESPONSE",
    "RUN_TIME_ARGUMENT",
    "RUN_TIME_RESPONSE",
    "PythonTypes",
    "Spelling",
    "named_enums",
    "not_null",
    "place_of",
]

# What the parser calls otherwise.
_NAMES: Final = {"File": "str", "datetime.date": "date", "datetime.datetime": "AwareDatetime"}
_PLAIN: Final = frozenset({"None", "bool", "dict", "float", "int", "list", "str"})
# The values of the other types have no limits that can be checked.
_LIMITED: Final[dict[str, type]] = {"float": float, "int": int, "list": list, "str": str}


@dataclass(frozen=True)
class Spelling:
    """How types are written in one kind of code.

    Attributes:
        models: What stands before the names of models.
        types: What stands before the names of the runtime and the standard library.
        limits: Whether limits are a part of the type.
        is_argument: Whether callers pass the value as a parameter: None means "not given", and plain values do.
        names: Other spellings of single names.
    """

    models: str = "models."
    types: str = ""
    limits: bool = False
    is_argument: bool = False
    names: tuple[tuple[str, str], ...] = ()

    def name(self, name: str) -> str:
        """How a name is written; builtins have nothing before them."""
        prefix = "" if name in _PLAIN else self.types
        return dict(self.names).get(name, f"{prefix}{name}")

    def inside_of(self, methods: Collection[str]) -> Spelling:
        """The spelling in a class with these methods: in it, `list` may be a method."""
        hidden = [(name, f"builtins.{name}") for name in sorted(_PLAIN.intersection(methods))]
        return replace(self, names=(*self.names, *hidden))


MODEL: Final = Spelling(models="", limits=True, names=(("date", "datetime.date"),))
RESPONSE: Final = Spelling()
ARGUMENT: Final = Spelling(is_argument=True, names=(("AwareDatetime", "datetime"),))
RUN_TIME_RESPONSE: Final = Spelling(types="types.", limits=True)
RUN_TIME_ARGUMENT: Final = replace(RUN_TIME_RESPONSE, is_argument=True)


class PythonTypes:
    """Writes the types of the parser's properties.

    Attributes:
        models: The models of the contract, by the names of their classes.
    """

    def __init__(self, contract: Contract, models: dict[str, ModelProperty]) -> None:
        self.models = models
        self._contract = contract

    def facts(self, data: Any) -> dict[str, Any]:
        """What the contract says about a schema that the parser has read."""
        place = place_of(data)
        return self._contract.facts(self._contract.at(place)) if place else {}

    def fields(self, prop: PropertyProtocol) -> list[PropertyProtocol]:
        """The fields of a model; those of anything else, and of an object without known fields, are none."""
        if not isinstance(prop, ModelProperty):
            return []
        # A property that refers to a model may be a copy, made before the parser had read the fields.
        model = self.models[prop.class_info.name]
        return [*(model.required_properties or ()), *(model.optional_properties or ())]

    def code(self, prop: PropertyProtocol, how: Spelling) -> str:
        """The type of a property."""
        if isinstance(prop, UnionProperty):
            return self._union(prop, how)
        if isinstance(prop, ConstProperty):
            return _literal([prop.value.raw_value])
        if isinstance(prop, EnumProperty):
            return self._enum(prop, how)
        if isinstance(prop, ModelProperty):
            return self._object(prop, how)
        if isinstance(prop, ListProperty):
            found = f"{how.name('list')}[{self.code(prop.inner_property, how)}]"
            return self._limited(prop, "list", found, how)
        base = prop.get_base_type_string().as_unembedded_code()
        return self._limited(prop, base, how.name(_NAMES.get(base, base)), how)

    def _limited(self, prop: PropertyProtocol, kind: str, code: str, how: Spelling) -> str:
        facts = self.facts(prop)
        limits = meta(facts, kind) if how.limits and kind in _LIMITED else {}
        if not limits:
            return code
        annotated: Any = Annotated
        try:
            msgspec.json.Decoder(annotated[_LIMITED[kind], msgspec.Meta(**limits)])
        except (TypeError, ValueError, OverflowError, re.error) as exc:
            raise self._contract.error(f"these limits cannot be checked: {exc}", place_of(prop)) from None
        arguments = ", ".join(f"{key}={literal(value)}" for key, value in limits.items())
        return f"Annotated[{code}, {how.name('Meta')}({arguments})]"

    def _union(self, prop: UnionProperty, how: Spelling) -> str:
        members = [self.code(member, how) for member in prop.inner_properties]
        if how.is_argument:
            members = [member for member in members if member != "None"]
        return " | ".join(sorted(dict.fromkeys(members), key=lambda member: member == "None")) or "None"

    def _enum(self, prop: EnumProperty, how: Spelling) -> str:
        name = f"{how.models}{prop.class_info.name}"
        if not how.is_argument:
            return name
        values = _literal([value for value in self.facts(prop)["enum"] if value is not None])
        if not _has_name(prop):
            return values
        return name if how.limits else f"{name} | {values}"

    def _object(self, prop: ModelProperty, how: Spelling) -> str:
        if self.fields(prop):
            return f"{how.models}{prop.class_info.name}"
        values = self.models[prop.class_info.name].additional_properties
        inner = how.name("Any") if values is None else self.code(values, how)
        return f"{how.name('dict')}[{how.name('str')}, {inner}]"


def place_of(data: Any) -> Location:
    """Where the contract describes something that the parser has read; `()` if it does not."""
    text = getattr(data, "description", None)
    if isinstance(text, UntrustedString):
        text = text.get_untrusted_value()
    return tuple(json.loads(text)) if text else ()


def not_null(prop: Any) -> Any:
    """The one type of the values that are not null, where there is one."""
    if not isinstance(prop, UnionProperty):
        return prop
    rest = [member for member in prop.inner_properties if not isinstance(member, NoneProperty)]
    return rest[0] if len(rest) == 1 else prop


def named_enums(prop: PropertyProtocol) -> Iterator[EnumProperty]:
    """The enums of a parameter that have names in the contract: they are classes, and the others lists of values."""
    if isinstance(prop, UnionProperty):
        for member in prop.inner_properties:
            yield from named_enums(member)
    elif isinstance(prop, ListProperty):
        yield from named_enums(prop.inner_property)
    elif isinstance(prop, EnumProperty) and _has_name(prop):
        yield prop


def _has_name(prop: PropertyProtocol) -> bool:
    place = place_of(prop)
    return place[:2] == ("components", "schemas") and len(place) == 3


def _literal(values: list[Any]) -> str:
    return f"Literal[{', '.join(map(literal, values))}]"
