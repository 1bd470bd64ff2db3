"""The command `realtimekit doctor`: its options are what the first list of the contract requires."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from realtimekit import api
from realtimekit_runtime.api_operations import all_operations

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

__all__ = ["DoctorCommand"]

_HELP = """\
Check what a request needs: a line for each thing says what it is and where it comes from, or what is wrong and what to
do. If nothing is missing, one request is sent. It asks for the smallest page of a list, and is not tried again.

A line begins with ok, with error, or with - if something else has to work first. The exit code is that of the error."""


class DoctorCommand(click.Command):
    """The command. Its options are made when they are needed, since `realtimekit --help` shows none."""

    def __init__(self) -> None:
        super().__init__(
            "doctor", callback=self._run, help=_HELP, short_help="Check settings, network and service with one request."
        )

    @cached_property
    def _list(self) -> tuple[str, str, Operation]:
        found = next((found for found in all_operations(api) if found[2].pagination is not None), None)
        if found is None:
            raise click.UsageError("The contract has no list whose first page could be asked for")
        return found

    @cached_property
    def _options(self) -> list[click.Parameter]:
        from .options import flag, parameter_option
        from .settings import setting_options

        operation = self._list[2]
        required = [parameter for parameter in operation.parameters if parameter.required]
        taken = {flag(parameter) for parameter in required}
        # What is missing is a line of its own among the others.
        options = [parameter_option(parameter, operation, required=False) for parameter in required]
        return [*options, *setting_options(taken, "doctor")]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All options."""
        return [*self._options, *super().get_params(ctx)]

    def _run(self, **values: Any) -> int:
        from .doctor import examine

        return examine(*self._list, values)
