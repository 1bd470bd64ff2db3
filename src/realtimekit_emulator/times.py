"""RFC 3339 date-times as numbers that can be compared: microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["format_time", "is_time", "parse_time"]

# `fromisoformat` also accepts dates, weeks, times without an offset, and more.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def parse_time(text: str) -> int:
    """Read an RFC 3339 date-time; digits after the microseconds are dropped.

    Raises:
        ValueError: If the text is anything else, has no offset, or is a leap second or in the year 0, which Python's
            datetime cannot hold.
    """
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError(f"{text[:64]!r} is not an RFC 3339 date-time")
    return (datetime.fromisoformat(text.upper()) - _EPOCH) // _MICROSECOND


def is_time(text: str) -> bool:
    """Whether `parse_time` can read the text."""
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def format_time(microseconds: int) -> str:
    """Write a time of the years 1 to 9999 as the service does: in UTC, with milliseconds."""
    time = _EPOCH + timedelta(microseconds=microseconds)
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
