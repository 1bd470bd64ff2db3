"""Filters and pages, compared with a model of a few lines of Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtimekit_emulator import Emulator, EmulatorError
from realtimekit_emulator.index import Page, TimeIndex

from .conftest import CONTRACT

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
# Few different times, so that ties and hits on the ends of a range are common.
times = st.builds(
    lambda step, minutes: (FIRST + timedelta(milliseconds=500 * step)).astimezone(timezone(timedelta(minutes=minutes))),
    st.integers(0, 12),
    st.sampled_from([0, 330, -480]),
)
numbers = st.one_of(st.integers(0, 12), st.floats(0, 12), st.sampled_from([5e-324, 1e308, 2**70]))
queries = st.fixed_dictionaries(
    {},
    optional={
        "page_no": numbers,
        "per_page": numbers,
        "start_time": times,
        "end_time": times,
        "search": st.sampled_from(["", "1", "ROOM 2", "straße", "none"]),
        "status": st.sampled_from(["ACTIVE", "INACTIVE"]),
    },
)
STATUSES = ("ACTIVE", "INACTIVE", None)


def meeting(place: int, created: datetime) -> dict[str, Any]:
    title, status = f"Room {place}, STRASSE", STATUSES[place % 3]
    return {"id": str(place), "created_at": created.isoformat(), "title": title} | (
        {"status": status} if status else {}
    )


def model(created: list[datetime], query: dict[str, Any]) -> dict[str, Any]:
    start, end = query.get("start_time", FIRST - timedelta(1)), query.get("end_time", FIRST + timedelta(1))
    found = [place for place, time in enumerate(created) if start <= time <= end]
    if "status" in query:
        found = [place for place in found if STATUSES[place % 3] == query["status"]]
    if "search" in query:
        found = [place for place in found if query["search"].casefold() in f"room {place}, strasse"]
    found.sort(key=lambda place: (created[place], place), reverse=True)
    page, size = max(1, int(query.get("page_no", 1))), min(int(query.get("per_page", 20)), 100)
    first = (page - 1) * size
    shown = found[first : first + size] if first < len(found) else []
    return {
        "ids": [str(place) for place in shown],
        "start_offset": first + 1 if shown else 0,
        "end_offset": first + len(shown),
        "total_count": len(found),
    } | ({} if shown else {"end_offset": 0})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(created=st.lists(times, max_size=30), asked=st.lists(queries, min_size=1, max_size=4))
def test_pages_and_filters_are_those_of_the_model(
    live: Emulator, get: Any, created: list[datetime], asked: list[dict[str, Any]]
) -> None:
    live.reset()
    meetings = [meeting(place, time) for place, time in enumerate(created)]
    # In two steps: the later ones have to find their places among the others.
    live.add_meetings(meetings[:10])
    live.add_meetings(meetings[10:20])
    for number, query in enumerate(asked):
        if number == 1:
            # A filtered list that was read before has the newer meetings too.
            live.add_meetings(meetings[20:])
        sent = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in query.items()}
        response = get(f"?{urlencode(sent)}")
        assert response.status_code == 200, response.text
        body = response.json()
        assert body["success"] is True
        assert {"ids": [meeting["id"] for meeting in body["data"]], **body["paging"]} == model(
            created if number else created[:20], query
        )


@pytest.mark.parametrize("value", ["1", "1.5", "1e0", "0", "0.5", "5e-324", "10E-1", "-0"])
def test_a_number_is_a_page_and_its_fraction_is_dropped(emulator: Emulator, get: Any, value: str) -> None:
    emulator.add_meetings(3)
    assert get(f"?per_page=2&page_no={value}").json()["paging"]["start_offset"] == 1


@pytest.mark.parametrize("value", ["1e308", "1e999", "9" * 5000, "9223372036854775808"])
@pytest.mark.parametrize("name", ["page_no", "per_page"])
def test_a_huge_number_does_not_overflow(emulator: Emulator, get: Any, name: str, value: str) -> None:
    emulator.add_meetings(3)
    body = get(f"?{name}={value}").json()
    assert len(body["data"]) == (0 if name == "page_no" else 3)
    assert body["paging"]["total_count"] == 3


@pytest.mark.parametrize("value", ["AAA", "", "NaN", "inf", "-1", "-1e-9", "1_0", "0x1", "%201", "1,2", "true", "null"])
@pytest.mark.parametrize("name", ["page_no", "per_page"])
def test_a_number_below_0_or_no_number_is_400(get: Any, name: str, value: str) -> None:
    response = get(f"?{name}={value}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["source"]["pointer"] == f"/query/{name}"
    assert name in error["message"]


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00%2B24:00", "2024-01-01T00:00:60Z", "now", "1704067200", "",
        "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_a_time_that_is_not_rfc_3339_is_400(get: Any, value: str) -> None:
    # An unescaped plus is a space.
    response = get(f"?start_time={value}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"] == "/query/start_time"


@pytest.mark.parametrize(
    ("created", "start", "end", "count"),
    [
        ("2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.12345678901Z", 1),
        ("2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123457Z", "2025-01-01T00:00:00Z", 0),
        ("2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.123455Z", 0),
        ("2024-01-01T00:00:00Z", "0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59.999999-05:30", 1),
        ("2024-01-01t05:30:00+05:30", "2024-01-01T00:00:00.000Z", "2023-12-31T16:00:00-08:00", 1),
        ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2023-01-02T00:00:00Z", 0),
    ],
)
def test_times_are_compared_as_instants(
    emulator: Emulator, get: Any, created: str, start: str, end: str, count: int
) -> None:
    emulator.add_meetings({"created_at": created})
    query = urlencode({"start_time": start, "end_time": end})
    assert get(f"?{query}").json()["paging"]["total_count"] == count


def test_a_known_parameter_given_twice_is_400_and_an_unknown_one_is_ignored(get: Any) -> None:
    assert get("?page_no=1&page_no=2").status_code == 400
    assert get("?x=1&x=2&&=&page_size=AAA").status_code == 200


def test_a_filter_without_code_is_checked_and_logged_once(get: Any, caplog: pytest.LogCaptureFixture) -> None:
    # Its own emulator, since another test may have used the filter.
    with Emulator(contract=CONTRACT) as emulator:
        emulator.add_meetings(2)
        assert get("?x_filter=C", of=emulator).status_code == 400
        assert get("?page_no=1&per_page=2&start_time=2024-01-01T00:00:00Z&x_unknown=1", of=emulator).status_code == 200
        assert caplog.messages == []
        for value in ("A", "B"):
            assert get(f"?x_filter={value}", of=emulator).json()["paging"]["total_count"] == 2
    assert caplog.messages == ["the emulator has no code for the filter `x_filter`: it is ignored"]


def test_pages_are_of_20_and_clamped_at_100_unless_told_otherwise(emulator: Emulator, get: Any) -> None:
    emulator.add_meetings(130)

    def size(query: str) -> int:
        return len(get(query).json()["data"])

    assert [size(""), size("?per_page=130"), size("?per_page=0")] == [20, 100, 0]
    emulator.max_per_page = 7
    assert [size(""), size("?per_page=130")] == [7, 7]
    emulator.max_per_page = None
    assert size("?per_page=1e9") == 130


def test_a_reset_in_the_middle_of_a_request_does_not_break_it(
    emulator: Emulator, get: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.add_meetings(3)
    find = TimeIndex.page
    added: list[dict[str, Any]] = []

    def find_then_reset(*arguments: Any) -> Page:
        page = find(*arguments)
        if not added:
            emulator.reset()
            added.extend(emulator.add_meetings(2))
        return page

    monkeypatch.setattr(TimeIndex, "page", find_then_reset)
    response = get()
    assert (response.status_code, response.json()["data"]) == (200, added[::-1])


def test_meetings_come_back_whole(emulator: Emulator, get: Any) -> None:
    meeting = {
        "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
        "created_at": "2019-12-27T18:11:19.117Z",
        "updated_at": "2019-12-27T18:11:19.117Z",
        "title": None,
        "status": "PAUSED",
        "new": {"nested": [1, 1.5, 10**30, None, "\u2028 \ud800 \x00 ü 🚀"]},
    }
    assert emulator.add_meetings([meeting]) == [meeting]
    assert get().json()["data"] == [json.loads(json.dumps(meeting))]


@pytest.mark.parametrize(
    "meeting",
    [{"id": 1}, {"created_at": "yesterday"}, {"created_at": 5}, {"x": float("nan")}, {"x": {1, 2}}, "meeting"],
)
def test_a_broken_meeting_is_refused_and_nothing_is_added(emulator: Emulator, get: Any, meeting: Any) -> None:
    with pytest.raises(EmulatorError):
        emulator.add_meetings([{"title": "good"}, meeting])
    assert get().json()["paging"]["total_count"] == 0
