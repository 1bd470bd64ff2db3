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
        total: The highest total so far.
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


class PageWalk:
    """The state of one walk through a list.

    Attributes:
        page: Number of the page to take next; after a failure, the page that failed.
        batch: The newest batch: of the first page, or of the last one that had new items.
        done: Whether there is nothing left to read.
        failure: Why the list is not complete, once it is done.
    """

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
        at = checkpoint or Checkpoint(start, 0, None, is_doubted=False)
        self.page = at.page
        self.batch: Batch | None = None
        self.done = False
        self.failure: IncompleteListError | None = None
        self._spec = pagination
        self._start = start
        self._seen: set[Hashable] = set(keys)
        self._round = _Round(1, self._seen, at.position)
        self._count = self._round.count = len(self._seen)
        self._total = self._highest_total = at.total
        # How many items stand before the page that the walk started with.
        self._before = 0
        # The keys of the page that was taken last, and the sets that `take` adds them to when it starts.
        self._unrecorded: tuple[set[Hashable], tuple[set[Hashable], ...]] = (set(), ())
        self._is_asked_again = False
        if at.is_doubted:
            self._round.doubt = "what was read before the interruption does not fit together"

    @property
    def checkpoint(self) -> Checkpoint:
        """Where this walk stands, if it started from the first page."""
        is_whole_again = self.round == 2 and not self._round.is_catching_up
        is_doubted = self._round.doubt is not None or is_whole_again
        return Checkpoint(self.page, self._round.position, self._highest_total, is_doubted)

    @property
    def resume_page(self) -> int:
        """The page from which another walk misses nothing that this one has not read."""
        return self._start if self._round.doubt else self.page

    @property
    def round(self) -> int:
        """1, or 2 while the list is read a second time: pages requested in the first round are of no use then."""
        return self._round.number

    def ahead(self, most: int) -> range:
        """The pages to have under way or at hand now, at most `most`: at least the next one unless the walk is done."""
        if self.done:
            return range(0)
        if self._round.last is None:
            return range(self.page, self.page + 1)
        left = 0 if self._total is None else self._total - self._round.position
        if self._round.is_catching_up:
            left = min(left, (self._total or 0) - self._before - self._count - 1)
        pages = 1 + max(left, 0) // max(self._round.size, 1)
        return range(self.page, self.page + min(pages, most))

    def take(self, response: Any) -> None:
        """Take the response to `page`. An interrupt leaves the walk as it was before, or as it is after."""
        keys, sets = self._unrecorded
        for known in sets:
            known.update(keys)
        after = copy.copy(self)
        after._round = copy.copy(self._round)
        after._take(response, self._round)
        # In one step.
        self.__dict__ = after.__dict__

    def _take(self, response: Any, before: _Round) -> None:
        """Take a response; `before` is the round without it."""
        page = read_page(response, self._spec, self.page, before.last)
        if before.last is None and self._start > 1 and (page.size or self._is_asked_again):
            self._before = self._round.position = self._items_before(page)
        doubt = self._doubt(page)
        if page.total is not None:
            self._highest_total = max(page.total, self._highest_total or 0)
        if doubt and not self._is_asked_again:
            _LOG.debug("Page %d of the list is requested again: %s", self.page, doubt)
            self._is_asked_again = True
            # If the next response says less, the total fell.
            self._total = self._highest_total
            return
        self._is_asked_again = False
        self._round.doubt = before.doubt or doubt
        self._add(page, before)
        new = page.without(self._seen)
        if new or self.batch is None:
            self.batch = Batch(response, new, self._total)

    def _items_before(self, page: ListPage) -> int:
        """How many items stand before the page that the caller started with."""
        if not page.size:
            # Empty twice: the caller started after the end.
            return (self._total if page.total is None else page.total) or 0
        return max((self._start - 1) * page.size if page.end is None else page.end - page.size, 0)

    def _doubt(self, page: ListPage) -> str | None:
        """What speaks against a page."""
        this = self._round
        if page.total is not None and self._total is not None and page.total < self._total:
            # Items may have vanished. If the first round was in doubt, the second one believes its first page when that
            # says so twice and is not empty.
            is_checked = this.number == 2 and not this.is_catching_up and self._is_asked_again
            if not (is_checked and this.last is None and page.size):
                return f"the total fell from {self._total} to {page.total}"
        total = self._total if page.total is None else page.total
        if not page.size:
            left = 0 if total is None else total - self._before - this.count
            is_early = left > 0 and this.position < (total or 0)
            # If more were read than the total says, it is too low, and this is the end if the page stays empty.
            is_unclear = left < 0 and not self._is_asked_again
            return f"page {self.page} was empty" if is_early or is_unclear else None
        if this.last is not None and not this.last.size:
            return f"page {self.page - 1} was empty"
        # In the second round, the count decides what a gap means, if there is a total.
        gap = this.gap_before(page) if this.number == 1 or total is None else 0
        return f"{gap} items before page {self.page} were left out" if gap else None

    def _add(self, page: ListPage, before: _Round) -> None:
        """Count a page, and go on to the next one, to the second round or to the end."""
        new = len(page.distinct - self._seen)
        # In the first round, both sets are the same.
        gained = new if self.round == 1 else len(page.distinct - before.seen)
        is_same_as_page_0 = self._start == 0 and self.page == 1 and not gained
        if page.total is not None:
            self._total = page.total
        self._count += new
        self._unrecorded = page.distinct, (self._seen, before.seen)
        if before.last is None:
            self._round.first_total = self._total
        self._round.add(page, gained, is_same_place=is_same_as_page_0)
        # What a total that lags explains. The size is 0 if the walk went on behind the end, and found nothing there.
        most = _MAX_PAGES_OF_GROWTH * self._round.size
        if self._left is not None and 0 < most < -self._left:
            why = f"the list goes on after its total of {self._total}"
            self._end(f"{why}; it was left after {self._count} items", why)
        elif self._round.is_catching_up and self._adds_up:
            self._end()
        elif self._repeats_itself or self._is_last(page, before, has_new=gained > 0 or is_same_as_page_0):
            self._end_round()
        else:
            self.page += 1

    @property
    def _left(self) -> int | None:
        """How many items this round has not read yet; None without a total, negative if the total is too low."""
        return None if self._total is None else self._total - self._before - self._round.count

    @property
    def _repeats_itself(self) -> bool:
        """Whether the list shows more items a second time than its growth, or a page size that moves, explains."""
        this = self._round
        growth = max((self._total or 0) - (this.first_total or 0), 0)
        return this.repeats > this.count + this.size + min(growth, _MAX_PAGES_OF_GROWTH * this.size)

    def _is_last(self, page: ListPage, before: _Round, *, has_new: bool) -> bool:
        """Whether the page that was just counted is the last one."""
        was_empty = before.last is not None and not before.last.size
        if self._left is None or self._left < 0:
            # No total, or one that is too low: empty pages are the end, or a page that repeats the one before it.
            if not page.size:
                return self._left is None or was_empty
            return not has_new and (page.end is None or page.end == before.position)
        is_at_total = self._left == 0 or self._round.position >= (self._total or 0)
        if not page.size:
            return is_at_total or self._round.empty_pages >= _MAX_EMPTY_PAGES
        is_short_list = before.last is None and self._left == 0
        return is_at_total and (is_short_list or page.size < self._round.size)

    @property
    def _adds_up(self) -> bool:
        """Whether everything that was in the list when this round began has been read."""
        this = self._round
        if this.doubt is not None:
            return False
        # Not the newest total, since items that vanished count among those read.
        if self._total is None or self._before + self._count >= (self._highest_total or 0):
            return True
        # New items may have come while this round was under way. So a second round is also right if it read, by its own
        # count, what was there at its beginning.
        needed = this.first_total if this.is_catching_up else self._total
        return this.number == 2 and self._before + this.count >= (needed or 0)

    def _end_round(self) -> None:
        read = self._before + max(self._count, self._round.count)
        why = self._round.doubt or f"the newest total is {self._total}, and {read} were read"
        if self._adds_up:
            self._end()
        elif self.round == 1 and self._spec.key is not None:
            _LOG.info("The list is read once more from page %d: %s", self._start, why)
            self.page = self._start
            self._total = self._highest_total
            self._round = _Round(2, set(), self._before, is_catching_up=self._round.doubt is None)
        else:
            whole = "" if self._total is None else f" of {self._total}"
            self._end(f"{self._missing}{whole} items may be missing ({why})", why)

    @property
    def _missing(self) -> int:
        """How many items are missing, as far as the pages tell."""
        return max((self._total or 0) - self._before - self._count, 1)

    def _end(self, problem: str | None = None, why: str = "") -> None:
        """End the walk. If there is a problem, the list is incomplete."""
        self.done = True
        if problem is not None:
            self.failure = IncompleteListError(
                f"The list is incomplete: {problem}. "
                "Everything that could be read was handed out; read the list again later",
                missing=self._missing,
                why=why,
            )
