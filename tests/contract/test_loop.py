"""The loop closed: client → server → client. What a caller asks for is what the database holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from .bridge import Bridge
from .calls import aware_datetimes
from .judge import is_same
from .meetings_model import MeetingsModel, Query
from .values import item_schema, time_texts, values

LIST = "list_meetings"
MEETING = item_schema(LIST)

# Few times, and near each other, so that they tie and filters meet them.
_TIES = [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000001Z",
    "2026-01-31T12:00:00.0000001Z", "2026-01-31T11:59:59.999999999Z", "2026-01-31T12:00:01Z", "2026-02-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-23:59",
]  # fmt: skip
_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_IDS = [f"00000000-0000-4000-8000-{number:012x}" for number in range(30)]

created_at = st.sampled_from(_TIES) | time_texts()
filter_times = (
    st.sampled_from([_NOON, _NOON.astimezone(timezone(timedelta(hours=-5))), _NOON + timedelta(microseconds=1)])
    | st.integers(-2, 2).map(lambda seconds: _NOON + timedelta(seconds=seconds))
    | aware_datetimes()
)


def _mostly(value: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*(st.just(value) for _ in range(2 * len(others))), *others)


# Filters that leave nothing and pages beyond the last are few, so that most lists have several pages.
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
    """Meetings as the contract allows them and the service sends them: odd ones, and many that are all alike."""
    ids = draw(st.permutations(_IDS))[: draw(st.integers(0, most))]
    samples = draw(st.lists(values(MEETING), min_size=1, max_size=2))
    return [{**draw(st.sampled_from(samples)), "id": each, "created_at": draw(created_at)} for each in ids]


@pytest.fixture(scope="module")
def bridge() -> Iterator[Bridge]:
    with Bridge() as made:
        yield made


def check(bridge: Bridge, model: MeetingsModel, query: Query) -> None:
    """Ask both clients for everything a query can give, and hold it against the model."""
    expected, page, total = model.rest(query), model.page(query), len(model.matching(query))
    pager = bridge.client.meetings.list(bridge.emulator.app_id, **query.arguments)
    async_pager = bridge.async_client.meetings.list(bridge.emulator.app_id, **query.arguments)

    # A loop refuses pages of no items, which would never reach the end.
    is_loop = query.per_page != 0

    async def read_async() -> tuple[list[Any], Any]:
        return [meeting async for meeting in async_pager] if is_loop else [], await async_pager.first_page()

    read, first = list(pager) if is_loop else [], pager.first_page()
    async_read, async_first = bridge.runner.run(read_async())
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
def test_what_is_asked_for_is_what_the_database_holds(
    bridge: Bridge, meetings: list[dict[str, Any]], query: Query, clamp: int | None
) -> None:
    bridge.emulator.reset()
    bridge.emulator.add_meetings(meetings)
    model = MeetingsModel()
    model.add(meetings)
    bridge.emulator.max_per_page = model.max_per_page = clamp
    check(bridge, model, query)


class Lives(RuleBasedStateMachine):
    """An app over time: meetings come and change, the clamp moves, and whoever asks gets what there is."""

    bridge: Bridge

    @initialize()
    def start(self) -> None:
        self.bridge.emulator.reset()
        self.model = MeetingsModel()
        self.bridge.emulator.max_per_page = self.model.max_per_page

    @rule(meetings=some_meetings(most=5))
    def add_or_replace(self, meetings: list[dict[str, Any]]) -> None:
        self.model.add(self.bridge.emulator.add_meetings(meetings) if meetings else [])

    @rule(count=st.integers(1, 30))
    def make_up(self, count: int) -> None:
        self.model.add(self.bridge.emulator.add_meetings(count))

    @rule(clamp=clamps)
    def clamp(self, clamp: int | None) -> None:
        self.bridge.emulator.max_per_page = self.model.max_per_page = clamp

    @rule(query=queries)
    def read(self, query: Query) -> None:
        check(self.bridge, self.model, query)


def test_what_is_asked_for_is_what_the_database_holds_as_it_changes(bridge: Bridge) -> None:
    class Bound(Lives):
        pass

    Bound.bridge = bridge
    Bound.TestCase.settings = settings(max_examples=15, stateful_step_count=12)
    Bound.TestCase("runTest").debug()
