"""Which pages of a list to request, which of their items are new, and whether the list was read whole. No I/O here.

The service may put fewer items on a page than requested. New items may appear while the list is read and move the
others to later pages. Pages are requested ahead, so their responses may be of different ages. The rules:

- The list ends where as many distinct items were read as the newest total says. A full page is not the last one, even
  if the total says so, except the first: the total may be too low.
- A page that speaks against completeness is requested again, once: its total fell, it is empty before the end, or it
  starts after the place where the page before it ended.
- If the count is wrong at the end, or such a page stayed the same, the list is read a second time, and the items that
  were missed are handed out. If that does not add up either, the walk ends with `IncompleteListError`.
- Every item is handed out once, by its key.
"""

from __future__ import annotations

import copy
import logging
from operator import attrgetter, itemgetter
from typing import NamedTuple
from uuid import UUID

from .errors import IncompleteListError
from .models import UNSET, Model, Unset, wire_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from typing import Any

    from .operations import Pagination

__all__ = ["Batch", "PageWalk"]

_LOG = logging.getLogger("realtimekit")
# So many empty pages before the end are read in one round, in case that items follow.
_MAX_EMPTY_PAGES = 5
# A list that grows shows items a second time: at most so many pages of them are put down to growth in one round.
_MAX_PAGES_OF_GROWTH = 100


class Batch:
    """What one page adds to a list.

    Attributes:
        page: The page as the service sent it.
        items: Its items that no page before it had, in the service's order.
        total: Number of items in the whole list as the newest page says, or None if the pages do not say.
    """

    __slots__ = ("items", "page", "total", "unread")

    def __init__(self, page: Any, items: list[Any], total: int | None) -> None:
        self.page = page
        self.items = items
        self.total = total
        # Shared by all who read the batch, so that each item is handed out once.
        self.unread: Iterator[Any] = iter(items)

    def __repr__(self) -> str:
        return f"Batch({len(self.items)} items, total={self.total})"


class _PageRead(NamedTuple):
    """What a page says."""

    items: list[Any]
    fresh: list[Any]  # new to the walk
    new: int  # how many are new to the walk, with those that are invalid
    keys: set[Hashable]  # of all items
    total: int | None
    end: int | None  # the place of the last item in the list
    size: int  # without items that stand on it twice
    gained: int  # items that are new to this round


class _State:
    """Where a walk stands. `PageWalk.take` changes a copy and puts it in place at once."""

    def __init__(self, page: int, round_seen: set[Hashable]) -> None:
        self.page = page
        self.last = page
        self.done = False
        self.total: int | None = None
        self.before = 0
        self.count = 0
        self.has_fallen = False
        self.batch: Batch | None = None
        # The keys of the page that was taken last: `take` adds them to the sets below when it starts.
        self.keys: set[Hashable] = set()
        self.items: list[Any] = []
        self.asked_again = False
        self.failure: IncompleteListError | None = None
        self.round = 0
        self.is_catching_up = False
        self.begin_round(page, round_seen)

    def begin_round(self, page: int, seen: set[Hashable]) -> None:
        """Go back to the first page. `seen` takes the keys of this round."""
        # In the second round, and with nothing but the count against the first: it may end as soon as that is right.
        self.is_catching_up = self.round == 1 and self.doubt is None
        self.round += 1
        self.page = self.last = page
        self.is_first = True
        self.round_seen = seen
        self.round_keys: set[Hashable] = set()
        self.round_count = 0
        self.first_total = self.total
        self.position = 0
        self.size = 0
        self.repeats = 0
        self.empty_pages = 0
        self.has_gap = False
        # What speaks against this round, and how many items it may have cost.
        self.doubt: str | None = None
        self.doubtful = 0

    def gap_before(self, page: _PageRead) -> int:
        """How many items stand between the page before and this one."""
        if page.end is not None:
            return max(page.end - page.size - self.position, 0)
        # Without places in the list, a page that is larger than those before it tells that the page size moved.
        return max(page.size - self.size, 0) if self.size else 0

    def add(self, page: _PageRead, *, is_moving: bool) -> None:
        """Count a page."""
        self.has_gap = self.has_gap or self.gap_before(page) > 0
        if page.total is not None:
            self.has_fallen = self.has_fallen or page.total < (self.total or 0)
            self.total = page.total
        if self.is_first:
            self.first_total = self.total
        self.items, self.keys, self.round_keys = page.items, page.keys, page.keys
        self.count += page.new
        self.round_count += page.gained
        self.repeats += page.size - page.gained
        self.size = max(self.size, page.size)
        self.empty_pages += not page.size
        if page.end is not None:
            self.position = page.end
        elif is_moving:
            self.position += page.size or self.size

    @property
    def missing(self) -> int:
        """How many items are missing, as far as the pages tell."""
        total, first_total = self.total or 0, self.first_total or 0
        return max(total - self.before - self.count, first_total - self.before - self.round_count, self.doubtful, 1)

    @property
    def adds_up(self) -> bool:
        """Whether everything that was in the list when this round began has been read."""
        if self.total is None:
            return True
        if self.doubt is not None:
            return False
        if not self.has_fallen and self.before + self.count >= self.total:
            return True
        # Items that vanished count among those read, and new ones may have come while this round was under way. So a
        # second round without a gap is also right if it read, by its own count, what was there at its beginning.
        needed = self.first_total if self.is_catching_up else self.total
        return self.round == 2 and not self.has_gap and self.before + self.round_count >= (needed or 0)


