"""The walk through a list's pages, against a list in memory that grows while it is read."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtimekit_runtime.operations import Pagination
from realtimekit_runtime.walk import PageWalk

PAGINATION = Pagination(
    page="page_no",
    size="per_page",
    items="data",
    total="paging.total_count",
    end="paging.end_offset",
    key="id",
)


class GrowingList:
    """A list that answers pages, newest item first."""

    def __init__(self, count: int, per_page: int) -> None:
        self.items = list(range(count, 0, -1))
        self.per_page = per_page
        self.asked: list[int] = []

    def add(self, count: int) -> None:
        for _ in range(count):
            self.items.insert(0, len(self.items) + 1)

    def response(self, page: int) -> dict[str, Any]:
        self.asked.append(page)
        start = (max(page, 1) - 1) * self.per_page
        items = self.items[start : start + self.per_page]
        return {
            "data": [{"id": item} for item in items],
            "paging": {
                "start_offset": start + 1 if items else 0,
                "end_offset": start + len(items) if items else 0,
                "total_count": len(self.items),
            },
        }


def read(
    source: GrowingList, *, start: int = 1, window: int = 4, data: st.DataObject | None = None, growth: int = 0
) -> list[int]:
    """Walk the whole list with `window` pages under way, answered in any order that `data` draws."""
    walk = PageWalk(PAGINATION, start)
    under_way: list[int] = []
    arrived: dict[int, Any] = {}
    read: list[int] = []
    while not walk.done:
        under_way += [p for p in walk.ahead(window) if p not in under_way and p not in arrived]
        while walk.page not in arrived:
            page = data.draw(st.sampled_from(under_way)) if data else under_way[0]
            if data and growth and (added := data.draw(st.integers(0, growth))):
                source.add(added)
                growth -= added
            under_way.remove(page)
            arrived[page] = source.response(page)
        fresh = walk.take(arrived.pop(walk.page))
        read += [item["id"] for item in fresh or ()]
    return read


@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 8))
def test_a_list_at_rest_costs_its_pages_and_comes_in_order(count: int, per_page: int, window: int) -> None:
    source = GrowingList(count, per_page)
    assert read(source, window=window) == list(range(count, 0, -1))
    assert sorted(source.asked) == list(range(1, max(1, math.ceil(count / per_page)) + 1))


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 6), st.integers(0, 12), st.data())
def test_old_items_come_exactly_once_however_the_list_grows(
    count: int, per_page: int, window: int, growth: int, data: st.DataObject
) -> None:
    source = GrowingList(count, per_page)
    items = read(source, window=window, data=data, growth=growth)
    assert len(items) == len(set(items))
    assert set(range(1, count + 1)) <= set(items)


@given(st.integers(0, 40), st.integers(1, 6), st.integers(0, 9))
def test_a_walk_starts_where_the_caller_says(count: int, per_page: int, start: int) -> None:
    source = GrowingList(count, per_page)
    skipped = max(start - 1, 0) * per_page
    assert read(source, start=start) == source.items[skipped:]


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 4), st.data())
def test_a_new_walk_from_the_failed_page_loses_nothing(
    count: int, per_page: int, growth: int, data: st.DataObject
) -> None:
    source = GrowingList(count, per_page)
    walk = PageWalk(PAGINATION, 1)
    before: list[int] = []
    for _ in range(data.draw(st.integers(0, count // per_page))):
        before += [item["id"] for item in walk.take(source.response(walk.page)) or ()]
    source.add(growth)
    assert set(range(1, count + 1)) <= {*before, *read(source, start=walk.page)}


@pytest.mark.parametrize("growing", [False, True])
def test_a_server_that_repeats_a_page_for_ever_is_left(growing: bool) -> None:
    source = GrowingList(5, 5)
    page = source.response(1)
    walk = PageWalk(PAGINATION, 1)
    taken = 0
    while not walk.done:
        page["paging"] |= {"total_count": 1000 + (taken * 5 if growing else 0), "end_offset": 5}
        walk.take(page)
        taken += 1
    assert taken <= (101 if growing else 2) + 1


def test_short_pages_do_not_end_the_list() -> None:
    walk = PageWalk(PAGINATION, 1)
    sizes = [3, 1, 2, 4]
    position = 0
    read: list[int] = []
    while not walk.done:
        size = sizes[walk.page - 1]
        items = [{"id": position + n} for n in range(size)]
        position += size
        fresh = walk.take({"data": items, "paging": {"end_offset": position, "total_count": 10}})
        read += [item["id"] for item in fresh or ()]
    assert read == list(range(10))


def test_a_list_without_total_is_read_until_an_empty_page() -> None:
    walk = PageWalk(Pagination(page="page", items="data", key="id"), 1)
    pages: dict[int, list[int]] = {1: [1, 2], 2: [3], 3: []}
    read: list[int] = []
    while not walk.done:
        assert len(walk.ahead(8)) <= 2
        fresh = walk.take({"data": [{"id": n} for n in pages[walk.page]]})
        read += [item["id"] for item in fresh or ()]
    assert read == [1, 2, 3]


def test_a_list_without_keys_stops_at_a_page_that_is_the_same_again() -> None:
    walk = PageWalk(Pagination(page="page", items="data"), 1)
    assert walk.take({"data": [{"a": 1}]}) == [{"a": 1}]
    assert walk.take({"data": [{"a": 2}]}) == [{"a": 2}]
    assert walk.take({"data": [{"a": 2}]}) == []
    assert walk.done


def test_a_list_that_shrinks_is_asked_once_more_and_then_believed() -> None:
    walk = PageWalk(PAGINATION, 1)
    walk.take({"data": [{"id": 1}], "paging": {"end_offset": 1, "total_count": 9}})
    smaller = {"data": [{"id": 2}], "paging": {"end_offset": 2, "total_count": 2}}
    assert walk.take(smaller) is None
    assert walk.take(smaller) == [{"id": 2}]
    assert walk.done
