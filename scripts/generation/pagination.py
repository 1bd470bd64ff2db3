"""`x-pagination`: how the pages of a list are walked, checked against the operation that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from .contract import Contract, Location
from .python_types import PythonTypes, not_null

__all__ = ["Pagination", "read_pagination"]

_KEYS: Final = ("page", "size", "items", "total", "end", "key")


@dataclass(frozen=True)
class Pagination:
    """What the contract says, and what the items of the list are."""

    stated: dict[str, str]
    item: PropertyProtocol


def read_pagination(
    contract: Contract,
    types: PythonTypes,
    stated: Any,
    location: Location,
    *,
    queries: Sequence[str],
    response: PropertyProtocol | None,
) -> Pagination:
    """Read the `x-pagination` of an operation.

    Args:
        contract: The contract.
        types: The models of the contract.
        stated: The value of `x-pagination`.
        location: Where it stands.
        queries: The names of the operation's query parameters.
        response: The body of the operation's response.
    """
    if not isinstance(stated, dict) or not {"page", "items"} <= stated.keys() <= set(_KEYS):
        raise contract.error(
            f"`x-pagination` must be a mapping with `page` and `items`, and of {', '.join(_KEYS)} only", location
        )
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
        for name in str(stated[key]).split("."):
            fields = {field.name.get_untrusted_value(): field for field in types.fields(not_null(found))}
            if name not in fields:
                raise contract.error(
                    f"x-pagination: the response has no {stated[key]!r}: where {name!r} is looked for, there is "
                    f"{', '.join(fields) or 'no known field'}",
                    (*location, key),
                )
            found = fields[name]
        return not_null(found)

    for key in ("total", "end"):
        if key in stated:
            look_up(response, key)
    items = look_up(response, "items")
    if not isinstance(items, ListProperty):
        raise contract.error(f"x-pagination: {stated['items']!r} is no list", (*location, "items"))
    if "key" in stated:
        look_up(items.inner_property, "key")
    return Pagination({key: stated[key] for key in _KEYS if key in stated}, items.inner_property)
