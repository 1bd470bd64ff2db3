"""What the service says of the requests left: its `Ratelimit` header, and the time that a 429 asks for."""

from __future__ import annotations

import math
import re
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Quota"]

# `"default";r=50;t=30`: r requests left, t seconds until the window resets; several policies stand between commas.
_LEFT = re.compile(r";\s*r=([0-9]{1,12})\b")
_RESET = re.compile(r";\s*t=([0-9]{1,12})\b")


class Quota:
    """The quota of one token, as its responses report it. Shared by all requests of a client, from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left = math.inf
        self._resets_at = -math.inf
        self._blocked_until = -math.inf

    def learn(self, ratelimit: str | None) -> None:
        """Take in the `Ratelimit` header of a response."""
        tightest: tuple[int, int] | None = None
        for policy in (ratelimit or "").split(","):
            requests, reset = _LEFT.search(policy), _RESET.search(policy)
            if requests and reset:
                # Of two that leave the same, the one that lasts longer is the tighter.
                entry = int(requests[1]), -int(reset[1])
                tightest = min(tightest or entry, entry)
        if tightest is None:
            return
        left, seconds = tightest[0], -tightest[1]
        with self._lock:
            resets_at = self._clock() + seconds
            # Responses overtake each other: within a window what is left only shrinks. Seconds are whole, hence + 1.
            if self._clock() < self._resets_at and resets_at <= self._resets_at + 1:
                self._left = min(self._left, left)
            else:
                self._left, self._resets_at = left, resets_at

    def block(self, seconds: float) -> None:
        """Take in that the service wants no request for a time."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    def delay(self) -> float:
        """Seconds until the next request may go; 0 for at once."""
        with self._lock:
            now = self._clock()
            until = self._blocked_until
            if self._left <= 0:
                until = max(until, self._resets_at)
            return max(0.0, until - now)

    def room(self) -> float:
        """Requests that may be under way together without overrunning what is left."""
        with self._lock:
            return self._left if self._clock() < self._resets_at else math.inf
