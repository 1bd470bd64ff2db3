"""A list in memory that is served page by page, grows, shrinks and has faults; and a loop that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from realtimekit_runtime.errors import IncompleteListError
from realtimekit_runtime.operations import Pagination
from realtimekit_runtime.walk import Checkpoint, PageWalk
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


@dataclass
class Fault:
    """What is wrong with one response."""

    total: int | None = None  # a wrong total
    behind: int = 0  # it comes from a replica that lacks so many of the newest items
    is_empty: bool = False
    is_lost: bool = False  # no response arrives


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
            "data": [{"id": number} for number in shown],
            "paging": {
                "start_offset": start + 1 if shown else 0,
                "end_offset": start + len(shown) if shown else 0,
                "total_count": len(ids) if fault.total is None else fault.total,
            },
        }


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
    is_killed: Callable[[Checkpoint | None], bool] = lambda kept: False,
    most: int = 100_000,
) -> Reading:
    """Walk the whole list with `window` pages under way.

    `choose` says which of them gets its response next, and `fault` what is wrong with it. A response that is lost ends
    the loop with an error, and it goes on. `is_killed` says, before a page is taken, whether another walk goes on from
    the checkpoint that was kept with the newest batch. The list has to end within `most` requests.
    """
    reading = Reading(PageWalk(pagination, start))
    walk, checkpoint = reading.walk, None
    under_way: list[int] = []
    arrived: dict[int, Any] = {}
    turn, batch = walk.round, walk.batch
    while not walk.done:
        if is_killed(checkpoint):
            walk = reading.walk = PageWalk(pagination, start, checkpoint, reading.items)
            under_way, arrived, turn, batch = [], {}, walk.round, walk.batch
        if walk.round != turn:
            under_way, arrived, turn = [], {}, walk.round
        under_way += [page for page in walk.ahead(window) if page not in under_way and page not in arrived]
        while walk.page not in arrived:
            assert len(source.requests) < most, "the walk does not end"
            page = choose(under_way)
            wrong = fault(page)
            if wrong is not None and wrong.is_lost:
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


def served(source: ServedList, fault: Callable[[int], Fault | None] = lambda page: None) -> MadeUp:
    """A service whose meetings are the items of the list."""

    def respond(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page_no"])
        wrong = fault(page)
        if wrong is not None and wrong.is_lost:
            return httpx.Response(500)
        response = source.response(page, wrong)
        response["data"] = [
            {"id": str(UUID(int=item["id"])), "created_at": _TIME, "updated_at": _TIME} for item in response["data"]
        ]
        return httpx.Response(200, json={**response, "success": True})

    return MadeUp(respond)
