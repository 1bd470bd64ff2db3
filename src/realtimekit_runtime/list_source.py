"""A list operation with its arguments, and where an iterator over the list is: what sync and async share."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

from .errors import ArgumentError
from .walk import Batch, Checkpoint, PageWalk

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from .arguments import Request
    from .arrow import ArrowRows
    from .client import BaseClient
    from .operations import Operation

__all__ = ["Described", "ListSource", "Position"]

_NOTHING_READ = Batch(None, [], None)
# Unlike repr(), it never raises, and it keeps within a line. A datetime with its time zone still fits.
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class ListSource:
    """A list operation with its arguments, checked."""

    def __init__(self, client: BaseClient[Any], operation: Operation, arguments: Mapping[str, Any]) -> None:
        if operation.pagination is None:
            raise TypeError(f"{operation.id} is no list: the contract gives it no x-pagination")
        self._pagination = operation.pagination
        self._client = client
        self._operation = operation
        self._arguments = dict(arguments)
        names = {parameter.name: parameter.python_name for parameter in operation.parameters}
        self._page = names[self._pagination.page]
        self._size = names.get(self._pagination.size or "")
        start = self._arguments.get(self._page)
        self._start = 1 if start is None else start
        # Made here, so that a wrong argument is refused before the first item is asked for.
        self.first_request = self._prepare(self._start)

    def _prepare(self, page: int) -> Request:
        return self._client._prepare(self._operation, self._arguments | {self._page: page})

    def request(self, page: int) -> Request:
        """The request for a page."""
        return self.first_request if page == self._start else self._prepare(page)

    def walk(self, checkpoint: Checkpoint | None = None, keys: Iterable[Hashable] = ()) -> PageWalk:
        """A new walk through the list; from a checkpoint, and with the keys of the items before it, if there is one.

        Raises:
            ArgumentError: The pages would be empty.
        """
        if self._size and self._arguments.get(self._size) == 0:
            raise ArgumentError(
                f"{self._size} must be at least 1 in a loop: pages of 0 items never reach the end of the list"
            )
        return PageWalk(self._pagination, self._start, checkpoint, keys)

    def arrow_rows(self) -> ArrowRows:
        """What makes Arrow rows of the items.

        Raises:
            ConfigurationError: pyarrow is not installed.
        """
        from .arrow import ArrowRows
        from .rows import row_type

        return ArrowRows(row_type(self._operation))

    def describe(self) -> str:
        """The operation and its arguments, on one line."""
        given = {name: value for name, value in self._arguments.items() if value is not None}
        return ", ".join([self._operation.id, *(f"{name}={_SHORT.repr(value)}" for name, value in given.items())])


class Described:
    """Gives a repr that fits on a line and never raises."""

    _source: ListSource

    def _describe(self) -> str:
        return self._source.describe()

    def __repr__(self) -> str:
        try:
            text = self._describe()
        except Exception:
            # A traceback may show an object whose __init__ failed.
            text = "not made"
        return f"{type(self).__name__}({text})"


class Position(Described):
    """Where an iterator over a list is."""

    def __init__(self, source: ListSource) -> None:
        self._source = source
        self._walk = source.walk()
        # The round of the pages that are under way.
        self._round = self._walk.round
        self._handed_out: Batch | None = None
        self._is_failure_raised = False

    def _describe(self) -> str:
        return f"{self._source.describe()}, {'done' if self._walk.done else f'at page {self._walk.page}'}"

    @property
    def resume_page(self) -> int:
        """The page from which another loop misses nothing that this one has not read."""
        return self._walk.resume_page

    @property
    def checkpoint(self) -> Checkpoint:
        """Where this loop stands; a loop of another process can `resume` there."""
        return self._walk.checkpoint

    def resume(self, checkpoint: Checkpoint, keys: Iterable[Hashable]) -> None:
        """Go on where a loop from the first page stood, instead of at the beginning.

        Args:
            checkpoint: Where it stood.
            keys: The keys of all items that it had read by then (see `list_page.item_keys`).
        """
        self._walk = self._source.walk(checkpoint, keys)
        self._round = self._walk.round

    @property
    def _current(self) -> Batch:
        """The batch that was read last; empty before the first."""
        return self._walk.batch or _NOTHING_READ

    def _raise_failure(self) -> None:
        """If the list is not complete, say so once."""
        if self._walk.failure is not None and not self._is_failure_raised:
            self._is_failure_raised = True
            raise self._walk.failure
