"""What the iterators of a list promise beyond its items: threads, errors, interrupts, contexts and reprs."""

from __future__ import annotations

import asyncio
import contextvars
import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FrameType
from typing import Any

import pytest

from realtimekit import (
    ArgumentError,
    AsyncClient,
    Client,
    IncompleteListError,
    Meeting,
    MeetingPage,
    Pager,
    ServerError,
)
from realtimekit_emulator import Emulator
from tests.clients import AsyncApi, Connect, MadeUp, SyncApi

from .served_list import Fault, ServedList, served

SyncList = Callable[..., Pager[Meeting, MeetingPage]]


@pytest.fixture
def sync_list() -> Iterator[SyncList]:
    """Make pagers of a sync client over a service."""
    with ExitStack() as stack:

        def pager(service: MadeUp, *, prefetch: int = 4, **query: Any) -> Pager[Meeting, MeetingPage]:
            return stack.enter_context(SyncApi(service, prefetch=prefetch)).client.meetings.list("app", **query)

        yield pager


def numbers(meetings: list[Meeting]) -> list[int]:
    return [meeting.id.int for meeting in meetings]


# --- errors ---------------------------------------------------------------------------------------------------------


def test_a_list_that_is_not_complete_is_an_error_after_all_that_could_be_read(connect: Connect) -> None:
    failures: list[Exception] = []
    service = served(ServedList(45, 20), lambda page: Fault(is_empty=page == 2))
    meetings = connect(service).items_despite(failures)
    assert numbers(meetings) == [*range(45, 25, -1), *range(5, 0, -1)]
    # It is raised once: the loop that goes on is at its end.
    (failure,) = failures
    assert isinstance(failure, IncompleteListError)
    assert failure.missing == 20
    assert failure.next_page is None


@pytest.mark.parametrize(
    ("start", "failed", "message"),
    [(None, 1, ""), (1, 1, ""), (3, 3, "go on from page 3"), (None, 3, "go on from page 3")],
)
def test_the_error_of_a_page_says_where_to_go_on(
    connect: Connect, start: int | None, failed: int, message: str
) -> None:
    source, is_lost = ServedList(45, 10), True
    api = connect(
        served(source, lambda page: Fault(failure="status" if is_lost and page == failed else None)), prefetch=1
    )
    read: list[int] = []
    with pytest.raises(ServerError) as caught:
        api.items(at=read.append, page_no=start)
    assert caught.value.next_page == failed
    assert str(caught.value).endswith(message)
    assert ("go on" in str(caught.value)) == bool(message)
    is_lost = False
    assert numbers(api.items(page_no=failed)) == source.in_order[(failed - 1) * 10 :]
    assert len(read) == (0 if failed in (start, 1) else 20)


def test_the_page_to_go_on_with_misses_nothing_that_was_in_doubt(connect: Connect) -> None:
    service = served(
        ServedList(45, 10), lambda page: Fault(is_empty=page == 2, failure="status" if page == 3 else None)
    )
    with pytest.raises(ServerError) as caught:
        connect(service, prefetch=1).items()
    assert caught.value.next_page == 1


def test_pages_of_no_items_are_refused_in_a_loop_and_not_as_a_page(
    realtimekit_emulator: Emulator, connect: Connect
) -> None:
    realtimekit_emulator.add_meetings(3)
    api = connect(realtimekit_emulator)
    with pytest.raises(ArgumentError, match="per_page must be at least 1 in a loop"):
        api.items(per_page=0)
    assert not realtimekit_emulator.requests
    page = api.first_page(per_page=0)
    assert (page.data, page.paging.total_count) == ([], 3)


# --- batches --------------------------------------------------------------------------------------------------------


def test_batches_are_the_new_items_of_each_page_with_the_newest_total(sync_list: SyncList) -> None:
    source = ServedList(45, 20)

    def grow(page: int) -> None:
        source.add(5 if page == 2 else 0)

    batches = list(sync_list(served(source, grow), prefetch=1).batches())
    assert [(len(batch.items), batch.total) for batch in batches] == [(20, 45), (15, 50), (10, 50), (5, 50)]
    assert [len(batch.page.data) for batch in batches] == [20, 20, 10, 20]


# --- threads and tasks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefetch", [1, 10])
@pytest.mark.parametrize("is_by_page", [False, True])
def test_threads_that_share_an_iterator_read_everything_once(
    sync_list: SyncList, prefetch: int, is_by_page: bool
) -> None:
    pager = sync_list(served(ServedList(500, 10)), prefetch=prefetch)
    pages, meetings = pager.pages(), iter(pager)
    read: list[Meeting] = []

    def work() -> None:
        for part in (page.data for page in pages) if is_by_page else ([meeting] for meeting in meetings):
            read.extend(part)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers(read)) == list(range(1, 501))


