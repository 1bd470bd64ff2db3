"""Client → emulator → client: a caller gets what the database has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from realtimekit_emulator import Emulator
from tests.clients import Api, AsyncApi, SyncApi

from .judge import is_same
from .turned import values

MEETING = {"$ref": "#/components/schemas/Meeting"}
DEFAULT_PER_PAGE = 20

# A few times near each other, so that some are equal and filters have them at their ends.
_TIES = [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000001Z",
    "2026-01-31T12:00:00.0000010Z", "2026-01-31T11:59:59.999999Z", "2026-01-31T12:00:01Z", "2026-02-01t00:00:00z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-23:59",
]  # fmt: skip
_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_IDS = [f"00000000-0000-4000-8000-{number:012x}" for number in range(30)]
_OFFSETS = st.sampled_from([timezone(timedelta(minutes=minutes)) for minutes in (0, 330, 1439, -1439)])

times = st.datetimes(timezones=_OFFSETS)
created_at = st.sampled_from(_TIES) | times.map(datetime.isoformat)
filter_times = (
    st.sampled_from([_NOON, _NOON.astimezone(timezone(timedelta(hours=-5))), _NOON + timedelta(microseconds=1)])
    | st.integers(-2, 2).map(lambda seconds: _NOON + timedelta(seconds=seconds))
    | times
)


@dataclass(frozen=True)
class Query:
    """What a caller asks for."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    page_no: int | None = None
    per_page: int | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the SDK's method."""
        return {name: value for name, value in vars(self).items() if value is not None}


class MeetingsModel:
    """Meetings, newest first; if two were created at the same time, the one added later comes first."""

    def __init__(self) -> None:
        self.meetings: dict[str, dict[str, Any]] = {}
        self.max_per_page: int | None = 100

    def add(self, meetings: list[dict[str, Any]]) -> None:
        """Add meetings; one with a known id replaces the old one and keeps its place among those of the same time."""
        self.meetings.update({meeting["id"]: meeting for meeting in meetings})

    def matching(self, query: Query) -> list[dict[str, Any]]:
        """All meetings between the two times of a query; both ends are included."""
        by_time = [
            (datetime.fromisoformat(meeting["created_at"].upper()), meeting) for meeting in self.meetings.values()
        ]
        by_time.sort(key=lambda pair: pair[0])
        # Reversed as a whole, so that the last of equals comes first.
        return [
            meeting
            for created, meeting in reversed(by_time)
            if (query.start_time is None or created >= query.start_time)
            and (query.end_time is None or created <= query.end_time)
        ]

    def page_and_rest(self, query: Query) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """One page, and that page with all pages after it."""
        size = DEFAULT_PER_PAGE if query.per_page is None else query.per_page
        size = size if self.max_per_page is None else min(size, self.max_per_page)
        skipped = max(0, (1 if query.page_no is None else query.page_no) - 1) * size
        rest = self.matching(query)[skipped:] if size else []
        return rest[:size], rest


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
    """Meetings as the contract allows them, many of them nearly equal."""
    ids = draw(st.permutations(_IDS))[: draw(st.integers(0, most))]
    samples = draw(st.lists(values(MEETING), min_size=1, max_size=2))
    return [{**draw(st.sampled_from(samples)), "id": each, "created_at": draw(created_at)} for each in ids]


class Loop:
    """An emulator, both clients of it, and the model of its meetings."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.apis: list[Api] = [kind(emulator, max_retries=0, prefetch=3) for kind in (SyncApi, AsyncApi)]
        self.reset()

    def reset(self) -> None:
        self.emulator.reset()
        self.model = MeetingsModel()
        self.clamp(self.model.max_per_page)

    def clamp(self, size: int | None) -> None:
        self.emulator.max_per_page = self.model.max_per_page = size

    def add(self, meetings: list[dict[str, Any]] | int) -> None:
        self.model.add(self.emulator.add_meetings(meetings) if meetings else [])

    def check(self, query: Query) -> None:
        """Read everything that a query gives with both clients, and compare it with the model."""
        page, rest = self.model.page_and_rest(query)
        total = len(self.model.matching(query))
        for api in self.apis:
            first = api.first_page(**query.arguments)
            # A loop refuses pages of no items, which would never reach the end.
            read = api.items(**query.arguments) if query.per_page != 0 else []
            for meetings, wanted in ((read, rest), (first.data, page)):
                written = [meeting.to_dict() for meeting in meetings]
                assert [meeting["id"] for meeting in written] == [meeting["id"] for meeting in wanted]
                assert is_same({"items": MEETING}, wanted, written)
            assert first.paging.total_count == total
            if page:
                assert first.paging.end_offset - first.paging.start_offset + 1 == len(page)
                assert total - first.paging.start_offset + 1 == len(rest)


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with Emulator(record=False) as emulator:
        made = Loop(emulator)
        with made.apis[0], made.apis[1]:
            yield made


@settings(max_examples=50)
@given(meetings=some_meetings(), query=queries, clamp=clamps)
def test_both_clients_read_what_the_database_has(
    loop: Loop, meetings: list[dict[str, Any]], query: Query, clamp: int | None
) -> None:
    loop.reset()
    loop.add(meetings)
    loop.clamp(clamp)
    loop.check(query)


class AppOverTime(RuleBasedStateMachine):
    """An app over time: meetings are added and changed, the largest page changes, and readers get what is there."""

    loop: Loop

    @initialize()
    def start(self) -> None:
        self.loop.reset()

    @rule(meetings=some_meetings(most=5) | st.integers(1, 30))
    def add_or_replace(self, meetings: list[dict[str, Any]] | int) -> None:
        self.loop.add(meetings)

    @rule(clamp=clamps)
    def clamp(self, clamp: int | None) -> None:
        self.loop.clamp(clamp)

    @rule(query=queries)
    def read(self, query: Query) -> None:
        self.loop.check(query)


def test_both_clients_read_what_the_database_has_while_it_changes(loop: Loop) -> None:
    class Bound(AppOverTime):
        pass

    Bound.loop = loop
    Bound.TestCase.settings = settings(max_examples=15, stateful_step_count=12)
    Bound.TestCase("runTest").debug()
