"""The Python types of what openapi-python-client has read, as code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

import msgspec
from openapi_python_client.parser.openapi import Endpoint
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

__all__ = ["ARGUMENT", "MODEL", "RESPONSE", "RUN_TIME", "PythonTypes", "is_in_parameter", "not_null", "place_of"]

# What the parser calls these types, and what they are called here. In JSON, a file is a text.
_NAMES: Final = {"File": "str", "datetime.date": "date", "datetime.datetime": "AwareDatetime"}
_BUILTINS: Final = frozenset({"None", "bool", "dict", "float", "int", "list", "str"})
# The values of the other types have no limits that can be checked.
_LIMITED: Final[dict[str, type]] = {"float": float, "int": int, "list": list, "str": str}


@dataclass(frozen=True)
class Spelling:
    """How types are written in one kind of code.

    Attributes:
        models: What stands before the names of models.
        types: What stands before the names of the runtime and the standard library.
        limits: Whether limits are a part of the type.
        plain_values: Whether the plain values of an enum may stand for its members.
        names: Other spellings of single names.
    """

    models: str = "models."
    types: str = ""
    limits: bool = False
    plain_values: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """How a name is written; builtins have nothing before them."""
        return self.names.get(name, name if name in _BUILTINS else f"{self.types}{name}")


MODEL: Final = Spelling(models="", limits=True, names={"date": "datetime.date"})
# In the classes of resources, `list` is a method.
RESPONSE: Final = Spelling(names={"AwareDatetime": "datetime", "list": "builtins.list"})
ARGUMENT: Final = replace(RESPONSE, plain_values=True)
RUN_TIME: Final = Spelling(types="types.", limits=True)


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

    def is_secret(self, data: Any) -> bool:
        """Whether the values of a schema must not be shown."""
        facts = self.facts(data)
        return facts.get("format") == "password" or facts.get("writeOnly") is True

    def fields(self, prop: PropertyProtocol | None) -> list[PropertyProtocol]:
        """The fields of a model; those of anything else, and of an object without known fields, are none."""
        if not isinstance(prop, ModelProperty):
            return []
        # A property that refers to a model may be a copy, made before the parser had read the fields.
        model = self.models[prop.class_info.name]
        return [*(model.required_properties or ()), *(model.optional_properties or ())]

    def response(self, endpoint: Endpoint, how: Spelling) -> str:
        """The type of what a call of an operation returns."""
        return _one_of(self.code(response.prop, how) for response in endpoint.responses)

    def code(self, prop: PropertyProtocol, how: Spelling) -> str:
        """The type of a property."""
        if isinstance(prop, UnionProperty):
            return _one_of(self.code(member, how) for member in prop.inner_properties)
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
        limits = meta(self.facts(prop), kind) if how.limits and kind in _LIMITED else {}
        if not limits:
            return code
        annotated: Any = Annotated
        try:
            msgspec.json.Decoder(annotated[_LIMITED[kind], msgspec.Meta(**limits)])
        except (TypeError, ValueError, OverflowError, re.error) as exc:
            raise self._contract.error(f"these limits cannot be checked: {exc}", place_of(prop)) from None
        arguments = ", ".join(f"{key}={literal(value)}" for key, value in limits.items())
        return f"Annotated[{code}, {how.name('Meta')}({arguments})]"

    def _enum(self, prop: EnumProperty, how: Spelling) -> str:
        name = f"{how.models}{prop.class_info.name}"
        values = _literal([value for value in self.facts(prop)["enum"] if value is not None])
        if is_in_parameter(prop):
            return values
        return f"{name} | {values}" if how.plain_values else name

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


def is_in_parameter(prop: PropertyProtocol) -> bool:
    """Whether a parameter itself describes its values, so that they have no name in the contract."""
    place = place_of(prop)
    return place[:2] == ("components", "parameters") or (place[:1] == ("paths",) and "parameters" in place[2:4])


def not_null(prop: Any) -> Any:
    """The one type of the values that are not null, where there is one."""
    if not isinstance(prop, UnionProperty):
        return prop
    rest = [member for member in prop.inner_properties if not isinstance(member, NoneProperty)]
    return rest[0] if len(rest) == 1 else prop


def _literal(values: list[Any]) -> str:
    return f"Literal[{', '.join(map(literal, values))}]"


def _one_of(types: Iterable[str]) -> str:
    return " | ".join(sorted(dict.fromkeys(types), key=lambda name: name == "None")) or "None"
