"""What several of the commands `realtimekit emulator …` share."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import click

from .errors import EmulatorError, missing_extra

__all__ = ["contract_option", "shows_errors", "silence_psycopg"]

F = TypeVar("F", bound=Callable[..., Any])

contract_option = click.option(
    "--contract", metavar="FILE", help="An OpenAPI document (JSON or YAML) to use instead of realtimekit's own."
)


def silence_psycopg() -> None:
    """The emulator's errors say what psycopg would log about a lost connection."""
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)


def shows_errors(command: F) -> F:
    """Turn the errors that the user can correct into one line on stderr and exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        silence_psycopg()
        try:
            return command(*args, **options)
        except EmulatorError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(str(missing_extra(error))) from error

    return run  # type: ignore[return-value]
