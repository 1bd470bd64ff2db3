"""The commands, read from the generated operations: a group for each tag, a command for each of its operations."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click

from realtimekit import api
from realtimekit_runtime.api_operations import operations_of

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

__all__ = ["TagGroup"]


class TagGroup(click.Group):
    """The operations of one tag of the contract, imported when one of them is needed."""

    def __init__(self, tag: str, description: str) -> None:
        super().__init__(name=tag.replace("_", "-"), help=description)
        self._tag = tag

    @cached_property
    def _operations(self) -> dict[str, tuple[str, Operation]]:
        operations = operations_of(api, self._tag)
        return {method.strip("_").replace("_", "-"): (method, operation) for method, operation in operations.items()}

    @cached_property
    def _exports(self) -> dict[str, str]:
        """The commands that export a list: their names, and the names of the operations."""
        names: dict[str, str] = {}
        for name, (_, operation) in self._operations.items():
            if operation.pagination is not None:
                export = "export" if name == "list" else f"export-{name.removeprefix('list-')}"
                names[f"cli-{export}" if export in self._operations else export] = name
        return names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """The names of the operations, and of the exports of those that are lists."""
        return [*self._operations, *self._exports]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """The command of an operation, or of its export."""
        if cmd_name in self._exports:
            from .export_command import export_command

            return export_command(cmd_name, self._tag, *self._operations[self._exports[cmd_name]])
        if cmd_name not in self._operations:
            return None
        # Imported here, since `realtimekit --help` does not need it.
        from .operation_command import operation_command

        return operation_command(cmd_name, self._tag, *self._operations[cmd_name])
