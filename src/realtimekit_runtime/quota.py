"""How many requests the service still allows: its `Ratelimit` header, and the waiting time that a 429 asks for."""

from __future__ import annotations

import math
import re
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Quota"]

# `"default";r=50;t=30`: r requests left, t seconds until the window resets. Commas separate several policies.
_LEFT = re.compile(r";\s*r=([0-9]{1,12})\b")
_RESET = re.compile(r";\s*t=([0-9]{1,12})\b")


class Quota:
    """The quota of one token, as the responses report it. All requests of a client share it, from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left = math.inf
        self._resets_at = -math.inf
        self._blocked_until = -math.inf

    def learn(self, ratelimit: str | None) -> None:
        """Learn from the `Ratelimit` header of a response."""
        tightest: tuple[int, int] | None = None
        for policy in (ratelimit or "").split(","):
            requests, reset = _LEFT.search(policy), _RESET.search(policy)
            if requests and reset:
                # With the same number left, the window that lasts longer is tighter.
                entry = int(requests[1]), -int(reset[1])
                tightest = min(tightest or entry, entry)
        if tightest is None:
            return
        left, seconds = tightest[0], -tightest[1]
        with self._lock:
            resets_at = self._clock() + seconds
            # Responses overtake each other, so the smallest number within a window is right. The time of its end may
            # differ by 1, because the header has whole seconds.
            if self._clock() < self._resets_at and resets_at <= self._resets_at + 1:
                self._left = min(self._left, left)
            else:
                self._left, self._resets_at = left, resets_at

    def block(self, seconds: float) -> None:
        """Remember that the service wants no request for some seconds."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    def delay(self) -> float:
        """Seconds until the next request may be sent; 0 if it may be sent at once."""
        with self._lock:
            now = self._clock()
            until = self._blocked_until
            if self._left <= 0:
                until = max(until, self._resets_at)
            return max(0.0, until - now)

    def room(self) -> float:
        """How many requests may be under way together within the quota."""
        with self._lock:
            return self._left if self._clock() < self._resets_at else math.inf
