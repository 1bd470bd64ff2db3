"""RFC 3339 date-times as exact instants.

`datetime` stops at microseconds and at the years 1 to 9999; a filter must compare whatever the contract's `date-time`
allows, so an instant here is a pair: whole microseconds since 1970, and the digits beyond them.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TypeAlias

__all__ = ["Instant", "format_instant", "is_date_time", "parse_instant"]

Instant: TypeAlias = tuple[int, str]
"""Microseconds since 1970-01-01T00:00:00Z, and further decimal digits without trailing zeros. Compares as time does."""

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_MINUTE = 24 * 60 - 1
# `date` starts at year 1, RFC 3339 at year 0. The calendar repeats itself every 400 years.
_DAYS_IN_400_YEARS = 146_097


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 date-time; the offset is required, as the contract's `date-time` format has it.

    Raises:
        ValueError: If `text` is anything else, such as a time without an offset or a day the calendar lacks.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:64]!r} is not an RFC 3339 date-time")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    fraction, sign, offset_hour, offset_minute = match.group(4, 5, 6, 7)
    offset = 0
    if sign:
        if offset_hour > "23" or offset_minute > "59":
            raise ValueError(f"{text[:64]!r} has an impossible offset")
        offset = int(offset_hour) * 60 + int(offset_minute)
        if sign == "-":
            offset = -offset
    minutes = hour * 60 + minute - offset
    # Second 60 exists, but only as a leap second at the end of a UTC day.
    if hour > 23 or minute > 59 or second > (60 if minutes % 1440 == _LAST_MINUTE else 59):
        raise ValueError(f"{text[:64]!r} has an impossible time")
    microseconds = ((_day_number(text[:10]) * 1440 + minutes) * 60 + second) * 1_000_000
    if not fraction:
        return microseconds, ""
    return microseconds + int(fraction[:6].ljust(6, "0")), fraction[6:].rstrip("0")


def is_date_time(text: str) -> bool:
    """Whether `text` is an RFC 3339 date-time."""
    try:
        parse_instant(text)
    except ValueError:
        return False
    return True


def format_instant(microseconds: int) -> str:
    """The RFC 3339 spelling, in UTC with milliseconds, of a time within the years 1 to 9999."""
    days, rest = divmod(microseconds // 1_000, 86_400_000)
    seconds, milliseconds = divmod(rest, 1_000)
    minutes, second = divmod(seconds, 60)
    return f"{_day_text(days)}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{milliseconds:03d}Z"


@lru_cache(maxsize=4096)
def _day_number(text: str) -> int:
    """Days since 1970 of a date such as `2024-02-29`."""
    if text.startswith("0000"):
        return date.fromisoformat("0400" + text[4:]).toordinal() - _DAYS_IN_400_YEARS - _EPOCH_DAY
    return date.fromisoformat(text).toordinal() - _EPOCH_DAY


@lru_cache(maxsize=4096)
def _day_text(days: int) -> str:
    return date.fromordinal(days + _EPOCH_DAY).isoformat()
