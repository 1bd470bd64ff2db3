"""One run of a command: call the operation and write its response."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any

import click

from realtimekit.errors import ArgumentError, IncompleteListError, RealtimeKitError
from realtimekit_runtime.settings import DEFAULT_PREFETCH

from .columns import fields
from .options import flag
from .outputs import open_output
from .progress import progress
from .settings import take_settings
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtimekit_runtime.operations import Operation, Pagination

    from .settings import Settings

__all__ = ["call"]


class _ToStderr(logging.Handler):
    """Shows the retries, waits and warnings of the SDK."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            click.echo(f"{record.levelname.lower()}: {one_line(record.getMessage())}", err=True)


@contextlib.contextmanager
def _log_on_stderr(level: int) -> Iterator[None]:
    logger, handler = logging.getLogger("realtimekit"), _ToStderr(level)
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def call(tag: str, method: str, operation: Operation, values: dict[str, Any]) -> None:
    """Call an operation and write its response to stdout.

    Args:
        tag: The attribute of the client.
        method: The method of that attribute.
        operation: The operation, from the contract.
        values: The values of the command's options.

    Raises:
        RealtimeKitError: If it failed; a note on the error says what was written before.
        click.ClickException: If an option is wrong.
    """
    settings = take_settings(values)
    arguments = {name: value for name, value in values.items() if value is not None}
    from realtimekit import Client

    level = logging.ERROR if settings.quiet else logging.INFO
    with _log_on_stderr(level):
        client = Client(
            invalid_items=settings.invalid_items or "raise",
            timeout=settings.timeout,
            max_retries=settings.max_retries,
            # Pages that are fetched ahead and not written would use up the quota for nothing.
            prefetch=1 if settings.limit else DEFAULT_PREFETCH,
        )
    # The log ends before the client: closing it breaks off pages that nobody waits for.
    with client, _log_on_stderr(level):
        try:
            response: Any = getattr(getattr(client, tag), method)(**arguments)
            batches = None if operation.pagination is None else response.batches()
        except ArgumentError as exc:
            raise click.UsageError(_with_flag(str(exc), operation)) from None
        if operation.pagination is None:
            _write_response(response, settings)
        else:
            _write_list(batches, operation, operation.pagination, settings)


def _write_response(response: Any, settings: Settings) -> None:
    if response is None:
        return
    output = open_output(settings.output)
    if isinstance(response, list):
        output.write(response)
    elif output.for_people:
        output.write([{"field": name, "value": value} for name, value in fields(response).items()])
    else:
        output.write([response])
    output.finish()


def _write_list(batches: Any, operation: Operation, pagination: Pagination, settings: Settings) -> None:
    output = open_output(settings.output)
    done, total = 0, None
    # On a terminal the output itself shows the progress, and a bar would overwrite it.
    is_bar_shown = sys.stderr.isatty() and not sys.stdout.isatty() and not settings.quiet
    page = batches.resume_page
    try:
        with progress(operation.summary, is_shown=is_bar_shown) as show:
            for batch in batches:
                total, items = batch.total, batch.items
                if settings.limit is not None:
                    items = items[: settings.limit - done]
                output.write(items)
                done, page = done + len(items), batches.resume_page
                show(done, total if settings.limit is None or total is None else min(total, settings.limit))
                if done == settings.limit:
                    break
    except (RealtimeKitError, KeyboardInterrupt, OSError) as exc:
        _note_what_is_written(exc, done, page, operation, pagination)
        raise
    finally:
        batches.close()
    output.finish()
    if output.for_people and not settings.quiet:
        click.echo(f"{done} of {total}" if total is not None else f"{done}", err=True)


def _note_what_is_written(
    exc: BaseException, done: int, page: int, operation: Operation, pagination: Pagination
) -> None:
    """Add a note to an error: what was written before it, and how to continue."""
    note = f"{done} items were written"
    if isinstance(exc, RealtimeKitError):
        # The note names the option instead of the Python argument.
        exc.next_page = None
    elif isinstance(exc, KeyboardInterrupt):
        # An interrupt can come after writing a page and before counting it.
        note = f"at least {note}"
    if not done:
        return
    if not isinstance(exc, IncompleteListError):
        parameter = next(each for each in operation.parameters if each.name == pagination.page)
        note += f": continue with {flag(parameter)} {page} and the same other options"
    exc.add_note(note)


def _with_flag(message: str, operation: Operation) -> str:
    """A message about a parameter, with its name on the command line."""
    for parameter in operation.parameters:
        if message.startswith(f"{parameter.python_name} "):
            return flag(parameter) + message.removeprefix(parameter.python_name)
    return message
