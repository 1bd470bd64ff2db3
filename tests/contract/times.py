"""RFC 3339 times to the last digit, and what Python makes of them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction

__all__ = ["canonical_time", "is_date_time", "python_time", "seconds"]

_HOURS_MINUTES = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DATE_TIME = re.compile(
    rf"(\d{{4}}-\d\d-\d\d)[Tt]({_HOURS_MINUTES}):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])({_HOURS_MINUTES}))", re.ASCII
)


def is_date_time(text: str) -> bool:
    """Whether a text is a time as RFC 3339 spells it (5.6)."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    day, minute, second = found.group(1, 2, 3)
    try:
        # Python has no year 0, which is a leap year as 400 is.
        date.fromisoformat(re.sub("^0000", "0400", day))
    except ValueError:
        return False
    # Second 60 is a leap second, at the end of a day in UTC.
    utc = datetime.fromisoformat(f"2000-01-02T{minute}") - _offset(found)
    return second != "60" or utc.time() == time(23, 59)


def python_time(text: str) -> datetime | None:
    """What an RFC 3339 time is in Python, None if Python has no such time."""
    found = _DATE_TIME.fullmatch(text)
    assert found is not None, text
    # Digits beyond microseconds are rounded.
    microseconds = int(_fraction(found) * 1_000_000 + Fraction(1, 2))
    try:
        rounded = _whole(found) + timedelta(microseconds=microseconds)
    except (ValueError, OverflowError):
        return None
    return rounded.replace(tzinfo=timezone(_offset(found)))


def seconds(text: str) -> Fraction:
    """Seconds since year 1 of an RFC 3339 time that Python has, to the last digit."""
    found = _DATE_TIME.fullmatch(text)
    assert found is not None, text
    since = _whole(found) - datetime(1, 1, 1) - _offset(found)  # noqa: DTZ001 - both are in UTC
    return since // timedelta(seconds=1) + _fraction(found)


def canonical_time(text: str) -> str:
    """The RFC 3339 spelling of a time that has a space instead of the T, or no colon in its offset."""
    text = re.sub(r"^(.{10}) ", r"\1T", text)
    return re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)


def _whole(found: re.Match[str]) -> datetime:
    return datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}")


def _fraction(found: re.Match[str]) -> Fraction:
    digits = found[4] or ""
    return Fraction(int(digits or 0), 10 ** len(digits))


def _offset(found: re.Match[str]) -> timedelta:
    hours, minutes = (found[6] or "00:00").split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if found[5] == "-" else offset
