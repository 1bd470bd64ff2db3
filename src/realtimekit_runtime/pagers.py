"""Lists: every item of every page, in order, once each. Pages are requested ahead; a `PageWalk` decides which.

A page that fails changes nothing in the walk: going on with the same iterator requests that page again.
"""

from __future__ import annotations

import asyncio
import contextvars
import reprlib
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .errors import ArgumentError, RealtimeKitError
from .transport import Abandoned
from .walk import Batch, PageWalk

if TYPE_CHECKING:
    from .arguments import Request
    from .client import AsyncClient, BaseClient, SyncClient
    from .operations import Operation, Pagination

__all__ = ["AsyncBatches", "AsyncItems", "AsyncPager", "AsyncPages", "Batches", "Items", "Pager", "Pages"]

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")

_NOTHING_READ = Batch(None, [], None)
# Unlike repr(), it never raises, and it keeps within a line. A datetime with its time zone still fits.
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class _List:
    """A list operation with its arguments, checked: what both pagers start from."""

    def __init__(self, client: BaseClient[Any], operation: Operation, arguments: Mapping[str, Any]) -> None:
        if operation.pagination is None:
            raise TypeError(f"{operation.id} is no list: the contract gives it no x-pagination")
        self.pagination: Pagination = operation.pagination
        self._client = client
        self._operation = operation
        self._arguments = dict(arguments)
        names = {parameter.name: parameter.python_name for parameter in operation.parameters}
        self._page = names[self.pagination.page]
        self._size = names.get(self.pagination.size or "")
        start = self._arguments.get(self._page)
        self._start = 1 if start is None else start
        # Made here, so that a wrong argument is refused before the first item is asked for.
        self.first_request = self._prepare(self._start)

    def _prepare(self, page: int) -> Request:
        return self._client._prepare(self._operation, self._arguments | {self._page: page})

    def request(self, page: int) -> Request:
        return self.first_request if page == self._start else self._prepare(page)

    def walk(self) -> PageWalk:
        if self._size and self._arguments.get(self._size) == 0:
            raise ArgumentError(
                f"{self._size} must be at least 1 in a loop: pages of 0 items never reach the end of the list "
                "(first_page() takes 0)"
            )
        return PageWalk(self.pagination, self._start)

    def describe(self) -> str:
        given = {name: value for name, value in self._arguments.items() if value is not None}
        return ", ".join([self._operation.id, *(f"{name}={_SHORT.repr(value)}" for name, value in given.items())])


class _Described:
    """Gives a repr that fits on a line and never raises."""

    _list: _List

    def describe(self) -> str:
        return self._list.describe()

    def __repr__(self) -> str:
        try:
            text = self.describe()
        except Exception:
            # A traceback may show an object whose __init__ failed.
            text = "not made"
        return f"{type(self).__name__}({text})"


class Pager(_Described, Generic[_Item, _Page]):
    """A list that is read as it is iterated: a `for` loop over it yields every item, in order, once each.

    Every loop starts from the beginning. Nothing is sent before the first item is asked for. A loop raises
    `IncompleteListError` at its end if items are missing, and `ArgumentError` at its beginning if the page size is 0.
    """

    __module__ = "realtimekit"

    def __init__(self, client: SyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._list = _List(client, operation, arguments)

    def __iter__(self) -> Items[_Item]:
        return Items(self.batches())

    def pages(self) -> Pages[_Page]:
        """Iterate the pages as the service sent them: the first one, and every other that has new items."""
        return Pages(self.batches())

    def batches(self) -> Batches:
        """Iterate what each page adds: its new items, and the newest total. For progress, or to store many at once."""
        return Batches(self._client, self._list)

    def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = self._client._send(self._list.first_request)
        return page


class _Walker(_Described):
    """What the sync and the async walk through a list share."""

    def __init__(self, source: _List) -> None:
        self._list = source
        self._walk = source.walk()
        self._round = self._walk.round
        self._handed_out: Batch | None = None
        self._is_told = False

    def describe(self) -> str:
        return f"{self._list.describe()}, {'done' if self._walk.done else f'at page {self._walk.page}'}"

    @property
    def current(self) -> Batch:
        """The batch that was read last; empty before the first."""
        return self._walk.batch or _NOTHING_READ

    @property
    def resume_page(self) -> int:
        """The page from which another loop misses nothing that this one has not read."""
        return self._walk.resume_page

    def _tell_failure(self) -> None:
        """Raise once what speaks against the list, when all of it was handed out."""
        if self._walk.failure is not None and not self._is_told:
            self._is_told = True
            raise self._walk.failure

    def _is_new_round(self) -> bool:
        """Whether pages that were requested before are of no use any more."""
        is_new, self._round = self._walk.round != self._round, self._walk.round
        return is_new


class Batches(_Walker, Iterator[Batch]):
    """What each page of a list adds. Leaving it, or `close()`, drops the pages that are under way.

    Several threads may share it, or an iterator over items or pages: each item goes to one of them.
    """

    def __init__(self, client: SyncClient, source: _List) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, Future[Any]] = {}
        self._abandoned = threading.Event()
        self.lock = threading.Lock()

    def __next__(self) -> Batch:
        with self.lock:
            if self._handed_out is self._walk.batch:
                self.advance()
            self._handed_out = self.current
            return self._handed_out

    def advance(self) -> None:
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
        self._tell_failure()
        raise StopIteration

    def _fetch(self, number: int) -> Any:
        if self._is_new_round():
            self.close()
        # Another thread may call close() at any time, and this dictionary is not the one under way then.
        ahead = self._ahead
        wanted = self._walk.ahead(self._client._window())
        if len(wanted) == 1 and not ahead:
            return self._client._send(self._list.request(number))
        for page in wanted:
            if page not in ahead:
                ahead[page] = self._start(page)
        return ahead.pop(number).result()

    def _start(self, page: int) -> Future[Any]:
        future: Future[Any] = Future()
        arguments = (_work, self._client, self._list.request(page), future, self._abandoned)
        # Not the threads of a pool: Python would wait for a response under way before it exits. The context of the
        # caller goes along, so that what traces requests knows where they come from.
        threading.Thread(target=contextvars.copy_context().run, args=arguments, daemon=True).start()
        return future

    def close(self) -> None:
        """Drop what is under way. Going on afterwards requests the next page anew."""
        self._abandoned.set()
        self._abandoned = threading.Event()
        self._ahead = {}

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


