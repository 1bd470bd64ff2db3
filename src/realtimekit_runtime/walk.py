"""Which pages of a list to request, which of their items are new, and whether the list was read whole. No I/O here.

The service may put fewer items on a page than requested. New items may appear while the list is read and move the
others to later pages. Pages are requested ahead, so their responses may be of different ages. The rules:

- The list ends where as many distinct items were read as the newest total says. A full page is not the last one, even
  if the total says so, except the first: the total may be too low.
- A page that speaks against completeness is requested again, once: its total fell, it is empty before the end, or it
  starts after the place where the page before it ended.
- If the count is wrong at the end, or such a page stayed the same, the list is read a second time, and the items that
  were missed are handed out. If that does not add up either, the walk ends with `IncompleteListError`.
- Items after the total are read too, but no more than a hundred pages of them: then the walk ends with
  `IncompleteListError`. Without any total, there is no such bound.
- Every item is handed out once, by its key.
"""

from __future__ import annotations

import copy
import logging
from typing import NamedTuple

from .errors import IncompleteListError
from .list_page import ListPage, read_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from typing import Any

    from .operations import Pagination

__all__ = ["Batch", "Checkpoint", "PageWalk"]

_LOG = logging.getLogger("realtimekit")
# So many empty pages before the end are read in one round, in case that items follow.
_MAX_EMPTY_PAGES = 5
# A list that grows shows items a second time, and its total may lag: at most so many pages in one round are put down
# to growth.
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


class Checkpoint(NamedTuple):
    """Where a walk from the first page stands. With the keys of its items, another walk goes on from there.

    Attributes:
        page: The page to take next.
        position: Where the page before it ended, as a place in the list.
        total: The newest total.
        is_doubted: Whether the number of items alone cannot tell that the list was read whole.
    """

    page: int
    position: int
    total: int | None
    is_doubted: bool


class _Round:
    """What the pages of one reading of the list, from its first page to its end, say together."""

    def __init__(self, number: int, seen: set[Hashable], position: int, *, is_catching_up: bool = False) -> None:
        self.number = number
        # The keys of its pages, without those of the page that was taken last.
        self.seen = seen
        self.count = 0
        # Where the last page ended, as a place in the list.
        self.position = position
        # Of the largest page.
        self.size = 0
        self.repeats = 0
        self.empty_pages = 0
        self.last: ListPage | None = None
        self.first_total: int | None = None
        # What speaks against this round.
        self.doubt: str | None = None
        # In the second round, if only the count was wrong in the first: it may end as soon as the count is right.
        self.is_catching_up = is_catching_up

    def gap_before(self, page: ListPage) -> int:
        """How many items stand between the page before and this one."""
        if page.end is not None:
            return max(page.end - page.size - self.position, 0)
        # Without places in the list, a page that is larger than those before it tells that the page size moved.
        return max(page.size - self.size, 0) if self.size else 0

    def add(self, page: ListPage, gained: int, *, is_same_place: bool) -> None:
        """Count a page of which so many items are new to this round."""
        self.last = page
        self.count += gained
        self.repeats += page.size - gained
        self.size = max(self.size, page.size)
        self.empty_pages += not page.size
        if page.end is not None:
            self.position = page.end
        elif not is_same_place:
            self.position += page.size or self.size


