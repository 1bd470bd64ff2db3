"""How many requests the service still allows: its `Ratelimit` header, and the waiting time that a 429 asks for."""

from __future__ import annotations

import math
import re
import threading
import time
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Quota", "RateLimit"]

# `"default";r=50;t=30`: r requests left, t seconds until the window resets. Commas separate several policies.
_LEFT = re.compile(r";\s*r=([0-9]{1,12})\b")
_RESET = re.compile(r";\s*t=([0-9]{1,12})\b")
# `"default";q=1200;w=300` in `Ratelimit-Policy`: q requests in every window of w seconds.
_LIMIT = re.compile(r";\s*q=([0-9]{1,12})(?![0-9.])")
_WINDOW = re.compile(r";\s*w=([0-9]{1,12})(?![0-9.])")


class RateLimit(NamedTuple):
    """The rate limit of a token, as the responses report it in `Ratelimit` and `Ratelimit-Policy`.

    Where they report several limits, this is the one with the fewest requests left.

    Attributes:
        remaining: How many requests are left in the window, from 0: the smallest number that a response has named.
        reset_after: Seconds until the window ends, from the moment at which you asked for the rate limit. 0.0 if it has
            ended since: then only the next response says how many requests are left.
        limit: How many requests a window allows, or None if the responses do not say.
        window: How many seconds a window lasts, or None if the responses do not say.
    """

    remaining: int
    reset_after: float
    limit: int | None
    window: int | None


# For mypy, it would be a field inside the class.
RateLimit.__module__ = "realtimekit"


class Quota:
    """The quota of one token, as the responses report it. All requests of a client share it, from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left = math.inf
        self._resets_at = -math.inf
        self._blocked_until = -math.inf
        # The name of the limit that was reported last, and the header that says how large it is.
        self._name, self._policies = "", ""

    def learn(self, ratelimit: str | None, policies: str | None = None) -> None:
        """Learn from the headers `Ratelimit` and `Ratelimit-Policy` of a response."""
        tightest: tuple[int, int, str] | None = None
        for policy in (ratelimit or "").split(","):
            requests, reset = _LEFT.search(policy), _RESET.search(policy)
            if requests and reset:
                # With the same number left, the window that lasts longer is tighter.
                entry = int(requests[1]), -int(reset[1]), _name(policy)
                tightest = min(tightest or entry, entry)
        if tightest is None:
            return
        left, seconds, name = tightest[0], -tightest[1], tightest[2]
        with self._lock:
            now = self._clock()
            # Responses overtake each other, so the smallest number within a window is right. The time of its end may
            # differ by 1, because the header has whole seconds.
            if name != self._name or now >= self._resets_at or now + seconds > self._resets_at + 1:
                self._resets_at = now + seconds
            elif left >= self._left:
                return
            self._left, self._name, self._policies = left, name, policies or ""

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

    def rate_limit(self) -> RateLimit | None:
        """What the responses have reported, or None if none has."""
        with self._lock:
            left, reset_after = self._left, max(0.0, self._resets_at - self._clock())
            name, policies = self._name, self._policies
        if math.isinf(left):
            return None
        policy = next((each for each in policies.split(",") if _name(each) == name), "")
        limit, window = _LIMIT.search(policy), _WINDOW.search(policy)
        return RateLimit(int(left), reset_after, int(limit[1]) if limit else None, int(window[1]) if window else None)


def _name(policy: str) -> str:
    return policy.partition(";")[0].strip()
