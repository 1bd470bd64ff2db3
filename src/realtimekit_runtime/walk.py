"""Which pages of a list to ask for, which of their items are new, and when to stop. No I/O happens here.

What makes this more than counting: the service may put fewer items on a page than asked for; new items appear in front
while the list is being read, and shift the pages behind them; and pages are asked for ahead, so that their responses
are snapshots of different moments. The rules:

- A page is never the last one for being short. The walk ends at an empty page, at a page that reaches the total, or at
  one without a new item that the list's growth does not explain.
- Lists only grow, so the total tells the age of a snapshot. A page that is older than the one before it may lack items
  that moved from the one to the other in between, and is asked for again.
- Every item is handed out once, by its key.
"""

from __future__ import annotations

import logging
import math
from operator import attrgetter, itemgetter
from uuid import UUID

from .models import Model, Unset, wire_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Any

    from .operations import Pagination

__all__ = ["PageWalk"]

_LOG = logging.getLogger("realtimekit")
# However fast a list grows, so many pages in a row without a new item are a server that repeats itself.
_MOST_STALE_PAGES = 100


class PageWalk:
    """The state of one walk through a list.

    Attributes:
        page: Number of the page to be taken next; after a failure, the one to go on with.
        done: Whether the list is read.
        total: Number of items in the whole list, as the newest page says; None where none says.
    """

    def __init__(self, pagination: Pagination, start: int) -> None:
        self.page = start
        self.done = False
        self.total: int | None = None
        self._spec = pagination
        self._start = start
        self._last = start
        self._seen: set[Hashable] = set()
        self._count = 0
        self._size = 0
        self._first_total: int | None = None
        self._stale_pages = 0
        self._asked_again = False
        self._previous: list[Any] | None = None

    def ahead(self, most: int) -> range:
        """The pages to have under way or at hand now, at most `most`; at least the next one unless the walk is done."""
        if self.done:
            return range(0)
        return range(self.page, min(self._last, self.page + most - 1) + 1)

    def take(self, response: Any) -> list[Any] | None:
        """Take in the response to `page`.

        Returns:
            The page's new items; or None when this page has to be asked for again.
        """
        items = _look_up(response, self._spec.items) or []
        total = _whole(_look_up(response, self._spec.total))
        if self._is_outdated(total):
            return None
        fresh = self._fresh(items)
        self._count += len(fresh)
        self._size = max(self._size, len(items))
        if not items:
            self.done = True
        elif not fresh:
            self._stale_pages += 1
            self.done = self._stale_pages > self._explained_stale_pages(total)
            if self.done:
                _LOG.warning("Page %d of the list has no new item: taken for its end", self.page)
        else:
            self._stale_pages = 0
        if total is not None and self._first_total is None:
            self._first_total = total
        if not self.done:
            self._look_ahead(_whole(_look_up(response, self._spec.end)), total)
        self.page += 1
        return fresh

    def _is_outdated(self, total: int | None) -> bool:
        if total is None:
            return False
        if total < (self.total or 0) and not self._asked_again:
            self._asked_again = True
            return True
        # Asked for again and still less: the list did shrink, whatever the documents say.
        self._asked_again = False
        self.total = total
        return False

    def _look_ahead(self, end: int | None, total: int | None) -> None:
        if total is None:
            self._last = self.page + 1
            return
        if end is None:
            end = max(self._start - 1, 0) * self._size + self._count
        if end >= total:
            self.done = True
        else:
            self._last = self.page + max(1, math.ceil((total - end) / max(self._size, 1)))

    def _explained_stale_pages(self, total: int | None) -> int:
        # Page 0 and page 1 may be the same one.
        explained = 1 if self._start == 0 and self.page == 1 else 0
        if total is not None and self._first_total is not None:
            explained += math.ceil(max(0, total - self._first_total) / max(self._size, 1))
        return min(explained, _MOST_STALE_PAGES)

    def _fresh(self, items: list[Any]) -> list[Any]:
        if not items:
            return items
        if self._spec.key is None:
            repeated = items == self._previous
            self._previous = items
            return [] if repeated else items
        keys = _keys(items, self._spec.key)
        distinct = set(keys)
        if len(distinct) == len(keys) and self._seen.isdisjoint(distinct):
            self._seen |= distinct
            return items
        fresh = []
        for key, item in zip(keys, items, strict=True):
            if key is None or isinstance(key, Unset):
                fresh.append(item)
            elif key not in self._seen:
                self._seen.add(key)
                fresh.append(item)
        return fresh


def _keys(items: list[Any], key: str) -> list[Hashable]:
    first = items[0]
    if isinstance(first, Model):
        python_name = {wire: name for name, wire in wire_names(type(first)).items()}[key]
        keys: list[Hashable] = list(map(attrgetter(python_name), items))
    else:
        keys = list(map(itemgetter(key), items))
    # Half the memory, and a hash that costs no call.
    return [value.int if type(value) is UUID else value for value in keys]


def _look_up(response: Any, path: str | None) -> Any:
    """The value at a dotted path of wire names, None where there is none."""
    value = response
    for step in path.split(".") if path else ():
        if isinstance(value, Model):
            names = {wire: name for name, wire in wire_names(type(value)).items()}
            value = getattr(value, names[step]) if step in names else value.additional_properties.get(step)
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return None if path is None or isinstance(value, Unset) else value


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
