"""The options that every command has, besides those from the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from realtimekit_runtime.settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT

from .outputs import FORMATS

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Settings", "setting_options", "take_settings"]

_PREFIX = "cli_"


class Settings(NamedTuple):
    """The values of these options.

    Attributes:
        output: Name of an output format; None for the default.
        limit: The most items to write; None for all.
        invalid_items: "raise" or "skip"; None for an operation that is no list.
        quiet: Whether only errors are written to stderr.
        timeout: Seconds that a request may take.
        max_retries: How often a failed request is tried again.
    """

    output: str | None
    limit: int | None
    invalid_items: Literal["raise", "skip"] | None
    quiet: bool
    timeout: float
    max_retries: int


def setting_options(taken: Collection[str], *, is_list: bool) -> list[click.Option]:
    """The options. If the contract has `taken` an option's name, the option is called `--cli-…`."""

    def option(name: str, *more: str, **attributes: Any) -> click.Option:
        spelled = f"--{name}" if f"--{name}" not in taken else f"--cli-{name}"
        return click.Option([_PREFIX + name.replace("-", "_"), spelled, *more], **attributes)

    limit = option(
        "limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop after N items. Pages are then read one after the other, and no more than needed.",
    )
    invalid_items = option(
        "invalid-items",
        type=click.Choice(["raise", "skip"]),
        default="raise",
        show_default=True,
        help="What to do with an item that breaks the contract: fail, or leave it out with a warning.",
    )
    return [
        option(
            "output",
            "-o",
            type=click.Choice(list(FORMATS)),
            help="How to write the response: ndjson has every field, one item a line; table has the fields that fit, "
            "and local times. Default: table on a terminal, ndjson elsewhere.",
        ),
        *([limit, invalid_items] if is_list else []),
        option("quiet", "-q", is_flag=True, help="Only errors on stderr: no progress, totals, waits or warnings."),
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
    """Take the values of these options out of the values of a command."""
    return Settings(**{name: values.pop(_PREFIX + name, None) for name in Settings._fields})
