"""What one page of a list says: its items with their keys, the total, and its place in the list. No I/O here."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from .models import UNSET, Model, Unset
from .wire_names import python_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Any

    from .operations import Pagination

__all__ = ["ListPage", "item_keys", "read_page"]


class ListPage(NamedTuple):
    """A page of a list.

    Attributes:
        items: Its items, in the service's order.
        keys: A key for each of the items.
        distinct: All keys of the page, also those of items that were left out because they are invalid.
        total: How many items the whole list has, or None if the page does not say.
        end: The place of its last item in the list, from 1, or None if the page does not say.
    """

    items: list[Any]
    keys: list[Hashable]
    distinct: set[Hashable]
    total: int | None
    end: int | None

    @property
    def size(self) -> int:
        """How many items it has; one that stands on it twice counts once."""
        return len(self.distinct)

    def without(self, seen: set[Hashable]) -> list[Any]:
        """The items whose keys are not among those seen, once each."""
        if len(self.distinct) == len(self.items) and seen.isdisjoint(self.distinct):
            return self.items
        new = self.distinct - seen
        items = []
        for key, item in zip(self.keys, self.items, strict=True):
            if key in new:
                new.remove(key)
                items.append(item)
        return items


def read_page(response: Any, pagination: Pagination, number: int, previous: ListPage | None) -> ListPage:
    """Read a page from its response.

    Args:
        response: The response.
        pagination: Where it has what.
        number: The number of the page.
        previous: The page before, if there is one.
    """
    items = _look_up(response, pagination.items) or []
    keys: list[Hashable]
    if pagination.key is not None:
        keys = item_keys(items, pagination.key)
        if not {None, UNSET}.isdisjoint(keys):
            keys = [(number, index) if key is None or key is UNSET else key for index, key in enumerate(keys)]
    elif previous is not None and items == previous.items:
        # Without keys, a page that is the same again is taken for the same items.
        keys = previous.keys
    else:
        keys = [(number, index) for index in range(len(items))]
    invalid = {error.item or (number, error.path) for error in getattr(response, "invalid", ())}
    return ListPage(
        items=items,
        keys=keys,
        distinct=invalid.union(keys),
        total=_whole(_look_up(response, pagination.total)),
        end=_whole(_look_up(response, pagination.end)) if items else None,
    )


def item_keys(items: list[Any], key: str) -> list[Hashable]:
    """The keys of items, as a walk compares them; None or `UNSET` for an item without one."""
    if not items:
        return []
    first = items[0]
    if isinstance(first, Model):
        keys: list[Hashable] = list(map(attrgetter(python_names(type(first))[key]), items))
    else:
        keys = [item.get(key) for item in items]
    # An int takes half the memory of a UUID, and its hash is faster.
    return [value.int if type(value) is UUID else value for value in keys]


def _look_up(response: Any, path: str | None) -> Any:
    """The value at a dotted path of wire names, or None if the response does not have it."""
    value = response
    for step in path.split(".") if path else ():
        if isinstance(value, Model):
            names = python_names(type(value))
            value = getattr(value, names[step]) if step in names else value.additional_properties.get(step)
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return None if path is None or isinstance(value, Unset) else value


def _whole(value: Any) -> int | None:
    """A number of items; None for anything that cannot be one."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value < math.inf else None
