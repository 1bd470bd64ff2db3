"""Client → emulator → client: a caller gets what the database has, while meetings are added and changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from realtimekit_emulator import Emulator
from tests.clients import Api, AsyncApi, SyncApi

from .judge import is_same
from .turned import values

MEETING = {"$ref": "#/components/schemas/Meeting"}
DEFAULT_PER_PAGE = 20

# A few times near each other: some are equal, and some are the ends of filters.
_TIES = [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000001Z",
    "2026-01-31T12:00:00.0000010Z", "2026-01-31T11:59:59.999999Z", "2026-01-31T12:00:01Z", "2026-02-01t00:00:00z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-23:59",
]  # fmt: skip
_IDS = [f"00000000-0000-4000-8000-{number:012x}" for number in range(30)]
_OFFSETS = st.sampled_from([timezone(timedelta(minutes=minutes)) for minutes in (0, 330, 1439, -1439)])

times = st.datetimes(timezones=_OFFSETS)
created_at = st.sampled_from(_TIES) | times.map(datetime.isoformat)
filter_times = st.sampled_from([datetime.fromisoformat(text.upper()) for text in _TIES]) | times


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """What a caller asks for. Few filters match nothing, and few pages are beyond the last."""
    query: dict[str, Any] = {}
    for name in ("start_time", "end_time"):
        if draw(st.integers(0, 2)) == 0:
            query[name] = draw(filter_times)
    if draw(st.integers(0, 2)) == 0:
        query["page_no"] = draw(st.integers(0, 4) | st.sampled_from([10**6, 2**63, 10**25]))
    if draw(st.integers(0, 3)):
        query["per_page"] = draw(st.integers(0, 7) | st.sampled_from([1, 2, 20, 100, 1000, 2**63, 10**25]))
    return query


@st.composite
def some_meetings(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Meetings as the contract allows them, many of them nearly equal."""
    ids = draw(st.permutations(_IDS))[: draw(st.integers(1, 12))]
    samples = draw(st.lists(values(MEETING), min_size=1, max_size=2))
    return [{**draw(st.sampled_from(samples)), "id": each, "created_at": draw(created_at)} for each in ids]


class AppOverTime(RuleBasedStateMachine):
    """An app with its meetings, and a model of it: newest first; of equally old ones, the one added later."""

    def __init__(self, emulator: Emulator, apis: list[Api]) -> None:
        super().__init__()
        emulator.reset()
        self.emulator, self.apis = emulator, apis
        self.meetings: dict[str, dict[str, Any]] = {}

    @initialize(meetings=some_meetings())
    def start(self, meetings: list[dict[str, Any]]) -> None:
        self.add_or_replace(meetings)

    @rule(meetings=some_meetings() | st.integers(1, 30))
    def add_or_replace(self, meetings: list[dict[str, Any]] | int) -> None:
        """A meeting with a known id replaces the old one and keeps its place among those of the same time."""
        self.meetings |= {meeting["id"]: meeting for meeting in self.emulator.add_meetings(meetings)}

    @rule(size=st.none() | st.integers(1, 5) | st.just(100))
    def clamp(self, size: int | None) -> None:
        self.emulator.max_per_page = size

    @rule(query=queries())
    def read(self, query: dict[str, Any]) -> None:
        """Both clients read the page and the list that a query gives, and both are what the model has."""
        found = self.matching(query.get("start_time"), query.get("end_time"))
        size = min(query.get("per_page", DEFAULT_PER_PAGE), self.emulator.max_per_page or 10**30)
        rest = found[max(0, query.get("page_no", 1) - 1) * size :] if size else []
        page = rest[:size]
        for api in self.apis:
            first = api.first_page(**query)
            # A loop refuses pages of no items, which would never reach the end.
            read = api.items(**query) if size else []
            for meetings, wanted in ((read, rest), (first.data, page)):
                written = [meeting.to_dict() for meeting in meetings]
                assert [meeting["id"] for meeting in written] == [meeting["id"] for meeting in wanted]
                assert is_same({"items": MEETING}, wanted, written)
            assert first.paging.total_count == len(found)
            if page:
                assert first.paging.end_offset - first.paging.start_offset + 1 == len(page)
                assert len(found) - first.paging.start_offset + 1 == len(rest)

    def matching(self, start: datetime | None, end: datetime | None) -> list[dict[str, Any]]:
        """All meetings between two times, both included."""
        by_time = [
            (datetime.fromisoformat(meeting["created_at"].upper()), meeting) for meeting in self.meetings.values()
        ]
        by_time.sort(key=lambda pair: pair[0])
        # Reversed as a whole, so that the last of equals comes first.
        return [
            meeting
            for created, meeting in reversed(by_time)
            if (start is None or created >= start) and (end is None or created <= end)
        ]


def test_both_clients_read_what_the_database_has() -> None:
    with Emulator(record=False) as emulator:
        apis: list[Api] = [kind(emulator, max_retries=0, prefetch=3) for kind in (SyncApi, AsyncApi)]
        with apis[0], apis[1]:
            run_state_machine_as_test(
                lambda: AppOverTime(emulator, apis),  # type: ignore[arg-type]  # it takes any factory
                settings=settings(max_examples=40, stateful_step_count=12),
            )
