"""The options that every command has, besides those from the contract."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from realtimekit_runtime.settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT

from .outputs import EXPORT_FORMATS, FORMATS
from .profiles import profile_option

if TYPE_CHECKING:
    from collections.abc import Collection

    from .profiles import Profile

__all__ = ["Settings", "setting_options", "take_settings"]

_PREFIX = "cli_"


class Settings(NamedTuple):
    """The values of these options.

    Attributes:
        output: Name of an output format; None for the default.
        fields: The names of the fields to write, with commas between them; None for all.
        spreadsheet_safe: Whether CSV must not hold what a spreadsheet runs as a formula.
        format: Name of the format of an exported file; None for the one that its name tells.
        resume: Whether an unfinished export goes on.
        force: Whether a file, or an unfinished export, is replaced.
        limit: The most items to write; None for all.
        invalid_items: "raise" or "skip"; None for an operation that is no list.
        show_secrets: Whether secrets are written as they are.
        quiet: Whether only errors are written to stderr.
        verbose: Whether each request is written to stderr.
        profile: The section of the user's file.
        timeout: Seconds that a request may take.
        max_retries: How often a failed request is tried again.
    """

    output: str | None
    fields: str | None
    spreadsheet_safe: bool
    format: str | None
    resume: bool
    force: bool
    limit: int | None
    invalid_items: Literal["raise", "skip"] | None
    show_secrets: bool
    quiet: bool
    verbose: bool
    profile: Profile
    timeout: float
    max_retries: int

    @property
    def log_level(self) -> int:
        """From which level on the log of the SDK is shown on stderr."""
        if self.verbose:
            return logging.DEBUG
        return logging.ERROR if self.quiet else logging.INFO

    def shown(self, value: Any) -> Any:
        """A response, or items of one, as the user wants them: without secrets, unless these are asked for."""
        from realtimekit_runtime.models import redacted

        return value if self.show_secrets else redacted(value)

    def options_of(self, output: str | None) -> dict[str, Any]:
        """The options for one output format alone.

        Raises:
            click.UsageError: They are for another one.
        """
        if self.spreadsheet_safe and output != "csv":
            raise click.UsageError("--spreadsheet-safe is for csv")
        return {"spreadsheet_safe": True} if self.spreadsheet_safe else {}


def setting_options(taken: Collection[str], kind: Literal["call", "list", "export", "doctor"]) -> list[click.Option]:
    """The options for one kind of command. If the contract has `taken` an option's name, it is called `--cli-…`."""

    def spelled(name: str, *more: str) -> list[str]:
        return [
            _PREFIX + name.replace("-", "_"),
            f"--{name}" if f"--{name}" not in taken else f"--cli-{name}",
            *more,
        ]

    def option(name: str, *more: str, **attributes: Any) -> click.Option:
        return click.Option(spelled(name, *more), **attributes)

    output = option(
        "output",
        "-o",
        type=click.Choice(list(FORMATS)),
        help="How to write the response: ndjson has every field, one item a line; json is one array of them; csv has a "
        "column for each field; table has the fields that fit, and local times. Default: table on a terminal, ndjson "
        "elsewhere.",
    )
    fields = option("fields", metavar="NAME,…", help="The fields to write, in this order; a wrong name lists them all.")
    limit = option(
        "limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop after N items. Pages are then read one after the other, and no more than needed.",
    )
    form = option(
        "format",
        type=click.Choice(EXPORT_FORMATS),
        help="The format of OUT, if its name does not tell.",
    )
    resume = option("resume", is_flag=True, help="Go on with an export that did not end, if there is one.")
    force = option("force", is_flag=True, help="Replace OUT. Without --resume, also drop an export that did not end.")
    spreadsheet_safe = option(
        "spreadsheet-safe",
        is_flag=True,
        help="In csv: put an apostrophe before a text that a spreadsheet would run as a formula (= + - @ tab).",
    )
    invalid_items = option(
        "invalid-items",
        type=click.Choice(["raise", "skip"]),
        default="raise",
        show_default=True,
        help="What to do with an item that breaks the contract: fail, or leave it out with a warning.",
    )
    show_secrets = option(
        "show-secrets",
        is_flag=True,
        help="Write secrets, such as passwords, as they are; without this, [redacted] stands in their place.",
    )
    quiet = option("quiet", "-q", is_flag=True, help="Only errors on stderr: no progress, totals, waits or warnings.")
    verbose = option("verbose", "-v", is_flag=True, help="Each request and each wait on stderr.")
    profile = profile_option(spelled("profile"))
    timeout = option(
        "timeout",
        type=click.FloatRange(min=0.001),
        default=DEFAULT_TIMEOUT,
        show_default=True,
        metavar="SECONDS",
        help="How long one request may take.",
    )
    max_retries = option(
        "max-retries",
        type=click.IntRange(min=0),
        default=DEFAULT_MAX_RETRIES,
        show_default=True,
        metavar="N",
        help="How often a failed request is tried again.",
    )
    if kind == "doctor":
        return [verbose, profile, timeout]
    first = {
        "call": [output, fields, spreadsheet_safe],
        "list": [output, fields, spreadsheet_safe, limit, invalid_items],
        "export": [form, resume, force, spreadsheet_safe, invalid_items],
    }
    return [*first[kind], show_secrets, quiet, verbose, profile, timeout, max_retries]


def take_settings(values: dict[str, Any]) -> Settings:
    """Take the values of these options out of the values of a command.

    Raises:
        click.UsageError: Two of them exclude each other.
    """
    settings = Settings(**{name: values.pop(_PREFIX + name, None) for name in Settings._fields})
    if settings.quiet and settings.verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    return settings
