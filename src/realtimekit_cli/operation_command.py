"""The command that calls an operation, and what it has in common with the one that exports a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .exits import USAGE
from .options import body_option, flag, parameter_option
from .settings import setting_options

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

    from .profiles import Profile

__all__ = ["OperationCommand", "operation_command", "operation_help"]


class _ProfileError(click.ClickException):
    exit_code = USAGE


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
                and option.name not in (ctx.default_map or {})
            ]
        profile: Profile = ctx.params["cli_profile"]
        if profile.source("api_token") is None:
            remedies.append("set CLOUDFLARE_API_TOKEN (no option takes the token: other users can see command lines)")
        if not ctx.resilient_parsing:
            if profile.problem is not None:
                raise _ProfileError(profile.problem)
            if remedies:
                raise click.UsageError(f"Missing settings: {'; '.join(remedies)}", ctx)
        return args


def operation_command(name: str, tag: str, method: str, operation: Operation) -> click.Command:
    """The command that calls an operation."""
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
