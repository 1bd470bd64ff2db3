"""Times as people write them, read by python-dateutil; what it would guess is refused.

dateutil reads `Nov 2026` as today's day of that month, `Monday` as the next one and `03/04/2026` as Americans do, and
drops a time zone that it does not know. Each of these could silently list other items than the user means.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime

__all__ = ["HELP", "parse_date", "parse_time"]

HELP = (
    "Here also '3 Nov 2026 14:30', now, today, yesterday, '3 days ago'. Local time unless it has a time zone; "
    "a day without a time is its first moment."
)

_AGO = re.compile(r"(\d{1,6}) (second|minute|hour|day|week|month|year)s? ago")
_YEAR_FIRST = re.compile(r"\s*\d{4}")
_CLOCK_UNITS = frozenset({"second", "minute", "hour"})

# Two days that differ in every field, in leap years: a field that is the same with both was written in the text.
_PROBES = datetime(2000, 1, 1), datetime(2004, 2, 2)  # noqa: DTZ001 - only their fields are used


def parse_time(text: str, now: datetime | None = None) -> datetime:
    """Read a time; the result has an offset.

    Args:
        text: What the user typed.
        now: The current time, for tests.

    Raises:
        ValueError: If it is not a time, or could be several.
    """
    now = now or datetime.now(UTC)
    value = _relative(text, now) or _absolute(text, now)
    if value.tzinfo is not None:
        return value
    try:
        return value.astimezone()
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"{text!r} is too far away") from None


def parse_date(text: str, now: datetime | None = None) -> date:
    """Read a day.

    Raises:
        ValueError: If it is not a day, or could be several.
    """
    return parse_time(text, now).date()


def _relative(text: str, now: datetime) -> datetime | None:
    from dateutil.relativedelta import relativedelta

    words = " ".join(text.lower().split())
    wall = now.astimezone().replace(tzinfo=None)
    if words == "now":
        return now
    if words in ("today", "yesterday"):
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - relativedelta(days=int(words == "yesterday"))
    if not (ago := _AGO.fullmatch(words)):
        return None
    # An hour is always 60 minutes; a day ago is the same time of day, also when daylight saving time changes.
    start = now if ago[2] in _CLOCK_UNITS else wall
    try:
        past: datetime = start - relativedelta(**{f"{ago[2]}s": int(ago[1])})  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        raise ValueError(f"{text!r} is too far away") from None
    return past


def _absolute(text: str, now: datetime) -> datetime:
    first, second = (_read(text, probe) for probe in _PROBES)
    given = {name for name in ("year", "month", "day") if getattr(first, name) == getattr(second, name)}
    wall = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if not given:
        if (first.date(), second.date()) != tuple(probe.date() for probe in _PROBES):
            raise ValueError(f"{text!r} could be a day before or after today: write the date")
        return _read(text, wall)
    if given in ({"day"}, {"month"}, {"year", "day"}):
        raise ValueError(f"{text!r} is not a whole date: write it as in 2026-11-03")
    default = wall.replace(month=1, day=1)
    value = _read(text, default)
    # Month and day after a year have one order, which dateutil does not know.
    if not _YEAR_FIRST.match(text) and value != _read(text, default, dayfirst=True):
        raise ValueError(f"{text!r} could be two dates: write it as in {value:%Y-%m-%d}")
    return value


def _read(text: str, default: datetime, *, dayfirst: bool = False) -> datetime:
    from dateutil import parser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", parser.UnknownTimezoneWarning)
            value = parser.parse(text, default=default, dayfirst=dayfirst)
            value.utcoffset()  # Refuses an offset of a day or more.
            return value
    except parser.UnknownTimezoneWarning:
        raise ValueError(f"{text!r} names an unknown time zone: write its offset, as in +01:00") from None
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"{text!r} is not a time: write it as in '2026-11-03 14:30', yesterday or '3 days ago'")
