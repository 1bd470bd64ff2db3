"""The operations of a contract: what openapi-python-client has read of them, with what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openapi_python_client.config import Config
from openapi_python_client.parser.bodies import Body
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import AnyProperty, ModelProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.responses import NONE_SOURCE
from openapi_python_client.schema import UntrustedString

from .contract import Contract
from .limits import in_words
from .pagination import Pagination, read_pagination
from .python_types import ARGUMENT, RESPONSE, RUN_TIME_RESPONSE, PythonTypes, Spelling, named_enums, not_null
from .rewriting import Source
from .words import sentence

__all__ = ["Argument", "Operation", "Parameter", "default_in_words"]

# Path parameters that the client has a default for: keyword arguments that may be left out.
_CLIENT_PARAMETERS: Final = frozenset({"account_id"})
# Names that a generated method uses itself.
_METHOD_NAMES: Final = frozenset({"body", "models", "response"})


@dataclass(frozen=True)
class Argument:
    """An argument of a method."""

    name: str
    type: str
    is_positional: bool
    is_optional: bool
    words: str


@dataclass(frozen=True)
class Parameter:
    """A parameter: what the parser has read, and what the contract says about it and its schema."""

    prop: PropertyProtocol
    place: str
    raw: dict[str, Any]
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """The name on the wire."""
        return self.prop.name.get_untrusted_value()

    @property
    def description(self) -> str:
        """What the contract says about it."""
        return str(self.raw.get("description") or self.facts.get("description") or "")

    @property
    def is_optional(self) -> bool:
        """Whether a caller may leave it out."""
        return not self.prop.required or (self.place == "path" and self.name in _CLIENT_PARAMETERS)

    @property
    def is_joined(self) -> bool:
        """Whether the items of a list are sent in one parameter, with commas between them."""
        return isinstance(self.prop, ListProperty) and not self.raw.get("explode", self.place == "query")


class Operation:
    """An operation."""

    def __init__(
        self, endpoint: Endpoint, source: Source, contract: Contract, types: PythonTypes, config: Config
    ) -> None:
        self.endpoint = endpoint
        self.path = source.path
        self.location = source.location
        self.raw = source.raw
        self.id: str = source.raw["operationId"]
        self.constant = endpoint.name.upper().rstrip("_")
        # The name of the method is found when all operations under the tag are known.
        self.name = ""
        self.parameters = list(_parameters(endpoint, source, contract, config))
        self.permissions = tuple(contract.texts(source.raw, "x-api-token-group", source.location))
        self.pagination: Pagination | None = None
        self._contract = contract
        self._types = types
        if "x-pagination" in source.raw:
            self.pagination = read_pagination(
                contract,
                types,
                source.raw["x-pagination"],
                (*source.location, "x-pagination"),
                queries=[parameter.name for parameter in self.parameters if parameter.place == "query"],
                response=next((response.prop for response in endpoint.responses), None),
            )

    @property
    def body(self) -> Body | None:
        """The body that is sent."""
        return next(iter(self.endpoint.bodies), None)

    @property
    def props(self) -> Iterator[PropertyProtocol]:
        """What needs classes."""
        yield from (response.prop for response in self.endpoint.responses)
        yield from (body.prop for body in self.endpoint.bodies)
        for parameter in self.parameters:
            yield from named_enums(parameter.prop)

    def response_type(self, how: Spelling = RUN_TIME_RESPONSE) -> str:
        """The type of a successful response."""
        found: dict[str, None] = {}
        for response in self.endpoint.responses:
            found[self._types.code(response.prop, how) if response.source != NONE_SOURCE else "None"] = None
        return " | ".join(sorted(found, key=lambda member: member == "None")) or "None"

    def returns(self, pager: str, methods: list[str]) -> str:
        """The annotation of what the method returns, in a class that has these methods."""
        how = RESPONSE.inside_of(methods)
        response = self.response_type(how)
        return f"{pager}[{self._types.code(self.pagination.item, how)}, {response}]" if self.pagination else response

    def arguments(self, methods: list[str]) -> list[Argument]:
        """The arguments of the method: first those by position, in the order of the path, then the required ones."""
        how = ARGUMENT.inside_of(methods)
        found = [
            Argument(
                parameter.prop.python_name,
                self._types.code(parameter.prop, how),
                parameter.place == "path" and not parameter.is_optional,
                parameter.is_optional,
                self._words(parameter),
            )
            for parameter in self.parameters
        ]
        if self.body is not None:
            raw, _ = self._contract.component(self.raw["requestBody"], self.location, "requestBodies")
            words = sentence(raw.get("description", "")) or "What to send."
            kind = self._types.code(self.body.prop, RESPONSE.inside_of(methods))
            found.append(Argument("body", kind, False, not raw.get("required", False), words))  # noqa: FBT003
        return sorted(found, key=lambda argument: (not argument.is_positional, argument.is_optional))

    def _words(self, parameter: Parameter) -> str:
        said = [sentence(parameter.description), in_words(parameter.facts)]
        if parameter.place == "path" and parameter.is_optional:
            said.append("The client's account where left out.")
        if isinstance(parameter.prop, DateTimeProperty):
            said.append("With an offset (timezone-aware).")
        if self.pagination and parameter.place == "query" and parameter.name == self.pagination.stated["page"]:
            said.append("Where to start; every later page is read too.")
        said.append(default_in_words(parameter.facts))
        if parameter.raw.get("deprecated"):
            said.append("Deprecated.")
        return " ".join(filter(None, said)) or f"`{parameter.name}` in the {parameter.place}."


def default_in_words(facts: dict[str, Any]) -> str:
    """The default of a schema in a sentence, also where it is false, zero, empty or null."""
    if "default" not in facts:
        return ""
    value = facts["default"]
    shown = (value or '""') if isinstance(value, str) else json.dumps(value)
    return f"The service's default: {shown}."


def _parameters(endpoint: Endpoint, source: Source, contract: Contract, config: Config) -> Iterator[Parameter]:
    for place, prop in endpoint.iter_all_parameters():
        name = prop.name.get_untrusted_value()
        if prop.python_name in _METHOD_NAMES:
            prop.set_python_name(UntrustedString(f"{name}_{place.value}"), config)
        here = source.parameters[name, place.value]
        item = not_null(prop)
        if isinstance(item, ListProperty):
            item = not_null(item.inner_property)
        if isinstance(item, AnyProperty | ListProperty | ModelProperty | UnionProperty):
            raise contract.error(
                f"{name!r} cannot be sent: a parameter is a text, a number, a boolean, a date, a time, an enum, or a "
                "list of these",
                here,
            )
        raw = contract.at(here)
        yield Parameter(prop, place.value, raw, contract.facts(raw["schema"]))
