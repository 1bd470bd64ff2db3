"""The options that every command has, whatever the contract says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from realtimekit_runtime.settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT

from .outputs import FORMATS

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Settings", "setting_options", "take_settings"]

_PREFIX = "cli_"


class Settings(NamedTuple):
    """What these options say.

    Attributes:
        output: Name of an output, or None for the one that fits the place it goes to.
        limit: The most items to write, or None.
        quiet: Whether stderr is for errors only.
        timeout: Seconds a request may take.
        max_retries: How often a failed request is tried again.
    """

    output: str | None
    limit: int | None
    quiet: bool
    timeout: float
    max_retries: int


def setting_options(taken: Collection[str], *, is_list: bool) -> list[click.Option]:
    """The options. One whose name the contract has `taken` gives way, and is called `--cli-…`."""

    def option(name: str, *more: str, **attributes: Any) -> click.Option:
        spelled = f"--{name}" if f"--{name}" not in taken else f"--cli-{name}"
        return click.Option([_PREFIX + name.replace("-", "_"), spelled, *more], **attributes)

    limit = option(
        "limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop after N items. Pages are then read one after the other, and none beyond.",
    )
    return [
        option(
            "output",
            "-o",
            type=click.Choice(list(FORMATS)),
            help="How to write the response: ndjson has every field, one item a line; table has what fits, "
            "times in local time. Left out: table on a terminal, ndjson elsewhere.",
        ),
        *([limit] if is_list else []),
        option("quiet", "-q", is_flag=True, help="No progress and no totals on stderr."),
        option(
            "timeout",
            type=click.FloatRange(min=0.001),
            default=DEFAULT_TIMEOUT,
            show_default=True,
            metavar="SECONDS",
            help="How long one request may take.",
        ),
        option(
            "max-retries",
            type=click.IntRange(min=0),
            default=DEFAULT_MAX_RETRIES,
            show_default=True,
            metavar="N",
            help="How often a failed request is tried again.",
        ),
    ]


def take_settings(values: dict[str, Any]) -> Settings:
    """Take what these options say out of the values of a command."""
    return Settings(**{name: values.pop(_PREFIX + name, None) for name in Settings._fields})
