"""What a test may turn on one emulator: delays, clamps, faults, a quota, and the record of requests."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from .responses import Response, error

__all__ = ["Controls", "Quota", "RecordedRequest", "fault"]

DEFAULT_MAX_PER_PAGE = 100
_MOST_RECORDED = 10_000


@dataclass
class RecordedRequest:
    """A request the emulator got."""

    method: str
    path: str
    """As it was sent: percent-encoded, without the query."""
    query_string: str
    headers: Mapping[str, str]
    """By lower-case name; the token is replaced by stars."""
    status: int | None = None
    """The status of the response; None while there is none."""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the request came, in UTC."""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters, decoded; of one given repeatedly, the last."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


class Quota:
    """So many requests a window of so many seconds, for each token; windows do not slide."""

    def __init__(self, requests: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `requests` in every window of `seconds`."""
        self.requests, self.seconds = requests, seconds
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def spend(self, token: str) -> tuple[bool, int, int]:
        """Count a request.

        Returns:
            Whether it is within the quota, the requests left, and the whole seconds until the window ends (rounded up).
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
class Controls:
    """One test's settings. A fresh one for each test keeps a late response of the last one out of its record."""

    latency: float = 0.0
    max_per_page: int | None = DEFAULT_MAX_PER_PAGE
    quota: Quota | None = None
    faults: deque[Response] = field(default_factory=deque)
    requests: deque[RecordedRequest] | None = field(default_factory=lambda: deque(maxlen=_MOST_RECORDED))


def fault(
    status: int,
    *,
    retry_after: float | str | None,
    body: Any,
    headers: Mapping[str, str] | None,
    content_type: str | None,
    cut_after: int | None,
) -> Response:
    """The response that a scripted fault gives."""
    response = error(status) if status >= 400 else Response(status, b"")
    if isinstance(body, str):
        response.body = body.encode()
    elif isinstance(body, (bytes, bytearray)):
        response.body = bytes(body)
    elif body is not None:
        response.body, response.content_type = json.dumps(body).encode(), "application/json"
    if content_type is not None:
        response.content_type = content_type
    elif isinstance(body, str) and body.lstrip()[:1] == "<":
        response.content_type = "text/html; charset=UTF-8"
    response.headers = dict(headers or {})
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    response.cut_after = cut_after
    return response