class _State:
    """Where a walk stands. `PageWalk.take` changes a copy and puts it in place at once."""

    def __init__(self, page: int, seen: set[Hashable]) -> None:
        self.page = page
        self.round = _Round(1, seen, 0)
        self.total: int | None = None
        self.has_fallen = False
        # How many items stand before the page that the walk started with.
        self.before = 0
        self.count = 0
        self.batch: Batch | None = None
        # The keys of the page that was taken last, and the sets that `take` adds them to when it starts.
        self.unrecorded: tuple[set[Hashable], tuple[set[Hashable], ...]] = (set(), ())
        self.is_asked_again = False
        self.is_done = False
        self.failure: IncompleteListError | None = None

    def go_on(self, checkpoint: Checkpoint) -> None:
        """Stand where another walk stood. The keys of its items are there already."""
        self.page, self.round.position, self.total, self.has_fallen = checkpoint
        self.count = self.round.count = len(self.round.seen)

    def copy(self) -> _State:
        copied = copy.copy(self)
        copied.round = copy.copy(self.round)
        return copied

    @property
    def left(self) -> int | None:
        """How many items this round has not read yet; None without a total, negative if the total is too low."""
        return None if self.total is None else self.total - self.before - self.round.count

    @property
    def missing(self) -> int:
        """How many items are missing, as far as the pages tell."""
        return max((self.total or 0) - self.before - self.count, 1)

    @property
    def reason(self) -> str:
        """What speaks against the list."""
        read = self.before + max(self.count, self.round.count)
        return self.round.doubt or f"the newest total is {self.total}, and {read} were read"

    @property
    def adds_up(self) -> bool:
        """Whether everything that was in the list when this round began has been read."""
        if self.total is None:
            return True
        if self.round.doubt is not None:
            return False
        if not self.has_fallen and self.before + self.count >= self.total:
            return True
        # Items that vanished count among those read, and new ones may have come while this round was under way. So a
        # second round is also right if it read, by its own count, what was there at its beginning.
        needed = self.round.first_total if self.round.is_catching_up else self.total
        return self.round.number == 2 and self.before + self.round.count >= (needed or 0)

    @property
    def is_beyond_total(self) -> bool:
        """Whether the list goes on after its total for longer than a total that lags explains."""
        return self.left is not None and self.left < -_MAX_PAGES_OF_GROWTH * self.round.size

    @property
    def repeats_itself(self) -> bool:
        """Whether the list shows more items a second time than its growth, or a page size that moves, explains."""
        growth = max((self.total or 0) - (self.round.first_total or 0), 0)
        explained = self.round.count + self.round.size + min(growth, _MAX_PAGES_OF_GROWTH * self.round.size)
        return self.round.repeats > explained

    def end(self, problem: str | None = None, why: str = "") -> None:
        """End the walk. If there is a problem, the list is incomplete."""
        self.is_done = True
        if problem is not None:
            self.failure = IncompleteListError(
                f"The list is incomplete: {problem}. "
                "Everything that could be read was handed out; read the list again later",
                missing=self.missing,
                why=why,
            )


