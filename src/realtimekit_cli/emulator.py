"""`realtimekit emulator …`: the emulator's own commands, loaded when one of them is asked for."""

from __future__ import annotations

from functools import cached_property

import click

__all__ = ["EmulatorGroup"]


class EmulatorGroup(click.Group):
    """Stands for the emulator's group of commands, without what the emulator takes to run."""

    def __init__(self) -> None:
        super().__init__(name="emulator", help="Run the API on this machine, on a database of your own.")

    @cached_property
    def _group(self) -> click.Group:
        try:
            from realtimekit_emulator.commands import emulator
        except ModuleNotFoundError as exc:
            missing = (exc.name or "").partition(".")[0]
            if missing.startswith("realtimekit"):
                raise
        else:
            return emulator
        raise click.ClickException(
            f"the emulator takes {missing}, which is not installed: pip install 'realtimekit[emulator]'"
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the emulator's commands."""
        return self._group.list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of the emulator's commands."""
        return self._group.get_command(ctx, cmd_name)
