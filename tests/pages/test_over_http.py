"""Lists read from the emulator over HTTP, by both clients."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from realtimekit import NotFoundError, ServerError
from realtimekit_emulator import Emulator
from tests.clients import Connect


def ids(meetings: list[dict[str, Any]]) -> list[UUID]:
    """The ids of meetings that were added, newest first, which is the order of the list."""
    newest_first = sorted(meetings, key=lambda meeting: str(meeting["created_at"]), reverse=True)
    return [UUID(meeting["id"]) for meeting in newest_first]


@pytest.mark.parametrize("per_page", [1, 7, 20, 100, 1000])
@pytest.mark.parametrize("prefetch", [1, 4])
def test_every_meeting_comes_once_and_costs_its_pages(
    realtimekit_emulator: Emulator, connect: Connect, per_page: int, prefetch: int
) -> None:
    realtimekit_emulator.max_per_page = None
    added = ids(realtimekit_emulator.add_meetings(45))
    meetings = connect(realtimekit_emulator, prefetch=prefetch).items(per_page=per_page)
    assert [meeting.id for meeting in meetings] == added
    asked = sorted(int(request.query["page_no"]) for request in realtimekit_emulator.requests)
    assert asked == list(range(1, 45 // per_page + 2))


@pytest.mark.parametrize(("per_page", "served", "pages"), [(None, 100, 3), (1000, 10, 5)])
def test_the_service_decides_about_the_page_size(
    realtimekit_emulator: Emulator, connect: Connect, per_page: int | None, served: int, pages: int
) -> None:
    realtimekit_emulator.max_per_page = served
    added = ids(realtimekit_emulator.add_meetings(45))
    assert [meeting.id for meeting in connect(realtimekit_emulator).items(per_page=per_page)] == added
    assert {request.query.get("per_page") for request in realtimekit_emulator.requests} == {per_page and str(per_page)}
    assert len(realtimekit_emulator.requests) == pages


def test_an_empty_app_costs_one_request(realtimekit_emulator: Emulator, connect: Connect) -> None:
    assert connect(realtimekit_emulator).items() == []
    assert len(realtimekit_emulator.requests) == 1
    (page,) = connect(realtimekit_emulator).pages()
    assert (page.data, page.paging.total_count) == ([], 0)


def test_pages_come_as_the_service_sent_them(realtimekit_emulator: Emulator, connect: Connect) -> None:
    added = ids(realtimekit_emulator.add_meetings(45))
    pages = connect(realtimekit_emulator).pages(per_page=20)
    assert [len(page.data) for page in pages] == [20, 20, 5]
    assert [meeting.id for page in pages for meeting in page.data] == added
    assert [page.paging.start_offset for page in pages] == [1, 21, 41]
    assert {page.paging.total_count for page in pages} == {45}


def test_filters_are_times_with_both_ends_included(realtimekit_emulator: Emulator, connect: Connect) -> None:
    days = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (1, 2, 3, 4)]
    realtimekit_emulator.add_meetings([{"created_at": day.isoformat()} for day in days])
    meetings = connect(realtimekit_emulator).items(start_time=days[1], end_time=days[2], per_page=1)
    assert [meeting.created_at for meeting in meetings] == [days[2], days[1]]
    # The requests for later pages have the same arguments. Those under way at once come in any order.
    expected = {"start_time": "2026-01-02T12:00:00Z", "end_time": "2026-01-03T12:00:00Z", "per_page": "1"}
    queries = sorted((request.query for request in realtimekit_emulator.requests), key=lambda query: query["page_no"])
    assert queries == [{**expected, "page_no": str(number)} for number in (1, 2, 3)]


def test_leaving_the_loop_early_drops_what_is_under_way(connect: Connect) -> None:
    # A server of its own: a request that was dropped may arrive late, and must not count in the next test.
    with Emulator() as emulator:
        added = ids(emulator.add_meetings(400))
        threads = threading.active_count()
        meetings = connect(emulator, prefetch=4).items(most=21, per_page=20)
        assert [meeting.id for meeting in meetings] == added[:21]
        # The first page alone, then at most four together.
        assert len(emulator.requests) <= 5
        # A page under way takes two threads: one for the call, and for a moment one that opens the connection.
        assert threading.active_count() <= threads + 2 * 4


@pytest.mark.parametrize("prefetch", [1, 4])
def test_a_list_goes_on_where_a_page_failed(realtimekit_emulator: Emulator, connect: Connect, prefetch: int) -> None:
    added = ids(realtimekit_emulator.add_meetings(45))
    failures: list[Exception] = []
    realtimekit_emulator.fail_next(status=500, times=2)
    api = connect(realtimekit_emulator, prefetch=prefetch, max_retries=0)
    meetings = api.items_despite(failures, per_page=10)
    assert [meeting.id for meeting in meetings] == added
    assert [type(failure) for failure in failures] == [ServerError, ServerError]


def test_an_unknown_app_is_an_error_and_not_an_empty_list(realtimekit_emulator: Emulator, connect: Connect) -> None:
    realtimekit_emulator.add_meetings(1)
    api = connect(realtimekit_emulator)
    api.app = "another-app"
    with pytest.raises(NotFoundError):
        api.items()


def test_requests_stay_within_what_the_service_says_is_left(connect: Connect) -> None:
    with Emulator(rate_limit=(8, 1.0)) as emulator:
        emulator.add_meetings(30)
        assert len(connect(emulator, patient=True).items(per_page=2)) == 30
        assert {request.status for request in emulator.requests} == {200}
