"""Which requests are retried, and after how many seconds. The waiting itself is done elsewhere."""

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
# One of several values that commas separate. A date has a comma of its own, after the day of the week.
_NUMBER = re.compile(r"(?<![^,])\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(?![^,])")
_DATE = re.compile(r"\b[A-Za-z]{3,9},\s*[0-9][^,]+")


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
    """Whether a retry may help: after 408, 429 and every 5xx (also the edge's 520 to 530)."""
    return status in (408, 429) or 500 <= status <= 599


def retry_after(header: str | None, now: Callable[[], float] = time.time) -> float | None:
    """The seconds that a `Retry-After` asks to wait, as a number or a date; None if it is neither.

    If there are several, joined by commas, the longest wait counts.
    """
    waits = [float(found[1]) for found in _NUMBER.finditer(header or "")]
    dates = [_date(found[0]) for found in _DATE.finditer(header or "")]
    return max([*waits, *(max(0.0, date - now()) for date in dates if date is not None)], default=None)


def _date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if at.tzinfo is None else at.timestamp()
