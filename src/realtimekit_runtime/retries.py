"""When a request is tried again, and after how long. No waiting happens here."""

from __future__ import annotations

import random
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Backoff", "is_retryable_status", "retry_after"]

# Methods that may be sent twice without harm (RFC 9110, 9.2.2).
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0
_DIGITS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


class Backoff:
    """Full jitter: a random delay below a bound that doubles with every retry, from 0.5 s up to 8 s."""

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._bound = _FIRST_DELAY

    def delay(self) -> float:
        """Seconds to wait before the next retry."""
        delay = self._uniform(0.0, self._bound)
        self._bound = min(self._bound * 2, _LONGEST_DELAY)
        return delay


def is_retryable_status(status: int) -> bool:
    """Whether a response with this status may be better next time: 408, 429 and every 5xx (the edge's 520-530 too)."""
    return status in (408, 429) or 500 <= status <= 599


def retry_after(header: str | None, now: Callable[[], float] = time.time) -> float | None:
    """Seconds that a `Retry-After` asks to wait: a number of seconds, or a date; None where it says neither.

    Of several headers, which arrive joined by commas, the longest wait counts.
    """
    if header is None:
        return None
    numbers: list[str] = []
    others: list[str] = []
    for part in header.split(","):
        (numbers if _DIGITS.fullmatch(part.strip()) else others).append(part)
    waits = [float(number) for number in numbers]
    # A date has a comma of its own.
    at = _date(",".join(others))
    if at is not None:
        waits.append(max(0.0, at - now()))
    return max(waits, default=None)


def _date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if at.tzinfo is None else at.timestamp()
