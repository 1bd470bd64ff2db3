"""Iterators over a list for sync code. Pages are requested ahead, in threads; a `PageWalk` decides which.

A page that fails changes nothing in the walk: going on with the same iterator requests that page again.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .errors import RealtimeKitError
from .list_source import ListSource, Position
from .transport import Abandoned
from .walk import Batch

if TYPE_CHECKING:
    from .arguments import Request
    from .client import SyncClient

__all__ = ["Batches", "Items", "Pages"]

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")


class _Reading(Position):
    """Reads a list. Leaving it, or `close()`, drops the pages that are under way.

    Several threads may share it: each item goes to one of them.
    """

    def __init__(self, client: SyncClient, source: ListSource) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, Future[Any]] = {}
        self._abandoned = threading.Event()
        self._lock = threading.Lock()

    def _next_batch(self) -> Batch:
        with self._lock:
            # After an interrupt, there may be a batch that was read and not handed out.
            if self._handed_out is self._walk.batch:
                self._advance()
            self._handed_out = self._current
            return self._handed_out

    def _advance(self) -> None:
        """Read until there is a new batch, with the lock held.

        Raises:
            StopIteration: The list is read.
        """
        before = self._walk.batch
        while not self._walk.done:
            try:
                response = self._fetch(self._walk.page)
            except CancelledError:
                # Another thread called close() meanwhile.
                continue
            except RealtimeKitError as exc:
                self.close()
                exc.next_page = self._walk.resume_page
                raise
            self._walk.take(response)
            if self._walk.batch is not before:
                return
        self.close()
        self._raise_failure()
        raise StopIteration

    def _fetch(self, number: int) -> Any:
        if self._round != self._walk.round:
            self.close()
            self._round = self._walk.round
        # Another thread may call close() at any time, and this dictionary is not the one under way then.
        ahead = self._ahead
        wanted = self._walk.ahead(self._client._window())
        if len(wanted) == 1 and not ahead:
            return self._client._send(self._source.request(number))
        for page in wanted:
            if page not in ahead:
                ahead[page] = self._start(page)
        return ahead.pop(number).result()

    def _start(self, page: int) -> Future[Any]:
        future: Future[Any] = Future()
        arguments = (_work, self._client, self._source.request(page), future, self._abandoned)
        # Not the threads of a pool: Python would wait for a response under way before it exits. The context of the
        # caller goes along, so that what traces requests knows where they come from.
        threading.Thread(target=contextvars.copy_context().run, args=arguments, daemon=True).start()
        return future

    def close(self) -> None:
        """Drop what is under way. Going on afterwards requests the next page anew."""
        self._abandoned.set()
        self._abandoned = threading.Event()
        self._ahead = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_abandoned"):
            self._abandoned.set()


def _work(client: SyncClient, request: Request, future: Future[Any], abandoned: threading.Event) -> None:
    try:
        future.set_result(client._send(request, abandoned))
    except Abandoned:
        future.cancel()
    except BaseException as exc:
        # If the page is abandoned, nobody sees this: its client may be closed already.
        future.set_exception(exc)


class Batches(_Reading, Iterator[Batch]):
    """What each page of a list adds: its new items, and the newest total."""

    def __next__(self) -> Batch:
        return self._next_batch()


class Pages(_Reading, Iterator[_Page]):
    """The pages of a list that have new items, and the first one."""

    def __next__(self) -> _Page:
        page: _Page = self._next_batch().page
        return page


class Items(_Reading, Iterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, client: SyncClient, source: ListSource) -> None:
        super().__init__(client, source)
        self._items: Iterator[_Item] = iter(())

    def __next__(self) -> _Item:
        # This runs for every item, and a loop costs less than next() with a default.
        for item in self._items:
            return item
        with self._lock:
            while True:
                # Another thread, or a call that was interrupted, may have read on already.
                self._items = self._current.unread
                for item in self._items:
                    return item
                self._advance()
