"""Client → emulator → client: a caller gets what the database has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from realtimekit import AsyncClient, Client
from realtimekit_emulator import Emulator

from .judge import is_same
from .meetings_model import MeetingsModel, Query
from .times import python_time
from .values import item_schema, time_texts, values

LIST = "list_meetings"
MEETING = item_schema(LIST)

# A few times near each other, so that some are equal and filters have them at their ends.
_TIES = [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000001Z",
    "2026-01-31T12:00:00.0000010Z", "2026-01-31T11:59:59.999999Z", "2026-01-31T12:00:01Z", "2026-02-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-23:59",
]  # fmt: skip
_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_IDS = [f"00000000-0000-4000-8000-{number:012x}" for number in range(30)]

created_at = st.sampled_from(_TIES) | time_texts()
filter_times = (
    st.sampled_from([_NOON, _NOON.astimezone(timezone(timedelta(hours=-5))), _NOON + timedelta(microseconds=1)])
    | st.integers(-2, 2).map(lambda seconds: _NOON + timedelta(seconds=seconds))
    | time_texts().map(python_time)
)


def _mostly(value: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*(st.just(value) for _ in range(2 * len(others))), *others)


# Few filters that match nothing and few pages beyond the last, so that most lists have several pages.
queries = st.builds(
    Query,
    _mostly(None, filter_times),
    _mostly(None, filter_times),
    _mostly(None, st.integers(0, 4), st.sampled_from([10**6, 2**63, 10**25])),
    st.none() | st.integers(1, 4) | st.integers(0, 7) | st.sampled_from([20, 100, 1000, 2**63, 10**25]),
)
clamps = st.none() | st.integers(1, 5) | st.just(100)


@st.composite
def some_meetings(draw: st.DrawFn, most: int = 12) -> list[dict[str, Any]]:
    """Meetings as the contract allows them and the service sends them: odd ones, and many that are nearly equal."""
    ids = draw(st.permutations(_IDS))[: draw(st.integers(0, most))]
    samples = draw(st.lists(values(MEETING), min_size=1, max_size=2))
    return [{**draw(st.sampled_from(samples)), "id": each, "created_at": draw(created_at)} for each in ids]


class Loop:
    """An emulator, and both clients of it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        settings: dict[str, Any] = {
            "api_token": emulator.api_token,
            "account_id": emulator.account_id,
            "base_url": emulator.base_url,
            "max_retries": 0,
            "prefetch": 3,
        }
        self.client = Client(**settings)
        self.async_client = AsyncClient(**settings)
        self.runner = asyncio.Runner()

    def close(self) -> None:
        self.client.close()
        self.runner.run(self.async_client.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with Emulator(record=False) as emulator, closing(Loop(emulator)) as made:
        yield made


def check(loop: Loop, model: MeetingsModel, query: Query) -> None:
    """Read everything that a query gives with both clients, and compare it with the model."""
    expected, page, total = model.rest(query), model.page(query), len(model.matching(query))
    pager = loop.client.meetings.list(loop.emulator.app_id, **query.arguments)
    async_pager = loop.async_client.meetings.list(loop.emulator.app_id, **query.arguments)

    # A loop refuses pages of no items, which would never reach the end.
    is_loop = query.per_page != 0

    async def read_async() -> tuple[list[Any], Any]:
        return [meeting async for meeting in async_pager] if is_loop else [], await async_pager.first_page()

    read, first = list(pager) if is_loop else [], pager.first_page()
    async_read, async_first = loop.runner.run(read_async())
    for meetings, wanted in ((read, expected), (async_read, expected), (first.data, page), (async_first.data, page)):
        written = [meeting.to_dict() for meeting in meetings]
        assert [meeting["id"] for meeting in written] == [meeting["id"] for meeting in wanted]
        assert is_same({"items": MEETING}, wanted, written)
    assert first == async_first
    assert first.paging.total_count == total
    if page:
        assert first.paging.end_offset - first.paging.start_offset + 1 == len(page)
        assert total - first.paging.start_offset + 1 == len(expected)


@settings(max_examples=50)
@given(meetings=some_meetings(), query=queries, clamp=clamps)
def test_both_clients_read_what_the_database_has(
    loop: Loop, meetings: list[dict[str, Any]], query: Query, clamp: int | None
) -> None:
    loop.emulator.reset()
    loop.emulator.add_meetings(meetings)
    model = MeetingsModel()
    model.add(meetings)
    loop.emulator.max_per_page = model.max_per_page = clamp
    check(loop, model, query)


class AppOverTime(RuleBasedStateMachine):
    """An app over time: meetings are added and changed, the largest page changes, and readers get what is there."""

    loop: Loop

    @initialize()
    def start(self) -> None:
        self.loop.emulator.reset()
        self.model = MeetingsModel()
        self.loop.emulator.max_per_page = self.model.max_per_page

    @rule(meetings=some_meetings(most=5))
    def add_or_replace(self, meetings: list[dict[str, Any]]) -> None:
        self.model.add(self.loop.emulator.add_meetings(meetings) if meetings else [])

    @rule(count=st.integers(1, 30))
    def make_up(self, count: int) -> None:
        self.model.add(self.loop.emulator.add_meetings(count))

    @rule(clamp=clamps)
    def clamp(self, clamp: int | None) -> None:
        self.loop.emulator.max_per_page = self.model.max_per_page = clamp

    @rule(query=queries)
    def read(self, query: Query) -> None:
        check(self.loop, self.model, query)


def test_both_clients_read_what_the_database_has_while_it_changes(loop: Loop) -> None:
    class Bound(AppOverTime):
        pass

    Bound.loop = loop
    Bound.TestCase.settings = settings(max_examples=15, stateful_step_count=12)
    Bound.TestCase("runTest").debug()
