"""The meetings of one app in the order of their creation: counting, filtering and paging without the database.

Sixteen bytes a meeting. Finding a page takes two binary searches, so the last page costs what the first does.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from .times import Instant

__all__ = ["Entry", "Page", "TimeIndex"]

Entry: TypeAlias = tuple[int, str, int]
"""When a meeting was created (see `Instant`), and its sequence number."""

# Beyond this many new entries, one merge is cheaper than an insertion each.
_MOST_INSERTIONS = 256


@dataclass(frozen=True)
class Page:
    """One page: the sequence numbers on it, and where it lies in the whole list (1-based, 0 when empty)."""

    numbers: list[int]
    start_offset: int
    end_offset: int
    total_count: int


class TimeIndex:
    """Sequence numbers ordered by creation, oldest first; of two created at once the one inserted later is newer."""

    def __init__(self) -> None:
        """Start empty."""
        self._times = array("q")
        self._numbers = array("q")
        # Digits beyond microseconds are rare: only meetings that have them are here.
        self._digits: dict[int, str] = {}
        self.last_number = 0

    def __len__(self) -> int:
        """How many meetings there are."""
        return len(self._times)

    @property
    def newest(self) -> int | None:
        """When the newest meeting was created, in microseconds since 1970; None if there is none."""
        return self._times[-1] if self._times else None

    def add(self, entries: Iterable[Entry]) -> None:
        """Add meetings, in any order; the sequence numbers must be new."""
        late: list[Entry] = []
        times, numbers, digits = self._times, self._numbers, self._digits
        last = self._entry(len(times) - 1) if times else (-(2**63), "", 0)
        for entry in entries:
            microseconds, rest, number = entry
            if rest:
                digits[number] = rest
            self.last_number = max(self.last_number, number)
            if entry >= last:
                times.append(microseconds)
                numbers.append(number)
                last = entry
            else:
                late.append(entry)
        if len(late) > _MOST_INSERTIONS:
            merged = sorted([*(self._entry(place) for place in range(len(times))), *late])
            self._times = array("q", (entry[0] for entry in merged))
            self._numbers = array("q", (entry[2] for entry in merged))
            return
        for microseconds, rest, number in late:
            place = self._place((microseconds, rest), after=True)
            times.insert(place, microseconds)
            numbers.insert(place, number)

    def page(self, start: Instant | None, end: Instant | None, page_no: int, per_page: int) -> Page:
        """A page, newest first, of the meetings created from `start` to `end`, both included.

        Args:
            start: The earliest time, None for no limit.
            end: The latest time, None for no limit.
            page_no: Counts from 1; 0 is the first page too. Any size.
            per_page: Meetings on a page; 0 counts and shows none. Any size.
        """
        low = 0 if start is None else self._place(start, after=False)
        high = len(self._times) if end is None else self._place(end, after=True)
        total = max(0, high - low)
        first = max(0, page_no - 1) * per_page
        count = min(per_page, total - first)
        if count <= 0:
            return Page([], 0, 0, total)
        top = high - first
        numbers = self._numbers[top - count : top].tolist()
        numbers.reverse()
        return Page(numbers, first + 1, first + count, total)

    def _entry(self, place: int) -> Entry:
        number = self._numbers[place]
        return self._times[place], self._digits.get(number, ""), number

    def _place(self, instant: Instant, *, after: bool) -> int:
        """Where meetings at or (`after`) past an instant begin."""
        microseconds, rest = instant
        times = self._times
        # Filters may name times that 64 bits cannot hold; array items compare with any int.
        low = bisect_left(times, microseconds)
        high = bisect_right(times, microseconds, low)
        if not rest and not self._digits:
            return high if after else low
        bisect = bisect_right if after else bisect_left
        return bisect(range(len(times)), rest, low, high, key=lambda place: self._digits.get(self._numbers[place], ""))
