"""Make meetings ready for the database: add the fields that they lack, and read those that it has columns for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import EmulatorError
from .seeding import generate_meetings, new_id
from .storage import Record, Storage
from .times import format_time, parse_time

__all__ = ["complete_meetings", "seed_meetings", "to_record"]

_FIRST = 1_735_689_600_000_000  # 2025-01-01T00:00:00Z: when the first meeting without a time was created.
_LAST = 253_402_300_799_999_000  # 9999-12-31T23:59:59.999Z
_STEP = 1_000

# In ASCII, since half a surrogate pair and a zero byte cannot be stored as text in every database.
_dump = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def to_record(meeting: Mapping[str, Any]) -> Record:
    """Make a meeting ready for the database; all its fields are kept.

    Raises:
        EmulatorError: If its `id` is not a text, its `created_at` is not an RFC 3339 date-time, or JSON cannot hold it.
    """
    meeting_id, created_at = meeting.get("id"), meeting.get("created_at")
    if not isinstance(meeting_id, str) or not meeting_id:
        raise EmulatorError(f"A meeting's id must be a non-empty text, but is {meeting_id!r}.")
    try:
        microseconds = parse_time(created_at if isinstance(created_at, str) else "")
    except ValueError as error:
        raise EmulatorError(
            f"The created_at of meeting {meeting_id} must be an RFC 3339 date-time such as 2025-01-31T12:00:00Z, "
            f"but is {created_at!r}."
        ) from error
    try:
        body = _dump(meeting)
        meeting_id.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise EmulatorError(f"Meeting {meeting_id!r} cannot be written as JSON: {error}.") from error
    return Record(meeting_id, microseconds, body)


def complete_meetings(
    meetings: Iterable[Mapping[str, Any]], newest: int | None, count: int
) -> Iterator[dict[str, Any]]:
    """Give each meeting the `id`, `created_at` and `updated_at` that it lacks.

    A meeting without a time becomes the newest, a millisecond after the newest before it, as a service would order
    it. No clock is read.

    Args:
        meetings: The fields that the caller gives.
        newest: When the app's newest meeting was created, in microseconds since 1970; None if the app has none.
        count: How many meetings the app has; the new ids depend on it.

    Raises:
        EmulatorError: If one of them is not a mapping.
    """
    chance = random.Random(f"add {count}")  # noqa: S311 - made-up data; seeded with a text, which `seed` never is
    latest = _FIRST - _STEP if newest is None else newest
    for given in meetings:
        if not isinstance(given, Mapping):
            raise EmulatorError(f"A meeting must be a mapping, but is {type(given).__name__}.")
        meeting = {"id": given.get("id") or new_id(chance.getrandbits(128)), **given}
        if "created_at" not in meeting:
            latest = min(latest - latest % _STEP + _STEP, _LAST)
            meeting["created_at"] = format_time(latest)
        meeting.setdefault("updated_at", meeting["created_at"])
        # The fields that every meeting has come first, as the service sends them.
        yield {name: meeting.pop(name) for name in ("id", "created_at", "updated_at")} | meeting


def seed_meetings(storage: Storage, count: int, random_seed: int = 0, app_id: str | None = None) -> tuple[int, int]:
    """Add made-up meetings to an app, the default one without `app_id`; the same ones for the same `random_seed`.

    Returns:
        How many were added, and how many were there already.

    Raises:
        EmulatorError: If there is no such app.
    """
    records = map(to_record, generate_meetings(count, random_seed))
    return storage.write_meetings(storage.app(app_id).id, records)
