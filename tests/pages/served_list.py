"""A list in memory that is served page by page, grows, shrinks and has faults; and a loop that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from realtimekit_runtime.errors import IncompleteListError
from realtimekit_runtime.operations import Pagination
from realtimekit_runtime.walk import PageWalk
from tests.clients import MadeUp

PAGINATION = Pagination(
    page="page_no",
    size="per_page",
    items="data",
    total="paging.total_count",
    end="paging.end_offset",
    key="id",
)
_TIME = "2026-01-31T12:00:00Z"
# Of responses that are worth another try.
_STATUSES = (500, 429, 503, 502, 520, 408, 504)


@dataclass
class Fault:
    """What is wrong with one response."""

    total: int | None = None  # a wrong total
    behind: int = 0  # it comes from a replica that lacks so many of the newest items
    is_empty: bool = False
    is_repeated: bool = False  # its first item stands on it twice
    failure: str | None = None  # what arrives instead of it, or why nothing does
    number: int = 0  # which status it has
    late: float = 0  # seconds


class ServedList:
    """Items with the numbers 1, 2, 3, …; the highest number is the newest item."""

    def __init__(self, count: int, per_page: int, *, newest_first: bool = True) -> None:
        self.ids = list(range(1, count + 1))
        self.per_page = per_page
        self.newest_first = newest_first
        self.newest = count
        self.vanished: set[int] = set()
        self.requests: list[int] = []

    @property
    def in_order(self) -> list[int]:
        return self.ids[::-1] if self.newest_first else list(self.ids)

    def add(self, count: int) -> None:
        self.ids += range(self.newest + 1, self.newest + count + 1)
        self.newest += count

    def remove(self, ids: list[int]) -> None:
        self.vanished.update(ids)
        self.ids = [number for number in self.ids if number not in self.vanished]

    def response(self, page: int, fault: Fault | None = None) -> dict[str, Any]:
        """A page as the service sends it; page 0 is page 1."""
        self.requests.append(page)
        fault = fault or Fault()
        ids = self.ids[: max(0, len(self.ids) - fault.behind)]
        start = (max(page, 1) - 1) * self.per_page
        shown = (ids[::-1] if self.newest_first else ids)[start : start + self.per_page]
        if fault.is_empty:
            shown = []
        return {
            "data": [{"id": number} for number in shown + shown[:1] * fault.is_repeated],
            "paging": {
                "start_offset": start + 1 if shown else 0,
                "end_offset": start + len(shown) if shown else 0,
                "total_count": len(ids) if fault.total is None else fault.total,
            },
        }


def cost(count: int, per_page: int) -> int:
    """The requests that a list costs while it does not change: its pages, and one more if the last of several is full.

    Without the one more, a total that is too low would go unnoticed.
    """
    return 1 if count == per_page else count // per_page + 1


@dataclass
class Reading:
    """What a loop over a list gave."""

    walk: PageWalk
    items: list[int] = field(default_factory=list)

    @property
    def failure(self) -> IncompleteListError | None:
        return self.walk.failure


def read(
    source: ServedList,
    *,
    start: int = 1,
    window: int = 4,
    pagination: Pagination = PAGINATION,
    fault: Callable[[int], Fault | None] = lambda page: None,
    choose: Callable[[list[int]], int] = lambda pages: pages[0],
    is_killed: Callable[[], bool] = lambda: False,
    most: int = 100_000,
) -> Reading:
    """Walk the whole list with `window` pages under way.

    `choose` says which of them gets its response next, and `fault` what is wrong with it. A response that is lost ends
    the loop with an error, and it goes on. `is_killed` says, before a page is taken, whether another walk goes on where
    the newest batch was kept. The list has to end within `most` requests.
    """
    reading = Reading(PageWalk(pagination, start))
    walk, checkpoint = reading.walk, None
    under_way: list[int] = []
    arrived: dict[int, Any] = {}
    turn, batch = walk.round, walk.batch
    while not walk.done:
        if is_killed():
            walk = reading.walk = PageWalk(pagination, start, checkpoint, reading.items)
            under_way, arrived, turn, batch = [], {}, walk.round, walk.batch
        if walk.round != turn:
            under_way, arrived, turn = [], {}, walk.round
        under_way += [page for page in walk.ahead(window) if page not in under_way and page not in arrived]
        while walk.page not in arrived:
            assert len(source.requests) < most, "the walk does not end"
            page = choose(under_way)
            wrong = fault(page)
            if wrong is not None and wrong.failure:
                source.requests.append(page)
                under_way, arrived = [walk.page], {}
                continue
            under_way.remove(page)
            arrived[page] = source.response(page, wrong)
        walk.take(arrived.pop(walk.page))
        if walk.batch is not batch:
            batch = walk.batch
            reading.items += [item["id"] for item in batch.items] if batch else []
            checkpoint = walk.checkpoint
    return reading


def item_number(meeting_id: UUID | str) -> int:
    """The item of the list that a meeting stands for."""
    return UUID(str(meeting_id)).int


def respond(source: ServedList, page: int, fault: Fault | None) -> httpx.Response:
    """A page whose meetings are the items of the list, or what arrives instead of it.

    Raises:
        httpx.TransportError: Nothing arrives.
    """
    response = source.response(page, fault)
    fault = fault or Fault()
    failure = fault.failure
    if failure == "reset":
        raise httpx.ReadError("connection reset")
    if failure == "timeout":
        raise httpx.ReadTimeout("nothing came in time")
    if failure == "status":
        status = _STATUSES[fault.number % len(_STATUSES)]
        error = {"success": False, "error": {"code": status, "message": "made up"}}
        return httpx.Response(status, json=error, headers={"Retry-After": "0"} if status == 429 else {})
    times = {"created_at": _TIME, "updated_at": _TIME}
    response["data"] = [{"id": str(UUID(int=item["id"])), **times} for item in response["data"]]
    if failure == "no total":
        del response["paging"]["total_count"]
    return httpx.Response(200, json={**response, "success": True})


def served(source: ServedList, fault: Callable[[int], Fault | None] = lambda page: None) -> MadeUp:
    """A service whose meetings are the items of the list."""

    def handle(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page_no"])
        return respond(source, page, fault(page))

    return MadeUp(handle)
