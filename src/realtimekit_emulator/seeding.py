"""Made-up meetings: the same seed gives the same ids, titles and dates on every machine."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from .times import format_time

__all__ = ["generate_meetings"]

T = TypeVar("T")

_FIRST_DAY = 1_672_531_200_000  # 2023-01-01T00:00:00Z in milliseconds. The clock would give other meetings every time.
_TWO_YEARS = 731 * 86_400_000
_HOUR = 3_600_000
_WHAT = (
    "Weekly sync", "Design review", "Interview", "Customer call", "Retrospective", "All hands", "Stand-up", "Demo",
    "Office hours", "Sprint planning", "Réunion d'équipe", "Jour fixe", "会議", "План недели", "🚀 Launch",
    'Lesson: "quotes" & <tags>',
)  # fmt: skip
_WHO = ("platform", "sales", "support", "finance", "Łódź office", "東京", "northern region", "class 7b", "board", "")
_OPTIONAL = ("live_stream_on_start", "persist_chat", "record_on_start", "summarize_on_end", "transcribe_on_end")
_CODECS = ("H264", "VP8")


def generate_meetings(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Make meetings over the years 2023 and 2024 (UTC), in no order.

    Each optional field is present or absent at random, and some meetings have fields that the contract does not have.
    The first meetings do not depend on `count`.
    """
    # Only `random()` and `getrandbits()` give the same numbers in every version of Python.
    chance = random.Random(seed)  # noqa: S311 - made-up data
    roll, bits = chance.random, chance.getrandbits

    def pick(choices: Sequence[T]) -> T:
        return choices[int(roll() * len(choices))]

    for number in range(count):
        created = _FIRST_DAY + int(roll() * _TWO_YEARS)
        updated = created if roll() < 0.5 else created + int(roll() * _HOUR)
        meeting: dict[str, Any] = {
            "id": new_id(bits(128)),
            "created_at": format_time(created * 1000),
            "updated_at": format_time(updated * 1000),
        }
        if roll() < 0.95:
            meeting["title"] = f"{pick(_WHAT)} {pick(_WHO)} {number + 1}".replace("  ", " ")
        status = roll()
        if status < 0.9:
            meeting["status"] = "ACTIVE" if status < 0.7 else "INACTIVE"
        for name in _OPTIONAL:
            value = roll()
            if value < 0.8:
                meeting[name] = value < 0.4
        if roll() < 0.7:
            meeting["session_keep_alive_time_in_secs"] = 60 + int(roll() * 541)
        if roll() < 0.2:
            config: dict[str, Any] = {"max_seconds": 60 + int(roll() * 86_340)}
            if roll() >= 0.3:
                config["file_name_prefix"] = f"rec-{bits(16)}"
            config["video_config"] = {"codec": pick(_CODECS), "width": 1280, "height": 720}
            meeting["recording_config"] = config
        yield meeting


def new_id(bits: int) -> str:
    """A UUID of version 4 from 128 random bits."""
    return str(uuid.UUID(int=bits, version=4))
