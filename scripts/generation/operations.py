"""The operations of a contract: what openapi-python-client has read of them, with what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import AnyProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from pydantic import BaseModel, Field

from realtimekit_runtime.operations import Pagination

from .contract import Contract, Location
from .names import rename_taken, wire_name
from .python_types import PythonTypes, not_null, place_of

__all__ = ["Argument", "Operation", "read_operation"]

# Path parameters that the client has a default for: keyword arguments that may be left out.
_CLIENT_PARAMETERS: Final = frozenset({"account_id"})
# Names that a generated method uses itself.
_METHOD_NAMES: Final = frozenset({"body", "models", "response"})


class Extensions(BaseModel):
    """What a contract says of an operation in words that OpenAPI does not have."""

    permissions: tuple[str, ...] = Field((), alias="x-api-token-group")
    pagination: Pagination | None = Field(None, alias="x-pagination")


@dataclass(frozen=True)
class Argument:
    """An argument of a method: a parameter of the operation, or the body of its requests.

    Attributes:
        prop: What the parser has read.
        value: The same without null, since None means "not given".
        place: `path`, `query`, `header` or `body`.
        facts: What the contract says about it and about its schema.
    """

    prop: PropertyProtocol
    value: PropertyProtocol
    place: str
    facts: dict[str, Any]

    @property
    def has_default(self) -> bool:
        """Whether the client knows the value if a caller leaves it out."""
        return self.place == "path" and wire_name(self.prop) in _CLIENT_PARAMETERS

    @property
    def is_positional(self) -> bool:
        """Whether callers may pass it without its name."""
        return self.place == "path" and not self.has_default

    @property
    def is_optional(self) -> bool:
        """Whether callers may leave it out."""
        return self.has_default or not self.prop.required


@dataclass
class Operation:
    """An operation: as the contract has it, and what the parser has read of it.

    Attributes:
        item: What its list is made of, if it has an `x-pagination`.
        name: The name of its method, which depends on the other operations under its tag.
    """

    location: Location
    raw: dict[str, Any]
    endpoint: Endpoint
    arguments: list[Argument]
    extensions: Extensions
    item: PropertyProtocol | None
    name: str = ""


def read_operation(endpoint: Endpoint, contract: Contract, types: PythonTypes, config: Config) -> Operation:
    """Look up what the parser leaves out.

    Raises:
        ContractError: A parameter or an extension of ours is not as it has to be.
    """
    location = place_of(endpoint)
    extensions = contract.structure(Extensions, location)
    item = _item(extensions.pagination, endpoint, contract, types) if extensions.pagination else None
    arguments = list(_arguments(endpoint, contract, config))
    return Operation(location, contract.at(location), endpoint, arguments, extensions, item)


def _arguments(endpoint: Endpoint, contract: Contract, config: Config) -> Iterator[Argument]:
    location = place_of(endpoint)
    parameters: dict[tuple[str, str], tuple[dict[str, Any], Location]] = {}
    # What an operation says of a parameter beats what its path says.
    for holder in (location[:2], location):
        for at, entry in enumerate(contract.at(holder).get("parameters", ())):
            raw, here = contract.component(entry, (*holder, "parameters", at), "parameters")
            parameters[raw["name"], raw["in"]] = raw, here
    for place, prop in endpoint.iter_all_parameters():
        raw, here = parameters[wire_name(prop), place.value]
        value = not_null(prop)
        item = value.inner_property if isinstance(value, ListProperty) else value
        if isinstance(item, AnyProperty | ListProperty | ModelProperty | UnionProperty):
            raise contract.error(
                f"{wire_name(prop)!r} cannot be sent: a parameter is a text, a number, a boolean, a date, a time, an "
                "enum, or a list of these",
                here,
            )
        rename_taken(prop, _METHOD_NAMES, place.value, config)
        yield Argument(prop, value, place.value, contract.facts(raw["schema"]) | raw)
    for body in endpoint.bodies:
        raw, _ = contract.component(contract.at(location)["requestBody"], location, "requestBodies")
        yield Argument(body.prop, not_null(body.prop), "body", raw)


def _item(pagination: Pagination, endpoint: Endpoint, contract: Contract, types: PythonTypes) -> PropertyProtocol:
    """What a list is made of. Everything that its `x-pagination` names has to be there."""
    stated: dict[str, str] = {key: value for key, value in pagination._asdict().items() if value is not None}
    location = (*place_of(endpoint), "x-pagination")
    queries = [wire_name(prop) for prop in endpoint.query_parameters]
    for key in ("page", "size"):
        if key in stated and stated[key] not in queries:
            raise contract.error(
                f"x-pagination: `{key}` names {stated[key]!r}, but the operation has no such query parameter; "
                f"it has {', '.join(queries) or 'none'}",
                (*location, key),
            )

    def look_up(inside: PropertyProtocol | None, key: str) -> Any:
        """What stands at the dotted path of wire names under a key of `x-pagination`."""
        found = inside
        for name in stated[key].split("."):
            fields = {wire_name(field): field for field in types.fields(found)}
            if name not in fields:
                raise contract.error(
                    f"x-pagination: the response has no {stated[key]!r}: where {name!r} is looked for, there is "
                    f"{', '.join(fields) or 'no known field'}",
                    (*location, key),
                )
            found = not_null(fields[name])
        return found

    response = next((not_null(response.prop) for response in endpoint.responses), None)
    items = look_up(response, "items")
    if not isinstance(items, ListProperty):
        raise contract.error(f"x-pagination: {pagination.items!r} is no list", (*location, "items"))
    for key, inside in (("total", response), ("end", response), ("key", not_null(items.inner_property))):
        if key in stated:
            look_up(inside, key)
    return items.inner_property
