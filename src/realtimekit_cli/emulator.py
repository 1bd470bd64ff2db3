"""`realtimekit emulator …`: the emulator's own commands, imported when one of them is needed."""

from __future__ import annotations

from functools import cached_property

import click

__all__ = ["EmulatorGroup"]


class EmulatorGroup(click.Group):
    """The emulator's group of commands; its help works without the packages that the emulator needs."""

    def __init__(self) -> None:
        super().__init__(name="emulator", help="Run the API on this machine, on your own database.")

    @cached_property
    def _group(self) -> click.Group:
        from realtimekit_emulator.commands import emulator

        return emulator

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the emulator's commands."""
        return self._group.list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of the emulator's commands."""
        return self._group.get_command(ctx, cmd_name)
