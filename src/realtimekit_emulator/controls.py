"""What a test can set on an emulator: latency, page limit, faults and a quota; and the recorded requests."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import parse_qsl

from .responses import Response, usual_error

__all__ = ["Controls", "Failures", "Quota", "RecordedRequest"]

DEFAULT_MAX_PER_PAGE = 100
_MAX_RECORDED = 10_000


@dataclass
class RecordedRequest:
    """A request that the emulator received."""

    method: str
    path: str
    """As it was sent: percent-encoded, without the query string."""
    query_string: str
    headers: Mapping[str, str]
    """By lower-case name; the token is replaced with stars."""
    status: int | None = None
    """The status of the response; None until it is sent."""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the request arrived, in UTC."""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters, decoded; the last value of one that is repeated."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


class Quota:
    """A number of requests in every window of some seconds, for each token. The windows are fixed, not sliding."""

    def __init__(self, requests: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `requests` in every window of `seconds`."""
        self.requests, self.seconds = requests, seconds
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def spend(self, token: str) -> tuple[bool, int, int]:
        """Count a request.

        Returns:
            Whether it is within the quota, the requests left, and the seconds until the window ends (rounded up).
        """
        now = self._clock()
        ends, used = self._windows.get(token, (0.0, 0))
        if now >= ends:
            ends, used = now + self.seconds, 0
        used += 1
        self._windows[token] = ends, used
        return used <= self.requests, max(0, self.requests - used), max(1, int(-(-(ends - now) // 1)))

    @property
    def policy(self) -> str:
        """The value of `Ratelimit-Policy`."""
        return f'"default";q={self.requests};w={self.seconds:g}'


@dataclass
class Failures:
    """A share of all requests that fails, at random; the same seed fails the same ones in a row of requests.

    Raises:
        ValueError: If the share or a status is out of range, or there is no status.
    """

    share: float
    """From 0 (none) to 1 (all)."""
    statuses: Sequence[int] = (503,)
    """From 400 to 599; each failure has one of them, all equally often."""
    random_seed: int = 0
    _chance: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the numbers, and start from the seed."""
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of failures must be from 0 to 1, but is {self.share}")
        if not self.statuses or not all(400 <= status <= 599 for status in self.statuses):
            raise ValueError(f"the statuses of failures must be from 400 to 599, but are {self.statuses}")
        self._chance = random.Random(self.random_seed)  # noqa: S311 - made-up failures

    def next(self) -> Response | None:
        """How the next request fails; None if it does not."""
        # Only `random()` gives the same numbers in every version of Python.
        fails, which = self._chance.random() < self.share, int(self._chance.random() * len(self.statuses))
        return usual_error(self.statuses[which]) if fails else None


@dataclass
class Controls:
    """The settings of one test. Each test gets new ones, so that a late request of the test before is not recorded."""

    latency: float = 0.0
    max_per_page: int | None = DEFAULT_MAX_PER_PAGE
    quota: Quota | None = None
    faults: deque[Response] = field(default_factory=deque)
    requests: deque[RecordedRequest] | None = field(default_factory=lambda: deque(maxlen=_MAX_RECORDED))
    failures: Failures | None = None

    def next_fault(self) -> Response | None:
        """How the next request fails: as scripted, or else at random; None if it does not."""
        if self.faults:
            return self.faults.popleft()
        return self.failures.next() if self.failures else None
