"""The commands, read from the generated operations: a group for each tag, a command for each of its operations."""

from __future__ import annotations

import os
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

__all__ = ["OperationCommand", "TagGroup", "operation_help"]


class TagGroup(click.Group):
    """The operations of one tag of the contract, imported when one of them is needed."""

    def __init__(self, tag: str, description: str) -> None:
        super().__init__(name=tag.replace("_", "-"), help=description)
        self._tag = tag

    @cached_property
    def _operations(self) -> dict[str, tuple[str, Operation]]:
        module = import_module(f"realtimekit.api.{self._tag}")
        return {
            method.strip("_").replace("_", "-"): (method, operation) for method, operation in module.OPERATIONS.items()
        }

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
        return _command(cmd_name, self._tag, *self._operations[cmd_name])


class OperationCommand(click.Command):
    """A command that names every missing setting at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options."""
        remedies = []
        try:
            args = super().parse_args(ctx, args)
        except click.MissingParameter:
            # click has read all that are given, and stops at the first that is not.
            remedies = [
                f"use {option.opts[0] if isinstance(option, click.Option) else option.human_readable_name}"
                + (f" or set {option.envvar}" if option.envvar else "")
                for option in self.params
                if option.required
                and option.name not in ctx.params
                and option.name not in ctx.meta
                and option.resolve_envvar_value(ctx) is None
            ]
        if not os.environ.get("CLOUDFLARE_API_TOKEN"):
            remedies.append("set CLOUDFLARE_API_TOKEN (no option takes the token: other users can see command lines)")
        if remedies and not ctx.resilient_parsing:
            raise click.UsageError(f"Missing settings: {'; '.join(remedies)}", ctx)
        return args


def _command(name: str, tag: str, method: str, operation: Operation) -> click.Command:
    # Imported here, since `realtimekit --help` does not need it.
    from .options import body_option, flag, parameter_option
    from .settings import setting_options

    options = [parameter_option(parameter, operation) for parameter in operation.parameters]
    if operation.body is not None:
        options.append(body_option(operation.body))
    taken = {flag(parameter) for parameter in operation.parameters} | {"--body"}

    def run(**values: Any) -> None:
        from .calls import call

        call(tag, method, operation, values)

    return OperationCommand(
        name,
        params=[*options, *setting_options(taken, "call" if operation.pagination is None else "list")],
        callback=run,
        help=operation_help(operation),
        short_help=operation.summary,
    )


def operation_help(operation: Operation, *more: str) -> str:
    """What the contract says of an operation, with more paragraphs after its description."""
    paragraphs = [operation.summary, operation.description, *more]
    if operation.permissions:
        names = ", ".join(operation.permissions)
        paragraphs.append(f"The token needs at least one of the permissions: {names}.")
    return "\n\n".join(filter(None, paragraphs))