def test_a_thread_that_waits_goes_on_when_another_closes_the_iterator(sync_list: SyncList) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def hold(page: int) -> None:
        if page == 2 and not is_asked.is_set():
            is_asked.set()
            may_answer.wait(10)

    meetings = iter(sync_list(served(ServedList(45, 10), hold)))
    read: list[Meeting] = []
    thread = threading.Thread(target=lambda: read.extend(meetings))
    thread.start()
    is_asked.wait(10)
    meetings.close()
    may_answer.set()
    thread.join()
    assert numbers(read) == list(range(45, 0, -1))


def test_tasks_that_share_an_iterator_read_every_item_once() -> None:
    async def run(client: AsyncClient) -> list[int]:
        meetings = aiter(client.meetings.list("app"))

        async def read() -> list[int]:
            return numbers([meeting async for meeting in meetings])

        return [number for part in await asyncio.gather(*(read() for _ in range(4))) for number in part]

    with AsyncApi(served(ServedList(500, 10))) as api:
        assert sorted(api.result(run(api.client))) == list(range(1, 501))


_PARENT: contextvars.ContextVar[str] = contextvars.ContextVar("_PARENT", default="none")


def test_pages_that_are_requested_ahead_have_the_context_of_the_caller(connect: Connect) -> None:
    """Tracing such as OpenTelemetry finds the parent of a request there."""
    parents: list[str] = []

    def note(_page: int) -> None:
        parents.append(_PARENT.get())

    def read() -> None:
        _PARENT.set("the caller's span")
        connect(served(ServedList(95, 10), note), prefetch=4).items()

    contextvars.copy_context().run(read)
    assert parents == ["the caller's span"] * 10


# --- interrupts -----------------------------------------------------------------------------------------------------


def test_an_interrupt_at_any_line_of_the_iterators_loses_nothing(sync_list: SyncList) -> None:
    """Only the item that is being handed out may go, when Ctrl-C comes between the iterator and the loop."""
    line = interrupted_line = 0

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal line
        if not frame.f_code.co_filename.endswith(("list_source.py", "iterators.py", "list_page.py", "walk.py")):
            return None
        source = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        # Python looks for signals between instructions, but not between the end of a `with` block and its exit.
        if event == "line" and not source.startswith("with "):
            line += 1
            if line == interrupted_line:
                raise KeyboardInterrupt
        return trace

    service = served(ServedList(0, 3))
    pager = sync_list(service, prefetch=1)

    def read_through() -> tuple[list[int], int]:
        nonlocal line
        line, interrupts, items = 0, 0, list[int]()
        source = ServedList(9, 3)
        service.handler = served(source, lambda page: source.add(page == 2)).handler
        meetings = iter(pager)
        sys.settrace(trace)
        try:
            while True:
                try:
                    items.append(next(meetings).id.int)
                except StopIteration:
                    return items, interrupts
                except KeyboardInterrupt:
                    interrupts += 1
        finally:
            sys.settrace(None)

    old_trace = sys.gettrace()
    try:
        assert read_through() == ([*range(9, 0, -1), 10], 0)
        assert line > 100
        for number in range(1, line + 1):
            interrupted_line = number
            items, interrupts = read_through()
            assert len(items) == len(set(items))
            assert len(set(range(1, 10)) - set(items)) <= interrupts
    finally:
        sys.settrace(old_trace)


# --- reprs ----------------------------------------------------------------------------------------------------------


def test_reprs_are_short_and_say_where_an_iterator_is(sync_list: SyncList) -> None:
    pager = sync_list(served(ServedList(45, 20)), prefetch=1, per_page=20)
    assert repr(pager) == "Pager(list_meetings, app_id='app', per_page=20)"
    pages, meetings = pager.pages(), iter(pager)
    assert repr(pages) == "Pages(list_meetings, app_id='app', per_page=20, at page 1)"
    next(pages)
    assert repr(pages) == "Pages(list_meetings, app_id='app', per_page=20, at page 2)"
    list(meetings)
    assert repr(meetings) == "Items(list_meetings, app_id='app', per_page=20, done)"
    batch = next(pager.batches())
    assert repr(batch) == "Batch(20 items, total=45)"


class _Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
def test_a_repr_never_raises(client_class: type[Client | AsyncClient]) -> None:
    client = client_class(api_token="token", account_id="account")
    pagers: list[Any] = []

    def trace(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and frame.f_code.co_filename.endswith("pagers.py") and "self" in frame.f_locals:
            pagers.append(frame.f_locals["self"])

    old = sys.getprofile()
    sys.setprofile(trace)
    try:
        with pytest.raises((ArgumentError, RuntimeError)):
            client.meetings.list(_Unprintable())  # type: ignore[arg-type]
    finally:
        sys.setprofile(old)
    assert {"Pager", "AsyncPager"} & {type(each).__name__ for each in pagers}
    # A traceback with local variables shows these, although they are not finished.
    assert all(len(repr(each)) < 200 for each in [*pagers, *(object.__new__(type(each)) for each in pagers)])
