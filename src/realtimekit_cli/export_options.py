"""The options of an export: those that name a list may be repeated, and the others remember what was typed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .options import flag, parameter_option

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation, Parameter

__all__ = ["export_options", "repeatable", "typed_values"]

_TYPED = "realtimekit.typed"


class _Repeatable(click.Option):
    """An option that takes more values from a file."""

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, ParameterSource]:
        value, source = super().consume_value(ctx, opts)
        listed = ctx.meta.get(self.name or "")
        if listed is None:
            return value, source
        # The file beats the environment.
        given = value if source is ParameterSource.COMMANDLINE else ()
        return (*given, *listed), ParameterSource.COMMANDLINE


def export_options(operation: Operation) -> list[click.Option]:
    """The options for the parameters of a list operation."""
    skipped = operation.pagination.page if operation.pagination else None
    taken = {flag(parameter) for parameter in operation.parameters}
    options: list[click.Option] = []
    for parameter in operation.parameters:
        if parameter in repeatable(operation):
            option = parameter_option(parameter, operation, _Repeatable, multiple=True)
            several = _file_option(parameter, taken)
            taken.update(several.opts)
            option.help = (
                f"{option.help} Repeatable: the lists are read one after the other, and a column of this name tells "
                f"them apart; see {several.opts[0]}."
            )
            options += [option, several]
        elif parameter.name != skipped:
            options.append(_remembered(parameter_option(parameter, operation)))
    return options


def repeatable(operation: Operation) -> list[Parameter]:
    """The parameters that name a list, of which one export can have several; they have one account in common."""
    return [
        parameter
        for parameter in operation.parameters
        if parameter.location == "path" and parameter.name != "account_id"
    ]


def typed_values(context: click.Context) -> dict[str, Any]:
    """The values of the other parameters as they were typed."""
    typed: dict[str, Any] = context.meta.get(_TYPED, {})
    return typed


def _file_option(parameter: Parameter, taken: set[str]) -> click.Option:
    spelled = f"{flag(parameter)}s"

    def read(context: click.Context, _option: click.Parameter, path: str | None) -> None:
        if path is not None:
            context.meta[parameter.python_name] = _values_in(path)

    return click.Option(
        [f"cli_{parameter.python_name}_file", spelled if spelled not in taken else f"--cli-{spelled[2:]}"],
        metavar="FILE",
        # Read before the other option, which takes its values.
        is_eager=True,
        expose_value=False,
        callback=read,
        help=f"A file with values of {flag(parameter)}, one a line; - for stdin.",
    )


def _values_in(path: str) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        values = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    except OSError as exc:
        raise click.BadParameter(f"{path!r} cannot be read: {exc.strerror}") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path!r} is no text in UTF-8") from None
    if not any(values):
        raise click.BadParameter(f"{path!r} has no values in it")
    return [value for value in values if value]


def _remembered(option: click.Option) -> click.Option:
    """The option, which notes what the user typed."""
    convert = option.callback

    def read(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value is not None:
            context.meta.setdefault(_TYPED, {})[option.name] = value
        return value if convert is None else convert(context, parameter, value)

    option.callback = read
    return option