class PageWalk:
    """The state of one walk through a list."""

    def __init__(self, pagination: Pagination, start: int) -> None:
        self._spec = pagination
        self._start = start
        self._seen: set[Hashable] = set()
        self._now = _State(start, self._seen)

    @property
    def page(self) -> int:
        """Number of the page to take next; after a failure, the page that failed."""
        return self._now.page

    @property
    def resume_page(self) -> int:
        """The page from which another walk misses nothing that this one has not read."""
        return self._start if self._now.doubt and self._now.round == 1 else self._now.page

    @property
    def round(self) -> int:
        """1, or 2 while the list is read a second time: pages requested in the first round are of no use then."""
        return self._now.round

    @property
    def done(self) -> bool:
        """Whether there is nothing left to read."""
        return self._now.done

    @property
    def failure(self) -> IncompleteListError | None:
        """Why the list is not complete, once it is done."""
        return self._now.failure

    @property
    def batch(self) -> Batch | None:
        """The newest batch: of the first page, or of the last one that had new items."""
        return self._now.batch

    def ahead(self, most: int) -> range:
        """The pages to have under way or at hand now, at most `most`: at least the next one unless the walk is done."""
        now = self._now
        return range(0) if now.done else range(now.page, min(now.last, now.page + most - 1) + 1)

    def take(self, response: Any) -> None:
        """Take the response to `page`. An interrupt leaves the walk as it was before, or as it is after."""
        self._seen.update(self._now.keys)
        self._now.round_seen.update(self._now.round_keys)
        now = copy.copy(self._now)
        page = self._read(response)
        if now.is_first and self._start > 1 and (page.size or now.asked_again):
            now.before = now.position = self._items_before(page, now.total)
        doubt = self._doubt(now, page)
        if doubt and not now.asked_again:
            _LOG.debug("Page %d of the list is requested again: %s", now.page, doubt[0])
            now.asked_again = True
            # The highest total counts: if the next response says less, the total fell.
            now.total = max(page.total or 0, now.total or 0)
            now.keys, now.round_keys = set(), set()
            self._now = now
            return
        was_empty = not now.is_first and not now.items
        if doubt:
            now.doubt = now.doubt or doubt[0]
            now.doubtful += doubt[1]
        is_same_as_page_0 = self._start == 0 and now.page == 1 and not page.gained
        is_moving = is_same_as_page_0 or (page.end is not None and page.end != now.position)
        now.add(page, is_moving=not is_same_as_page_0)
        if page.fresh or now.batch is None:
            now.batch = Batch(response, page.fresh, now.total)
        if now.is_catching_up and now.adds_up:
            now.done = True
        elif self._is_round_over(now, page, was_empty=was_empty, is_moving=is_moving):
            self._end_round(now)
        else:
            self._look_ahead(now)
            now.page += 1
            now.is_first = False
        now.asked_again = False
        self._now = now

    def _read(self, response: Any) -> _PageRead:
        items = _look_up(response, self._spec.items) or []
        fresh, keys = self._split(items)
        # Items that were left out because they are invalid count as read.
        invalid = {error.item or f"{self._now.page} {error.path}" for error in getattr(response, "invalid", ())}
        keys |= invalid
        return _PageRead(
            items=items,
            fresh=fresh,
            keys=keys,
            total=_whole(_look_up(response, self._spec.total)),
            end=_whole(_look_up(response, self._spec.end)) if items else None,
            size=len(keys) or len(items),
            new=len(fresh) + len(invalid - self._seen),
            gained=len(keys - self._now.round_seen) if keys else len(fresh),
        )

    def _items_before(self, page: _PageRead, total: int | None) -> int:
        """How many items stand before the page that the caller started with."""
        if not page.size:
            # Empty twice: the caller started after the end.
            return (total if page.total is None else page.total) or 0
        return max((self._start - 1) * page.size if page.end is None else page.end - page.size, 0)

    def _doubt(self, now: _State, page: _PageRead) -> tuple[str, int] | None:
        """What speaks against a page, and how many items it may cost."""
        if page.total is not None and now.total is not None and page.total < now.total:
            return f"the total fell from {now.total} to {page.total}", now.total - page.total
        total = now.total if page.total is None else page.total
        if not page.size:
            left = 0 if total is None else total - now.before - now.round_count
            is_early = left > 0 and now.position < (total or 0)
            # If more were read than the total says, it is too low, and this is the end if the page stays empty.
            is_unclear = left < 0 and not now.asked_again
            return (f"page {now.page} was empty", max(min(now.size, left), 0)) if is_early or is_unclear else None
        if not now.is_first and not now.items and not now.doubt:
            return f"page {now.page - 1} was empty", now.size
        # In the second round, only the count decides what a gap means.
        gap = now.gap_before(page) if now.round == 1 else 0
        return (f"{gap} items before page {now.page} were left out", gap) if gap else None

    def _is_round_over(self, now: _State, page: _PageRead, *, was_empty: bool, is_moving: bool) -> bool:
        left = None if now.total is None else now.total - now.before - now.round_count
        if left is None or left < 0:
            # No total, or one that is too low: empty pages are the end, or a page that repeats the one before it.
            if not page.size:
                return left is None or was_empty
            return not (page.gained or is_moving) or self._repeats_itself(now)
        is_at_total = left == 0 or now.position >= (now.total or 0)
        if not page.size:
            return is_at_total or now.empty_pages >= _MAX_EMPTY_PAGES
        is_full = page.size == now.size and page.gained and not (now.is_first and left == 0)
        return (is_at_total and not is_full) or self._repeats_itself(now)

    @staticmethod
    def _repeats_itself(now: _State) -> bool:
        """Whether the list shows more items a second time than its growth, or a page size that moves, explains."""
        growth = max((now.total or 0) - (now.first_total or 0), 0)
        known = 2 * (now.round_count + now.size)
        return now.repeats > known + min(growth, _MAX_PAGES_OF_GROWTH * now.size)

    def _end_round(self, now: _State) -> None:
        if now.adds_up:
            now.done = True
        elif now.round == 1 and self._spec.key is not None:
            _LOG.info("The list is read once more from page %d: %s", self._start, _reason(now))
            now.begin_round(self._start, set())
        else:
            now.done = True
            now.failure = IncompleteListError(
                f"The list is incomplete: {now.missing} of {now.total} items may be missing ({_reason(now)}). "
                "Everything that could be read was handed out; read the list again later",
                missing=now.missing,
                why=_reason(now),
            )

    @staticmethod
    def _look_ahead(now: _State) -> None:
        left = 0 if now.total is None else now.total - now.position
        if now.is_catching_up:
            left = min(left, (now.total or 0) - now.before - now.count - 1)
        now.last = now.page + max(left, 0) // max(now.size, 1) + 1

    def _split(self, items: list[Any]) -> tuple[list[Any], set[Hashable]]:
        """The items that are new to the walk, and the keys of all."""
        if not items:
            return items, set()
        if self._spec.key is None:
            return ([] if items == self._now.items else items), set()
        keys = _keys(items, self._spec.key)
        distinct = set(keys) - {None, UNSET}
        if len(distinct) == len(keys) and self._seen.isdisjoint(distinct):
            return items, distinct
        unseen = distinct - self._seen
        fresh = []
        for key, item in zip(keys, items, strict=True):
            if key in unseen:
                unseen.remove(key)
                fresh.append(item)
            elif (key is None or key is UNSET) and self._now.round == 1:
                fresh.append(item)
        return fresh, distinct


def _reason(now: _State) -> str:
    read = now.before + max(now.count, now.round_count)
    return now.doubt or f"the newest total is {now.total}, and {read} were read"


def _keys(items: list[Any], key: str) -> list[Hashable]:
    first = items[0]
    if isinstance(first, Model):
        python_name = {wire: name for name, wire in wire_names(type(first)).items()}[key]
        keys: list[Hashable] = list(map(attrgetter(python_name), items))
    else:
        keys = list(map(itemgetter(key), items))
    # An int takes half the memory of a UUID, and its hash is faster.
    return [value.int if type(value) is UUID else value for value in keys]


def _look_up(response: Any, path: str | None) -> Any:
    """The value at a dotted path of wire names, or None if the response does not have it."""
    value = response
    for step in path.split(".") if path else ():
        if isinstance(value, Model):
            names = {wire: name for name, wire in wire_names(type(value)).items()}
            value = getattr(value, names[step]) if step in names else value.additional_properties.get(step)
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return None if path is None or isinstance(value, Unset) else value


def _whole(value: Any) -> int | None:
    """A number of items; None for anything that cannot be one."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and value >= 0 else None
