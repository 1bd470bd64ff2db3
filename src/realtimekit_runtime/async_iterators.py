"""Iterators over a list for async code. Pages are requested ahead, in tasks; a `PageWalk` decides which.

A page that fails changes nothing in the walk: going on with the same iterator requests that page again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .errors import RealtimeKitError
from .list_source import ListSource, Position
from .walk import Batch

if TYPE_CHECKING:
    from .client import AsyncClient

__all__ = ["AsyncBatches", "AsyncItems", "AsyncPages"]

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")


class _AsyncReading(Position):
    """Reads a list. Leaving it, or `aclose()`, cancels the pages that are under way.

    Several tasks may share it: each item goes to one of them.
    """

    def __init__(self, client: AsyncClient, source: ListSource) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, asyncio.Task[Any]] = {}
        self._lock = asyncio.Lock()

    async def _next_batch(self) -> Batch:
        async with self._lock:
            # After an interrupt, there may be a batch that was read and not handed out.
            if self._handed_out is self._walk.batch:
                await self._advance()
            self._handed_out = self._current
            return self._handed_out

    async def _advance(self) -> None:
        """Read until there is a new batch, with the lock held.

        Raises:
            StopAsyncIteration: The list is read.
        """
        before = self._walk.batch
        while not self._walk.done:
            try:
                response = await self._fetch(self._walk.page)
            except RealtimeKitError as exc:
                self._cancel()
                exc.next_page = self._walk.resume_page
                raise
            self._walk.take(response)
            if self._walk.batch is not before:
                return
        self._cancel()
        self._raise_failure()
        raise StopAsyncIteration

    async def _fetch(self, number: int) -> Any:
        if self._round != self._walk.round:
            self._cancel()
            self._round = self._walk.round
        for page in self._walk.ahead(self._client._window()):
            if page not in self._ahead:
                self._ahead[page] = asyncio.create_task(self._client._send(self._source.request(page)))
        # It stays in `_ahead` until it is done, so that it is cancelled with the others if the caller is.
        task = self._ahead[number]
        try:
            return await task
        except asyncio.CancelledError:
            self._cancel()
            raise
        finally:
            self._ahead.pop(number, None)

    def _cancel(self) -> list[asyncio.Task[Any]]:
        tasks = list(self._ahead.values())
        self._ahead.clear()
        for task in tasks:
            task.cancel()
            task.add_done_callback(_ignore)
        return tasks

    async def aclose(self) -> None:
        """Cancel what is under way, and wait until it has ended."""
        await asyncio.gather(*self._cancel(), return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_ahead", None):
            self._cancel()


def _ignore(task: asyncio.Task[Any]) -> None:
    """Take the error of a page that nobody needs any more, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()


class AsyncBatches(_AsyncReading, AsyncIterator[Batch]):
    """What each page of a list adds: its new items, and the newest total."""

    async def __anext__(self) -> Batch:
        return await self._next_batch()


class AsyncPages(_AsyncReading, AsyncIterator[_Page]):
    """The pages of a list that have new items, and the first one."""

    async def __anext__(self) -> _Page:
        page: _Page = (await self._next_batch()).page
        return page


class AsyncItems(_AsyncReading, AsyncIterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, client: AsyncClient, source: ListSource) -> None:
        super().__init__(client, source)
        self._items: Iterator[_Item] = iter(())

    async def __anext__(self) -> _Item:
        for item in self._items:
            return item
        async with self._lock:
            while True:
                # Another task, or a call that was interrupted, may have read on already.
                self._items = self._current.unread
                for item in self._items:
                    return item
                await self._advance()