class PageWalk:
    """The state of one walk through a list."""

    def __init__(
        self,
        pagination: Pagination,
        start: int,
        checkpoint: Checkpoint | None = None,
        keys: Iterable[Hashable] = (),
    ) -> None:
        """Start a walk.

        Args:
            pagination: Where a page has what.
            start: The number of the first page.
            checkpoint: Where another walk from the first page stood, to go on from there.
            keys: The keys of the items of that walk.
        """
        self._spec = pagination
        self._start = start
        self._seen: set[Hashable] = set(keys)
        self._now = _State(start, self._seen)
        if checkpoint is not None:
            self._now.go_on(checkpoint)

    @property
    def page(self) -> int:
        """Number of the page to take next; after a failure, the page that failed."""
        return self._now.page

    @property
    def resume_page(self) -> int:
        """The page from which another walk misses nothing that this one has not read."""
        return self._start if self._now.round.doubt and self.round == 1 else self.page

    @property
    def checkpoint(self) -> Checkpoint:
        """Where this walk stands, if it started from the first page."""
        now = self._now
        is_whole_again = now.round.number == 2 and not now.round.is_catching_up
        is_doubted = now.has_fallen or now.round.doubt is not None or is_whole_again
        return Checkpoint(now.page, now.round.position, now.total, is_doubted)

    @property
    def round(self) -> int:
        """1, or 2 while the list is read a second time: pages requested in the first round are of no use then."""
        return self._now.round.number

    @property
    def done(self) -> bool:
        """Whether there is nothing left to read."""
        return self._now.is_done

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
        if now.is_done:
            return range(0)
        if now.round.last is None:
            return range(now.page, now.page + 1)
        left = 0 if now.total is None else now.total - now.round.position
        if now.round.is_catching_up:
            left = min(left, (now.total or 0) - now.before - now.count - 1)
        pages = 1 + max(left, 0) // max(now.round.size, 1)
        return range(now.page, now.page + min(pages, most))

    def take(self, response: Any) -> None:
        """Take the response to `page`. An interrupt leaves the walk as it was before, or as it is after."""
        keys, sets = self._now.unrecorded
        for known in sets:
            known.update(keys)
        now = self._now.copy()
        self._take(now, response)
        self._now = now

    def _take(self, now: _State, response: Any) -> None:
        page = read_page(response, self._spec, now.page, now.round.last)
        if now.round.last is None and self._start > 1 and (page.size or now.is_asked_again):
            now.before = now.round.position = self._items_before(page, now.total)
        doubt = self._doubt(now, page)
        if doubt and not now.is_asked_again:
            _LOG.debug("Page %d of the list is requested again: %s", now.page, doubt)
            now.is_asked_again = True
            # The highest total counts: if the next response says less, the total fell.
            now.total = max(page.total or 0, now.total or 0)
            return
        now.is_asked_again = False
        now.round.doubt = now.round.doubt or doubt
        self._add(now, page)
        new = page.without(self._seen)
        if new or now.batch is None:
            now.batch = Batch(response, new, now.total)

    def _items_before(self, page: ListPage, total: int | None) -> int:
        """How many items stand before the page that the caller started with."""
        if not page.size:
            # Empty twice: the caller started after the end.
            return (total if page.total is None else page.total) or 0
        return max((self._start - 1) * page.size if page.end is None else page.end - page.size, 0)

    def _doubt(self, now: _State, page: ListPage) -> str | None:
        """What speaks against a page."""
        if page.total is not None and now.total is not None and page.total < now.total:
            return f"the total fell from {now.total} to {page.total}"
        total = now.total if page.total is None else page.total
        if not page.size:
            left = 0 if total is None else total - now.before - now.round.count
            is_early = left > 0 and now.round.position < (total or 0)
            # If more were read than the total says, it is too low, and this is the end if the page stays empty.
            is_unclear = left < 0 and not now.is_asked_again
            return f"page {now.page} was empty" if is_early or is_unclear else None
        if now.round.last is not None and not now.round.last.size:
            return f"page {now.page - 1} was empty"
        # In the second round, only the count decides what a gap means.
        gap = now.round.gap_before(page) if now.round.number == 1 else 0
        return f"{gap} items before page {now.page} were left out" if gap else None

    def _add(self, now: _State, page: ListPage) -> None:
        """Count a page, and go on to the next one, to the second round or to the end."""
        new = len(page.distinct - self._seen)
        # In the first round, both sets are the same.
        gained = new if now.round.number == 1 else len(page.distinct - now.round.seen)
        is_same_as_page_0 = self._start == 0 and now.page == 1 and not gained
        if page.total is not None:
            now.has_fallen = now.has_fallen or page.total < (now.total or 0)
            now.total = page.total
        now.count += new
        now.unrecorded = page.distinct, (self._seen, now.round.seen)
        before = self._now.round
        if before.last is None:
            now.round.first_total = now.total
        now.round.add(page, gained, is_same_place=is_same_as_page_0)
        if now.is_beyond_total:
            why = f"the list goes on after its total of {now.total}"
            now.end(f"{why}; it was left after {now.count} items", why)
        elif now.round.is_catching_up and now.adds_up:
            now.end()
        elif now.repeats_itself or self._is_last(now, before, page, has_new=gained > 0 or is_same_as_page_0):
            self._end_round(now)
        else:
            now.page += 1

    @staticmethod
    def _is_last(now: _State, before: _Round, page: ListPage, *, has_new: bool) -> bool:
        """Whether the page that was just counted is the last one; `before` is the round without it."""
        was_empty = before.last is not None and not before.last.size
        if now.left is None or now.left < 0:
            # No total, or one that is too low: empty pages are the end, or a page that repeats the one before it.
            if not page.size:
                return now.left is None or was_empty
            return not has_new and (page.end is None or page.end == before.position)
        is_at_total = now.left == 0 or now.round.position >= (now.total or 0)
        if not page.size:
            return is_at_total or now.round.empty_pages >= _MAX_EMPTY_PAGES
        is_short_list = before.last is None and now.left == 0
        return is_at_total and (is_short_list or page.size < now.round.size)

    def _end_round(self, now: _State) -> None:
        if now.adds_up:
            now.end()
        elif now.round.number == 1 and self._spec.key is not None:
            _LOG.info("The list is read once more from page %d: %s", self._start, now.reason)
            now.page = self._start
            now.round = _Round(2, set(), now.before, is_catching_up=now.round.doubt is None)
        else:
            now.end(f"{now.missing} of {now.total} items may be missing ({now.reason})", now.reason)
