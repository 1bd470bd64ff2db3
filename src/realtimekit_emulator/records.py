"""Meetings made ready to be stored: completed, and read only as far as the database must know them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .problems import EmulatorError
from .seeding import new_id
from .storage import Record
from .times import format_instant, parse_instant

__all__ = ["complete_meetings", "to_record"]

_FIRST = 1_735_689_600_000_000  # 2025-01-01T00:00:00Z: where the times of meetings given without one begin.
_LAST = 253_402_300_799_999_000  # 9999-12-31T23:59:59.999Z
_STEP = 1_000

# ASCII alone, since neither half a surrogate pair nor a zero byte can be stored as text everywhere.
_dump = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def to_record(meeting: Mapping[str, Any]) -> Record:
    """Make a meeting ready for the database; everything in it is kept.

    Raises:
        EmulatorError: If its `id` is no text, its `created_at` no RFC 3339 date-time, or something in it no JSON.
    """
    meeting_id, created_at = meeting.get("id"), meeting.get("created_at")
    if not isinstance(meeting_id, str) or not meeting_id:
        raise EmulatorError(f"A meeting's id has to be a text that is not empty, and is {meeting_id!r}.")
    try:
        microseconds, digits = parse_instant(created_at if isinstance(created_at, str) else "")
    except ValueError as error:
        raise EmulatorError(
            f"The created_at of meeting {meeting_id} has to be an RFC 3339 date-time such as 2025-01-31T12:00:00Z, "
            f"and is {created_at!r}."
        ) from error
    try:
        body = _dump(meeting)
        meeting_id.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise EmulatorError(f"Meeting {meeting_id!r} cannot be written as JSON: {error}.") from error
    return Record(meeting_id, microseconds, digits, body)


def complete_meetings(
    meetings: Iterable[Mapping[str, Any]], newest: int | None, count: int
) -> Iterator[dict[str, Any]]:
    """Give meetings what they lack of `id`, `created_at` and `updated_at`.

    A meeting without a time becomes the newest of all, a millisecond after the one before it: where a service would put
    it, and without a clock.

    Args:
        meetings: What the caller knows of them.
        newest: When the app's newest meeting was created, in microseconds since 1970.
        count: How many meetings the app has; ids follow from it.
    """
    chance = random.Random(f"add {count}")  # noqa: S311 - made-up data; a text, so as not to share numbers with the seeds
    latest = _FIRST - _STEP if newest is None else newest
    for given in meetings:
        if not isinstance(given, Mapping):
            raise EmulatorError(f"A meeting has to be a mapping, and is {type(given).__name__}.")
        meeting = {"id": given.get("id") or new_id(chance.getrandbits(128)), **given}
        if "created_at" not in meeting:
            latest = min(latest - latest % _STEP + _STEP, _LAST)
            meeting["created_at"] = format_instant(latest)
        meeting.setdefault("updated_at", meeting["created_at"])
        # The fields every meeting has come first, as the service sends them.
        yield {name: meeting.pop(name) for name in ("id", "created_at", "updated_at")} | meeting
