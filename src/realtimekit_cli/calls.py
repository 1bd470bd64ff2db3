"""One run of a command: call the operation and write its response."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from realtimekit.errors import IncompleteListError, RealtimeKitError
from realtimekit_runtime.rows import row_type
from realtimekit_runtime.settings import DEFAULT_PREFETCH

from .clients import arguments_as_flags, open_client
from .fields import Fields, known_fields
from .options import flag
from .outputs import open_output
from .progress import progress
from .settings import take_settings

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation, Pagination

    from .settings import Settings

__all__ = ["call"]


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
    fields = Fields(row_type(operation), settings.fields)
    # Pages that are fetched ahead and not written would use up the quota for nothing.
    with open_client(settings, prefetch=1 if settings.limit else DEFAULT_PREFETCH) as client:
        with arguments_as_flags(operation):
            response: Any = getattr(getattr(client, tag), method)(**arguments)
            batches = None if operation.pagination is None else response.batches()
        if operation.pagination is None:
            _write_response(response, fields, settings)
        else:
            _write_list(batches, operation, operation.pagination, fields, settings)


def _write_response(response: Any, fields: Fields, settings: Settings) -> None:
    if response is None:
        return
    response = settings.shown(response)
    # One response is an object and no array of one.
    name = "ndjson" if settings.output == "json" and not isinstance(response, list) else settings.output
    output = open_output(name, fields, **settings.options_of(settings.output))
    if isinstance(response, list):
        output.write(response)
    elif output.for_people:
        shown = known_fields(response) if fields.chosen is None else fields.read(response)
        output = open_output(name, Fields(dict))
        output.write([{"field": name, "value": value} for name, value in shown.items()])
    else:
        output.write([response])
    output.finish()


def _write_list(batches: Any, operation: Operation, pagination: Pagination, fields: Fields, settings: Settings) -> None:
    output = open_output(settings.output, fields, **settings.options_of(settings.output))
    done, total = 0, None
    # On a terminal the output itself shows the progress, and a bar would overwrite it.
    is_bar_shown = sys.stderr.isatty() and not sys.stdout.isatty() and not settings.quiet
    page = batches.resume_page
    try:
        with progress(operation.summary, is_shown=is_bar_shown) as show:
            for batch in batches:
                total, items = batch.total, settings.shown(batch.items)
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
