"""One run of an export: read the lists into a spool, page by page, and make the output of it when all is there."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from realtimekit.errors import RealtimeKitError
from realtimekit_runtime.list_page import item_keys
from realtimekit_runtime.models import UNSET
from realtimekit_runtime.rows import encode_json
from realtimekit_runtime.settings import DEFAULT_PREFETCH
from realtimekit_runtime.walk import Checkpoint

from .clients import open_client
from .conversion import Page, convert, read_items
from .export_lists import Lists
from .fields import Fields
from .files import file_kind, one_line_errors, replacing
from .progress import progress
from .settings import take_settings
from .spool import Head, Mark, Spool, sync_folder
from .text import printable

if TYPE_CHECKING:
    from realtimekit import Client
    from realtimekit_runtime.operations import Operation

    from .files import FileKind
    from .settings import Settings

__all__ = ["export"]


def export(tag: str, method: str, operation: Operation, out: Path, values: dict[str, Any]) -> None:
    """Export a list, or several, to a file.

    Args:
        tag: The attribute of the client.
        method: The method of that attribute.
        operation: The operation, from the contract.
        out: The file.
        values: The values of the command's options.

    Raises:
        RealtimeKitError: If it failed; a note on the error says how to go on.
        click.ClickException: If an option is wrong, or a file cannot be written.
    """
    started = time.monotonic()
    settings = take_settings(values)
    # A link stays, and the file that it leads to is replaced.
    out = Path(os.path.realpath(out)) if out.is_symlink() else out
    kind = file_kind(out, settings.format)
    settings.options_of(kind.format)
    if out.exists() and not out.is_file():
        raise click.UsageError(f"{out} is there, and is no file")
    lists = Lists(tag, method, operation, values)
    place = out.with_name(f"{out.name}.spool")
    with open_client(settings, prefetch=DEFAULT_PREFETCH) as client, one_line_errors(place):
        # Wrong arguments are refused before any file is made.
        lists.check(client)
        if not place.exists():
            _refuse_to_replace(out, settings, ", and no unfinished export to go on with" if settings.resume else "")
        with Spool(place) as spool:
            run = _Export(lists, spool, out, settings)
            run.start(lists.head(client, show_secrets=settings.show_secrets))
            with run.saying_how_to_go_on(), one_line_errors(place):
                run.read(client)
                run.write(kind)
    if not settings.quiet:
        click.echo(f"{printable(str(out))}: {run.summary}, {time.monotonic() - started:.1f} s", err=True)


def _refuse_to_replace(out: Path, settings: Settings, more: str = "") -> None:
    if out.exists() and not settings.force:
        raise click.UsageError(f"{out} is there{more}: add --force to replace it")


@dataclass
class _State:
    """How far an export is, as the marks of its spool say.

    Attributes:
        index: The list to go on with.
        checkpoint: From where it goes on; None for its beginning.
        keys: The keys of its items, if it goes on.
        items: The number of items of all lists.
        pages: From how many pages they come.
        output: Size and time of change of the output, once it was finished.
    """

    index: int = 0
    checkpoint: Checkpoint | None = None
    keys: set[Hashable] = field(default_factory=set)
    items: int = 0
    pages: int = 0
    output: tuple[int, int] | None = None

    def take(self, mark: Mark, keys: Iterable[Hashable] = ()) -> None:
        """Go on to a mark, below items with these keys."""
        if mark.output is not None:
            self.output = mark.output
        elif mark.checkpoint is None:
            self.index, self.checkpoint, self.keys = mark.index + 1, None, set()
        else:
            self.checkpoint = mark.checkpoint
            self.items += mark.items
            self.pages += 1
            self.keys.update(keys)


class _Export:
    """An export with its spool."""

    def __init__(self, lists: Lists, spool: Spool, out: Path, settings: Settings) -> None:
        self._lists, self._spool, self._out, self._settings = lists, spool, out, settings
        self._state = _State()

    @property
    def summary(self) -> str:
        """What was exported."""
        lists = f" of {len(self._lists)} lists" if len(self._lists) > 1 else ""
        return f"{self._state.items:,} items{lists} from {self._state.pages:,} pages"

    def start(self, head: Head) -> None:
        """Begin the spool, or go on with it.

        Raises:
            click.UsageError: It is of another export, or the user has not said what to do with it.
        """
        before = self._spool.head()
        if before is None or (self._settings.force and not self._settings.resume):
            _refuse_to_replace(self._out, self._settings)
            self._spool.begin(head)
        elif self._settings.resume:
            self._lists.take_over(before, head)
            self._recover()
            if not self._is_written:
                _refuse_to_replace(self._out, self._settings)
        else:
            count = sum(mark.items for mark, _ in self._spool.pages())
            raise click.UsageError(
                f"{self._spool.path} is an unfinished export of {count:,} items: add --resume to go on with it, or "
                "--force to drop it"
            )

    def _recover(self) -> None:
        """Read how far the export is, and drop what does not count."""
        key = self._lists.pagination.key
        whole, end = replace(self._state, keys=set()), self._spool.end
        for mark, lines in self._spool.pages():
            found = [] if key is None else item_keys(read_items(self._lists.row_type, lines), key)
            self._state.take(
                mark, [*mark.left_out, *(each for each in found if each is not None and each is not UNSET)]
            )
            if self._state.checkpoint is None:
                whole, end = replace(self._state, keys=set()), self._spool.end
        if key is None and self._state.checkpoint is not None:
            # Nothing tells which items of this list are known.
            self._state = whole
            self._spool.cut(end)
        else:
            self._spool.cut(self._spool.end)

    @property
    def _is_written(self) -> bool:
        """Whether the output is there, and only the spool was not deleted."""
        if self._state.output is None or not self._out.exists():
            return False
        status = self._out.stat()
        return self._state.output == (status.st_size, status.st_mtime_ns)

    @contextlib.contextmanager
    def saying_how_to_go_on(self) -> Iterator[None]:
        """Add a note to an error: what is kept, and what goes on from there."""
        try:
            yield
        except (RealtimeKitError, click.ClickException, KeyboardInterrupt) as exc:
            if isinstance(exc, RealtimeKitError):
                # The spool knows the page.
                exc.next_page = None
            if self._state.items:
                kept = f"{self._state.items:,} items are kept in {self._spool.path}"
                exc.add_note(f"{kept}: the same command with --resume goes on")
            elif not self._state.index:
                with contextlib.suppress(OSError):
                    self._spool.remove()
            raise

    def read(self, client: Client) -> None:
        """Read what is missing into the spool."""
        while self._state.index < len(self._lists):
            try:
                self._read_list(client, self._state.index)
            except RealtimeKitError as exc:
                if labels := self._lists.labels[self._state.index]:
                    exc.add_note(", ".join(f"{name} is {value}" for name, value in labels.items()))
                raise

    def _read_list(self, client: Client, index: int) -> None:
        state, fields = self._state, Fields(self._lists.row_type)
        # From here on, the loop has them.
        keys, state.keys = state.keys, set()
        done = len(keys)
        batches = self._lists.batches(client, index)
        if state.checkpoint is not None:
            batches.resume(state.checkpoint, keys)
        del keys
        bar = progress(self._lists.title(index), is_shown=self._is_bar_shown, done=done, waiting=client._quota.delay)
        with contextlib.closing(batches), bar as show:
            for batch in batches:
                mark = Mark(index=index, checkpoint=batches.checkpoint)
                mark.left_out = [error.item for error in getattr(batch.page, "invalid", ()) if error.item is not None]
                items = self._settings.shown(batch.items)
                self._spool.add(mark, [encode_json(fields.plain(item)) + b"\n" for item in items])
                state.take(mark)
                done += len(batch.items)
                show(done, batch.total, state.pages)
        mark = Mark(index=index)
        self._spool.add(mark)
        state.take(mark)

    @property
    def _is_bar_shown(self) -> bool:
        return sys.stderr.isatty() and not self._settings.quiet

    def write(self, kind: FileKind) -> None:
        """Make the output, and delete the spool."""
        if not self._is_written:
            part = self._spool.path.with_name(f"{self._spool.path.name}.part")
            with (
                one_line_errors(self._out),
                replacing(self._out, part, self._note_output) as file,
                kind.compress(file) as compressed,
            ):
                safe = self._settings.spreadsheet_safe
                labels = list(self._lists.labels[0])
                convert(self._pages(), compressed, kind.format, self._lists.row_type, labels, spreadsheet_safe=safe)
        # An earlier run may have been killed before this.
        sync_folder(self._out)
        self._spool.remove()

    def _note_output(self, status: os.stat_result) -> None:
        _refuse_to_replace(self._out, self._settings)
        mark = Mark(output=(status.st_size, status.st_mtime_ns))
        self._spool.add(mark)
        self._state.take(mark)

    def _pages(self) -> Iterator[Page]:
        with progress(f"Writing {self._out.name}", is_shown=self._is_bar_shown) as show:
            done = 0
            for mark, lines in self._spool.pages():
                yield Page(self._lists.labels[mark.index], lines)
                done += len(lines)
                show(done, self._state.items)
