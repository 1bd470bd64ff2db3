"""Lists: every item of every page, in order, once each. Pages are fetched ahead; a `PageWalk` decides which.

A walk that fails stays where it is: going on with the same iterator asks for the page that failed again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .errors import RealtimeKitError
from .transport import Abandoned
from .walk import PageWalk

if TYPE_CHECKING:
    from .arguments import Request
    from .client import AsyncClient, BaseClient, SyncClient
    from .operations import Operation, Pagination

__all__ = ["AsyncItems", "AsyncPager", "AsyncPages", "Items", "Pager", "Pages"]

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")


class _List:
    """A list operation with its arguments, checked: what both pagers start from."""

    def __init__(self, client: BaseClient[Any], operation: Operation, arguments: Mapping[str, Any]) -> None:
        if operation.pagination is None:
            raise TypeError(f"{operation.id} is no list: the contract gives it no x-pagination")
        self.pagination: Pagination = operation.pagination
        self._client = client
        self._operation = operation
        self._arguments = dict(arguments)
        self._page = next(p.python_name for p in operation.parameters if p.name == self.pagination.page)
        # Refused here rather than at the first item.
        client._prepare(operation, self._arguments)

    def request(self, page: int) -> Request:
        return self._client._prepare(self._operation, self._arguments | {self._page: page})

    def walk(self) -> PageWalk:
        start = self._arguments.get(self._page)
        return PageWalk(self.pagination, 1 if start is None else start)

    def __repr__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in self._arguments.items() if v is not None)
        return f"({self._operation.id}, {given})"


class Pager(Generic[_Item, _Page]):
    """A list that is read as it is iterated: a `for` loop over it yields every item, in order, once each.

    Every loop starts from the beginning. Nothing is sent before the first item is asked for.
    """

    def __init__(self, client: SyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._list = _List(client, operation, arguments)

    def __iter__(self) -> Items[_Item]:
        return Items(self.pages())

    def pages(self) -> Pages[_Page]:
        """Iterate the pages as they were answered, the first one even if it is empty."""
        return Pages(self._client, self._list)

    def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = self._client._send(self._list.request(self._list.walk().page))
        return page

    def __repr__(self) -> str:
        return f"Pager{self._list!r}"


class _Position:
    """How far a walk through a list is: what `Pages` and `AsyncPages` have in common.

    Attributes:
        fresh: The items of the last page that no page before it had.
    """

    def __init__(self, source: _List) -> None:
        self._list = source
        self._walk = source.walk()
        self._is_begun = False
        self.fresh: list[Any] = []

    @property
    def total(self) -> int | None:
        """Number of items in the whole list, as the newest page says; None where none says."""
        return self._walk.total

    def _take(self, response: Any) -> bool:
        """Take in the next page; return whether it is to be handed out."""
        fresh = self._walk.take(response)
        if fresh is None or (self._is_begun and not fresh):
            return False
        self._is_begun = True
        self.fresh = fresh
        return True

    def _explain(self, error: RealtimeKitError) -> None:
        """Say on an error where to go on, if anything was read before it."""
        if self._is_begun:
            error.next_page = self._walk.page


class Pages(_Position, Iterator[_Page]):
    """The pages of a list. Leaving it, or `close()`, drops the pages that are under way."""

    def __init__(self, client: SyncClient, source: _List) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, Future[Any]] = {}
        self._abandoned = threading.Event()

    def __next__(self) -> _Page:
        while not self._walk.done:
            try:
                page: _Page = self._fetch(self._walk.page)
            except RealtimeKitError as exc:
                self.close()
                self._explain(exc)
                raise
            if self._take(page):
                return page
        self.close()
        raise StopIteration

    def _fetch(self, number: int) -> Any:
        wanted = self._walk.ahead(self._client._window())
        if len(wanted) == 1 and not self._ahead:
            return self._client._send(self._list.request(number))
        for page in wanted:
            if page not in self._ahead:
                self._ahead[page] = self._start(page)
        return self._ahead.pop(number).result()

    def _start(self, page: int) -> Future[Any]:
        # Threads of our own: a pool's would keep the interpreter from leaving while a response is under way.
        future: Future[Any] = Future()
        arguments = (self._client, self._list.request(page), future, self._abandoned)
        threading.Thread(target=_work, args=arguments, daemon=True).start()
        return future

    def close(self) -> None:
        """Drop what is under way. Going on afterwards asks for the next page anew."""
        self._abandoned.set()
        self._abandoned = threading.Event()
        self._ahead.clear()

    def __del__(self) -> None:
        if hasattr(self, "_abandoned"):
            self._abandoned.set()


def _work(client: SyncClient, request: Request, future: Future[Any], abandoned: threading.Event) -> None:
    try:
        future.set_result(client._send(request, abandoned))
    except Abandoned:
        future.cancel()
    except BaseException as exc:
        # An abandoned page fails unheard: its client may be closed already.
        future.set_exception(exc)


class Items(Iterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, pages: Pages[Any]) -> None:
        self._pages = pages
        self._items: Iterator[_Item] = iter(())

    def __next__(self) -> _Item:
        # Cheaper than next() with a default, and this runs for every item.
        for item in self._items:
            return item
        while True:
            next(self._pages)
            self._items = iter(self._pages.fresh)
            for item in self._items:
                return item

    def close(self) -> None:
        """Drop what is under way."""
        self._pages.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncPager(Generic[_Item, _Page]):
    """A list that is read as it is iterated: `async for` over it yields every item, in order, once each.

    Every loop starts from the beginning. Nothing is sent before the first item is asked for.
    """

    def __init__(self, client: AsyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._list = _List(client, operation, arguments)

    def __aiter__(self) -> AsyncItems[_Item]:
        return AsyncItems(self.pages())

    def pages(self) -> AsyncPages[_Page]:
        """Iterate the pages as they were answered, the first one even if it is empty."""
        return AsyncPages(self._client, self._list)

    async def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = await self._client._send(self._list.request(self._list.walk().page))
        return page

    def __repr__(self) -> str:
        return f"AsyncPager{self._list!r}"


class AsyncPages(_Position, AsyncIterator[_Page]):
    """The pages of a list. Leaving it, or `aclose()`, cancels the pages that are under way."""

    def __init__(self, client: AsyncClient, source: _List) -> None:
        super().__init__(source)
        self._client = client
        self._ahead: dict[int, asyncio.Task[Any]] = {}

    async def __anext__(self) -> _Page:
        while not self._walk.done:
            try:
                page: _Page = await self._fetch(self._walk.page)
            except RealtimeKitError as exc:
                self._cancel()
                self._explain(exc)
                raise
            if self._take(page):
                return page
        self._cancel()
        raise StopAsyncIteration

    async def _fetch(self, number: int) -> Any:
        for page in self._walk.ahead(self._client._window()):
            if page not in self._ahead:
                request = self._list.request(page)
                self._ahead[page] = asyncio.create_task(self._client._send(request))
        # Kept until it is done: a caller who is cancelled meanwhile cancels it with the rest.
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
    """Take the error of a page that nobody wants any more, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()


class AsyncItems(AsyncIterator[_Item]):
    """The items of a list, in order, once each."""

    def __init__(self, pages: AsyncPages[Any]) -> None:
        self._pages = pages
        self._items: Iterator[_Item] = iter(())

    async def __anext__(self) -> _Item:
        for item in self._items:
            return item
        while True:
            await anext(self._pages)
            self._items = iter(self._pages.fresh)
            for item in self._items:
                return item

    async def aclose(self) -> None:
        """Cancel what is under way."""
        await self._pages.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
