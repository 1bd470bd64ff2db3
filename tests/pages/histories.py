"""A list over time, made up from chance: what happens to it, and what is wrong with the responses that show it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import NamedTuple

from realtimekit_runtime.errors import IncompleteListError

from .served_list import Fault, ServedList

__all__ = ["Event", "History", "make_up"]

# A total that is always too low hides what else goes wrong, and a list that shrinks and grows between two requests
# hides both: such events come alone.
_LISTS = (
    ("grow", "clamp", "total", "behind", "empty", "repeat"),
    ("vanish", "clamp", "empty", "repeat"),
    ("always too low",),
)
_FAILURES = ("status", "reset", "timeout", "no total")
# What leaves every item in its place, or moves all to later places.
_HARMLESS = frozenset({"grow", "late", *_FAILURES})
_MAX_EVENTS = 3
_MAX_PAGE = 6
_MAX_GROWTH = 3 * _MAX_PAGE


class Event(NamedTuple):
    """What happens when a request arrives; the number says how much of it."""

    kind: str
    number: int


@dataclass
class History:
    """One list over time. Each request is served by the list as it is then.

    Attributes:
        events: What happens, by the number of the request, from 0. (What never ends has the number -1.)
        empty_page: A page that is always empty.
    """

    count: int
    per_page: int
    newest_first: bool
    events: dict[int, Event]
    empty_page: int | None = None
    source: ServedList = field(init=False, repr=False)
    happened: list[str] = field(init=False, repr=False, default_factory=list)
    totals: list[int] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        self.source = ServedList(self.count, self.per_page, newest_first=self.newest_first)
        self.old = list(self.source.in_order)
        self.requests = 0

    @property
    def kinds(self) -> set[str]:
        return {event.kind for event in self.events.values()}

    @property
    def is_harmless(self) -> bool:
        """Whether nothing happens that takes an item from its place, or hides one."""
        return self.kinds <= _HARMLESS and self.empty_page is None

    @property
    def is_wrong_for_ever(self) -> bool:
        """Whether something is wrong with the list each time that it is read."""
        return -1 in self.events or self.empty_page is not None

    @property
    def bound(self) -> int:
        """The most requests of a loop over this list: two rounds, in which each page may be requested twice."""
        sizes = [self._clamp(event) for event in self.events.values() if event.kind == "clamp"]
        pages = (self.count + _MAX_GROWTH * _MAX_EVENTS) // min([self.per_page, *sizes])
        return 4 * (pages + 12)

    @staticmethod
    def _clamp(event: Event) -> int:
        return 1 + event.number % _MAX_PAGE

    def fault(self, page: int) -> Fault:
        """Let happen what happens now, and say what is wrong with the response to the next request."""
        fault = Fault(is_empty=page == self.empty_page)
        if event := self.events.get(self.requests):
            self._happen(event, fault)
        self.requests += 1
        if -1 in self.events:
            fault.total = len(self.source.ids) // 2
        if fault.failure is None:
            count = max(0, len(self.source.ids) - fault.behind)
            self.totals.append(count if fault.total is None else fault.total)
        return fault

    def _happen(self, event: Event, fault: Fault) -> None:
        kind, number = event
        source = self.source
        self.happened.append(kind)
        if kind == "grow":
            source.add(min(number, 3 * source.per_page))
        elif kind == "clamp":
            source.per_page = self._clamp(event)
        elif kind == "total":
            fault.total = max(0, len(source.ids) - number)
        elif kind == "behind":
            fault.behind = min(number, 2 * source.per_page)
        elif kind == "empty":
            fault.is_empty = True
        elif kind == "repeat":
            fault.is_repeated = True
        elif kind == "vanish":
            source.remove(source.ids[number % 7 :: 7][: source.per_page])
        elif kind == "late":
            fault.late = number / 1000
        else:
            fault.failure = kind
        fault.number = number

    def check(self, items: list[int], failure: IncompleteListError | None) -> None:
        """Hold what a loop gave, and how it said that items are missing, against the list before the loop began."""
        assert len(items) == len(set(items)), "an item came twice"
        lost = set(self.old) - self.source.vanished - set(items)
        if failure is not None:
            assert failure.missing >= 1
        elif lost:
            # The only thing that cannot be noticed: no response said that there are more items than were handed out,
            # and it was one page, or all pages are of a replica that is behind.
            assert max(self.totals, default=0) <= len(items), f"lost {sorted(lost)}"
        if self.is_harmless:
            known = set(self.old)
            assert [item for item in items if item in known] == self.old, "the order is not the service's"


def make_up(chance: random.Random) -> History:
    """Make up a history."""
    possible = (*chance.choice(_LISTS), *_FAILURES, "late")
    events = {}
    for _ in range(chance.randint(0, _MAX_EVENTS)):
        kind = chance.choice(possible)
        when = -1 if kind == "always too low" else chance.randint(0, chance.choice([3, 15]))
        events[when] = Event(kind, chance.randint(1, _MAX_GROWTH))
    is_empty = "empty" in possible and "always too low" not in possible and chance.randint(0, 9) == 9
    return History(
        chance.randint(0, 40),
        chance.randint(1, _MAX_PAGE),
        newest_first=chance.choice([False, True]),
        events=events,
        empty_page=chance.randint(1, 8) if is_empty else None,
    )
