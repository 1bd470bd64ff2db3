"""The fields of a command's items: which there are, which the user has chosen, and what is shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from realtimekit_runtime.models import Model, Unset, to_builtins
from realtimekit_runtime.rows import known_names, unknown_name
from realtimekit_runtime.wire_names import wire_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Fields", "known_fields"]


class Fields:
    """The fields of the items of one command.

    Attributes:
        names: The columns of a table of the items, by their names in the response; the last one is for all the fields
            that the contract does not know.
        chosen: The names that the user has chosen, or None.
    """

    def __init__(self, row_type: Any, chosen: str | None = None) -> None:
        """Find the fields.

        Args:
            row_type: The type of the items, from the contract.
            chosen: Names with commas between them.

        Raises:
            click.UsageError: There is no field of that name.
        """
        self._unknown = unknown_name(row_type)
        self.chosen: tuple[str, ...] | None = None
        self.names = known_names(row_type) + ((self._unknown,) if self._unknown else ())
        if chosen is not None:
            # Once each: a name that is there twice gives no second column.
            self.chosen = tuple(dict.fromkeys(name.strip() for name in chosen.split(",")))
            wrong = [name for name in self.chosen if name not in self.names]
            if wrong:
                known = ", ".join(self.names)
                raise click.UsageError(f"--fields: there is no {' or '.join(map(repr, wrong))}; the fields are {known}")
            self.names = self.chosen

    def plain(self, item: Any) -> Any:
        """An item as JSON-ready values: all that was received, or the chosen fields that it has."""
        if self.chosen is None:
            return to_builtins(item)
        return {name: to_builtins(value) for name, value in self.read(item).items()}

    def read(self, item: Any) -> dict[str, Any]:
        """The values of an item that it has, by `names`."""
        if self._unknown is None:
            return {"value": item}
        values = known_fields(item)
        if self._unknown in self.names and item.additional_properties:
            values[self._unknown] = item.additional_properties
        return {name: values[name] for name in self.names if name in values}


def known_fields(item: Any) -> dict[str, Any]:
    """The fields of an item that are in the contract, by their names in the response."""
    if isinstance(item, Model):
        values = {wire: getattr(item, name) for name, wire in wire_names(type(item)).items()}
        return {name: value for name, value in values.items() if not isinstance(value, Unset)}
    fields: Mapping[str, Any] = item if isinstance(item, dict) else {"value": item}
    return dict(fields)
