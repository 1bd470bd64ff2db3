"""Times as people write them; a text with two meanings is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from realtimekit_cli.times import parse_date, parse_time

# 16:04:05 in Berlin, where daylight saving time ended on 25 October.
NOW = datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-03", "2026-11-03T00:00:00+01:00"),
        ("2026-07-03", "2026-07-03T00:00:00+02:00"),
        ("2026-11-03 14:30", "2026-11-03T14:30:00+01:00"),
        ("2026-11-03T14:30:15.25Z", "2026-11-03T14:30:15.250000+00:00"),
        ("2026-11-03 14:30+05:30", "2026-11-03T14:30:00+05:30"),
        ("2026-11-03 14:30 UTC", "2026-11-03T14:30:00+00:00"),
        ("20261103", "2026-11-03T00:00:00+01:00"),
        ("2026/02/01", "2026-02-01T00:00:00+01:00"),
        ("3 Nov 2026 2pm", "2026-11-03T14:00:00+01:00"),
        ("Tue, 3 Nov 2026", "2026-11-03T00:00:00+01:00"),
        ("13/04/2026", "2026-04-13T00:00:00+02:00"),
        ("4/13/2026", "2026-04-13T00:00:00+02:00"),
        ("4/4/2026", "2026-04-04T00:00:00+02:00"),
        ("10 May", "2026-05-10T00:00:00+02:00"),
        ("Nov 2026", "2026-11-01T00:00:00+01:00"),
        ("2026", "2026-01-01T00:00:00+01:00"),
        ("10:30", "2026-11-23T10:30:00+01:00"),
        ("now", "2026-11-23T15:04:05+00:00"),
        (" Today ", "2026-11-23T00:00:00+01:00"),
        ("yesterday", "2026-11-22T00:00:00+01:00"),
        ("1 minute ago", "2026-11-23T15:03:05+00:00"),
        ("2 hours ago", "2026-11-23T13:04:05+00:00"),
        ("3 days ago", "2026-11-20T16:04:05+01:00"),
        ("2  weeks AGO", "2026-11-09T16:04:05+01:00"),
        ("30 days ago", "2026-10-24T16:04:05+02:00"),
        ("1 month ago", "2026-10-23T16:04:05+02:00"),
        ("1 year ago", "2025-11-23T16:04:05+01:00"),
    ],
)
def test_reads(text: str, expected: str) -> None:
    value = parse_time(text, NOW)
    assert value.utcoffset() is not None
    assert value.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a time"),
        ("foo", "not a time"),
        ("2026-02-30", "not a time"),
        ("2026-11-03T25:00", "not a time"),
        ("2026-11-03T10:30:00+25:00", "not a time"),
        ("1700000000", "not a time"),
        ("9" * 400, "not a time"),
        ("in 3 days", "not a time"),
        ("5", "not a whole date"),
        ("Nov", "not a whole date"),
        ("Monday", "before or after today"),
        ("03/04/2026", "could be two dates: write it as in 2026-03-04"),
        ("10.11.2026", "could be two dates"),
        ("2026-11-03 10:00 EST", "unknown time zone"),
        ("9999 years ago", "too far away"),
        ("999999 days ago", "too far away"),
    ],
)
def test_refuses(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_time(text, NOW)


def test_now_is_the_current_time() -> None:
    assert abs(parse_time("now") - datetime.now(UTC)) < timedelta(seconds=10)


def test_days() -> None:
    assert parse_date("yesterday", NOW) == date(2026, 11, 22)