class _View(_Described):
    """An iterator over batches, seen in another way."""

    def __init__(self, batches: Batches) -> None:
        self._source = batches

    def describe(self) -> str:
        return self._source.describe()

    def close(self) -> None:
        """Drop what is under way. Going on afterwards requests the next page anew."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Pages(_View, Iterator[_Page]):
    """The pages of a list that have new items, and the first one."""

    def __next__(self) -> _Page:
        page: _Page = next(self._source).page
        return page


class Items(_View, Iterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, batches: Batches) -> None:
        super().__init__(batches)
        self._items: Iterator[_Item] = iter(())

    def __next__(self) -> _Item:
        # This runs for every item, and a loop costs less than next() with a default.
        for item in self._items:
            return item
        with self._source.lock:
            while True:
                # Another thread, or a call that was interrupted, may have read on already.
                self._items = self._source.current.unread
                for item in self._items:
                    return item
                self._source.advance()


class AsyncPager(_Described, Generic[_Item, _Page]):
    """A list that is read as it is iterated: `async for` over it yields every item, in order, once each.

    Every loop starts from the beginning. Nothing is sent before the first item is asked for. A loop raises
    `IncompleteListError` at its end if items are missing, and `ArgumentError` at its beginning if the page size is 0.
    """

    __module__ = "realtimekit"

    def __init__(self, client: AsyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._list = _List(client, operation, arguments)

    def __aiter__(self) -> AsyncItems[_Item]:
        return AsyncItems(self.batches())

    def pages(self) -> AsyncPages[_Page]:
        """Iterate the pages as the service sent them: the first one, and every other that has new items."""
        return AsyncPages(self.batches())

    def batches(self) -> AsyncBatches:
        """Iterate what each page adds: its new items, and the newest total. For progress, or to store many at once."""
        return AsyncBatches(self._client, self._list)

    async def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = await self._client._send(self._list.first_request)
        return page


class AsyncBatches(_Walker, AsyncIterator[Batch]):
    """What each page of a list adds. Leaving it, or `aclose()`, cancels the pages that are under way.

    Several tasks may share it, or an iterator over items or pages: each item goes to one of them.
    """

    def __init__(self, client: AsyncClient, source: _List) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, asyncio.Task[Any]] = {}
        self.lock = asyncio.Lock()

    async def __anext__(self) -> Batch:
        async with self.lock:
            if self._handed_out is self._walk.batch:
                await self.advance()
            self._handed_out = self.current
            return self._handed_out

    async def advance(self) -> None:
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
        self._tell_failure()
        raise StopAsyncIteration

    async def _fetch(self, number: int) -> Any:
        if self._is_new_round():
            self._cancel()
        for page in self._walk.ahead(self._client._window()):
            if page not in self._ahead:
                request = self._list.request(page)
                self._ahead[page] = asyncio.create_task(self._client._send(request))
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

    def __del__(self) -> None:
        if getattr(self, "_ahead", None):
            self._cancel()


def _ignore(task: asyncio.Task[Any]) -> None:
    """Take the error of a page that nobody needs any more, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()


class _AsyncView(_Described):
    """An async iterator over batches, seen in another way."""

    def __init__(self, batches: AsyncBatches) -> None:
        self._source = batches

    def describe(self) -> str:
        return self._source.describe()

    async def aclose(self) -> None:
        """Cancel what is under way, and wait until it has ended."""
        await self._source.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class AsyncPages(_AsyncView, AsyncIterator[_Page]):
    """The pages of a list that have new items, and the first one."""

    async def __anext__(self) -> _Page:
        page: _Page = (await anext(self._source)).page
        return page


class AsyncItems(_AsyncView, AsyncIterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, batches: AsyncBatches) -> None:
        super().__init__(batches)
        self._items: Iterator[_Item] = iter(())

    async def __anext__(self) -> _Item:
        for item in self._items:
            return item
        async with self._source.lock:
            while True:
                # Another task, or a call that was interrupted, may have read on already.
                self._items = self._source.current.unread
                for item in self._items:
                    return item
                await self._source.advance()
