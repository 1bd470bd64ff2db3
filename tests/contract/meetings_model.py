"""The list of meetings in plain Python: what the filters and pages of the emulator have to give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .times import seconds

__all__ = ["DEFAULT_PER_PAGE", "MeetingsModel", "Query"]

DEFAULT_PER_PAGE = 20


@dataclass(frozen=True)
class Query:
    """What a caller asks for."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    page_no: int | None = None
    per_page: int | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the SDK's method."""
        return {name: value for name, value in vars(self).items() if value is not None}


class MeetingsModel:
    """Meetings, newest first; if two were created at the same time, the one added later comes first."""

    def __init__(self) -> None:
        self.meetings: dict[str, dict[str, Any]] = {}
        self.max_per_page: int | None = 100

    def add(self, meetings: list[dict[str, Any]]) -> None:
        """Add meetings; one with a known id replaces the old one and keeps its place among those of the same time."""
        for meeting in meetings:
            self.meetings[meeting["id"]] = meeting

    def matching(self, query: Query) -> list[dict[str, Any]]:
        """All meetings between the two times of a query; both ends are included."""
        oldest_first = sorted(self.meetings.values(), key=lambda meeting: seconds(meeting["created_at"]))
        # Reversed as a whole, so that the last of equals comes first.
        return [
            meeting
            for meeting in reversed(oldest_first)
            if (query.start_time is None or seconds(meeting["created_at"]) >= seconds(query.start_time.isoformat()))
            and (query.end_time is None or seconds(meeting["created_at"]) <= seconds(query.end_time.isoformat()))
        ]

    def page(self, query: Query) -> list[dict[str, Any]]:
        """One page."""
        return self._from(query)[: self._size(query)]

    def rest(self, query: Query) -> list[dict[str, Any]]:
        """One page and all pages after it."""
        return self._from(query) if self._size(query) else []

    def _from(self, query: Query) -> list[dict[str, Any]]:
        skipped = max(0, (1 if query.page_no is None else query.page_no) - 1) * self._size(query)
        return self.matching(query)[skipped:]

    def _size(self, query: Query) -> int:
        size = DEFAULT_PER_PAGE if query.per_page is None else query.per_page
        return size if self.max_per_page is None else min(size, self.max_per_page)
