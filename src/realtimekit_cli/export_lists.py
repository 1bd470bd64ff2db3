"""Which lists an export reads, with which arguments, and whether an earlier run read the same ones."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import click
import msgspec

from realtimekit import __version__
from realtimekit_runtime.rows import encode_json, free_name, row_type

from .clients import arguments_as_flags
from .export_options import repeatable, typed_values
from .fields import Fields
from .options import flag
from .spool import Head

if TYPE_CHECKING:
    from realtimekit import Client
    from realtimekit_runtime.operations import Operation, Pagination

__all__ = ["Lists"]


class Lists:
    """The lists of an export.

    Attributes:
        row_type: The type of their items.
        labels: For each list, the columns that tell it from the others; without columns if there can be only one.
    """

    def __init__(self, tag: str, method: str, operation: Operation, values: dict[str, Any]) -> None:
        context = click.get_current_context()
        self._tag, self._method, self._operation = tag, method, operation
        self.row_type = row_type(operation)
        self._repeatable = repeatable(operation)
        repeated = {parameter.python_name: parameter for parameter in self._repeatable}
        # Once each, as they were given first.
        several = {name: list(dict.fromkeys(values.pop(name))) for name in repeated}
        self._combinations = [
            dict(zip(several, combination, strict=True)) for combination in itertools.product(*several.values())
        ]
        names = Fields(self.row_type).names
        columns = {
            name: free_name(repeated[name].name, names)
            for name, found in several.items()
            # The number of values in a file may be 1 today.
            if len(found) > 1 or name in context.meta
        }
        self.labels = [
            {column: str(combination[name]) for name, column in columns.items()} for combination in self._combinations
        ]
        self._arguments = {name: value for name, value in values.items() if value is not None}
        self._typed = typed_values(context)

    def __len__(self) -> int:
        return len(self._combinations)

    @property
    def pagination(self) -> Pagination:
        """How their pages are read."""
        if self._operation.pagination is None:
            raise TypeError(f"{self._operation.id} is no list")
        return self._operation.pagination

    def title(self, index: int) -> str:
        """What is read."""
        return self._operation.summary + (f" ({index + 1} of {len(self)})" if len(self) > 1 else "")

    def check(self, client: Client) -> None:
        """Check the arguments of each list.

        Raises:
            click.UsageError: One is wrong.
        """
        with arguments_as_flags(self._operation):
            for index in range(len(self)):
                self.batches(client, index)

    def batches(self, client: Client, index: int) -> Any:
        """Read one of the lists."""
        call = getattr(getattr(client, self._tag), self._method)
        return call(**self._arguments, **self._combinations[index]).batches()

    def head(self, client: Client, *, show_secrets: bool) -> Head:
        """What the spool says of these lists."""

        def plain(values: dict[str, Any]) -> Any:
            # The size of the pages may change: a later run reads the same items.
            return msgspec.json.decode(encode_json({k: v for k, v in values.items() if k != self._size}))

        return Head(
            operation=self._operation.id,
            version=__version__,
            base_url=client._settings.base_url,
            arguments=plain(self._arguments),
            typed=plain(self._typed),
            lists=plain({"lists": self._combinations})["lists"],
            show_secrets=show_secrets,
        )

    @property
    def _size(self) -> str | None:
        names = {parameter.name: parameter.python_name for parameter in self._operation.parameters}
        return names.get(self.pagination.size or "")

    def take_over(self, before: Head, now: Head) -> None:
        """Go on with the lists of an earlier run.

        Raises:
            click.UsageError: These lists are others.
        """
        same = {name for name in now.typed if before.typed.get(name) == now.typed[name]}
        pairs: list[tuple[str, Any, Any]] = [
            ("the operation", before.operation, now.operation),
            ("the version", before.version, now.version),
            ("the address", before.base_url, now.base_url),
            ("--show-secrets", before.show_secrets, now.show_secrets),
        ]
        for parameter in self._operation.parameters:
            name = parameter.python_name
            if parameter in self._repeatable:
                old, new = ([found.get(name) for found in head.lists] for head in (before, now))
                pairs.append((flag(parameter), old, new))
            elif name not in same:
                pairs.append((flag(parameter), before.arguments.get(name), now.arguments.get(name)))
            elif (value := before.arguments.get(name)) != now.arguments.get(name):
                # '3 days ago' is the time that it was at the first start.
                self._arguments[name] = msgspec.convert(value, parameter.type())
        wrong = [f"{what} was {_short(old)} and is {_short(new)}" for what, old, new in pairs if old != new]
        if wrong:
            raise click.UsageError(
                f"The unfinished export is another one: {', '.join(wrong)}. Use the options of then, or --force "
                "without --resume to drop it"
            )


def _short(value: Any) -> str:
    text = "not given" if value is None else encode_json(value).decode()
    return text if len(text) <= 80 else f"{text[:79]}…"
