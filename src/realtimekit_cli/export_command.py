"""The command that exports a list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .export_options import export_options
from .operation_command import OperationCommand, operation_help
from .options import flag
from .settings import setting_options

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

__all__ = ["export_command"]

_HELP = """\
Write the whole list to the file OUT. A name that ends with .ndjson gives every field as it was received; .csv and
.parquet give a column for each field of the contract, and one for all the others. After .ndjson and .csv may come .gz
or .zst.

OUT appears when everything is there. Until then, what was read is in OUT.spool, and each page is on the disk before the
next one is written. If the export ends before that, in whatever way, the same command with --resume goes on, and OUT
then has all that was in the list at the first start, once each."""


def export_command(name: str, tag: str, method: str, operation: Operation) -> click.Command:
    """The command that exports a list operation."""
    options = export_options(operation)
    taken = {flag(parameter) for parameter in operation.parameters}.union(*(option.opts for option in options))

    def run(cli_out: Path, **values: Any) -> None:
        from .export import export

        export(tag, method, operation, cli_out, values)

    out = click.Argument(["cli_out"], metavar="OUT", type=click.Path(path_type=Path))
    return OperationCommand(
        name,
        params=[out, *options, *setting_options(taken, "export")],
        callback=run,
        help=operation_help(operation, *_HELP.split("\n\n")),
        short_help=f"{operation.summary.rstrip('.')}, into a file.",
    )
