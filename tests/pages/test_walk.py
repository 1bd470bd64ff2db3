"""The walk through a list's pages, against a list in memory that grows, shrinks and has faults while it is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtimekit_runtime.errors import IncompleteListError
from realtimekit_runtime.operations import Pagination
from realtimekit_runtime.walk import PageWalk

from .served_list import PAGINATION, Fault, ServedList, cost, read


def walk_through(
    *pages: list[int], total: int | None = None, pagination: Pagination = PAGINATION
) -> tuple[list[int], IncompleteListError | None]:
    """Walk through pages of these items, and empty ones after them. An item is its own place in the list."""
    walk, items = PageWalk(pagination, 1), list[int]()
    while not walk.done:
        page = pages[walk.page - 1] if walk.page <= len(pages) else []
        batch = walk.batch
        walk.take(
            {
                "data": [{"id": item} for item in page],
                "paging": {"total_count": total, "end_offset": max(page, default=None)},
            }
        )
        if walk.batch is not batch and walk.batch is not None:
            items += [item["id"] for item in walk.batch.items]
    return items, walk.failure


def on_page(number: int, fault: Fault, times: int = 1000) -> Callable[[int], Fault | None]:
    """The fault, for the first so many responses to a page."""
    left = [times]

    def choose(page: int) -> Fault | None:
        if page != number or not left[0]:
            return None
        left[0] -= 1
        return fault

    return choose


# --- a list that behaves --------------------------------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 8), st.booleans())
def test_a_list_that_behaves_costs_its_pages_and_comes_in_order(
    count: int, per_page: int, window: int, newest_first: bool
) -> None:
    source = ServedList(count, per_page, newest_first=newest_first)
    reading = read(source, window=window)
    assert reading.items == source.in_order
    assert reading.failure is None
    assert sorted(source.requests) == list(range(1, cost(count, per_page) + 1))


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 6), st.integers(0, 40), st.booleans(), st.data())
def test_old_items_come_exactly_once_and_in_order_however_the_list_grows(
    count: int, per_page: int, window: int, growth: int, newest_first: bool, data: st.DataObject
) -> None:
    source = ServedList(count, per_page, newest_first=newest_first)
    old = source.in_order

    def grow(_page: int) -> None:
        nonlocal growth
        added = data.draw(st.integers(0, min(growth, 3 * per_page))) if growth else 0
        source.add(added)
        growth -= added

    start = data.draw(st.integers(0, 1))
    reading = read(
        source, start=start, window=window, fault=grow, choose=lambda pages: data.draw(st.sampled_from(pages))
    )
    assert len(reading.items) == len(set(reading.items))
    assert [item for item in reading.items if item <= count] == old
    assert reading.failure is None


@given(st.integers(0, 40), st.integers(1, 6), st.integers(0, 9))
def test_a_walk_starts_where_the_caller_says(count: int, per_page: int, start: int) -> None:
    source = ServedList(count, per_page)
    reading = read(source, start=start)
    assert reading.items == source.in_order[max(start - 1, 0) * per_page :]
    assert reading.failure is None


BARE = Pagination(page="page", items="data")
# Pages, the total, where they have what, and how many items come.
PAGES: dict[str, tuple[list[list[int]], int | None, Pagination, int]] = {
    "short pages do not end it": ([[1, 2, 3], [4], [5, 6], [7, 8, 9, 10]], 10, PAGINATION, 10),
    # Page 3 is full, so that the total may be too low.
    "a page that repeats an item is no larger": ([[1, 2, 3, 1], [4, 5, 6], [7, 8, 9], [10]], 9, PAGINATION, 10),
    "without a total, it ends at an empty page": ([[1, 2], [3]], None, BARE._replace(key="id"), 3),
    "without keys, it ends at a page that is the same again": ([[1], [2], [2], [3]], None, BARE, 2),
}


@pytest.mark.parametrize(("pages", "total", "pagination", "count"), PAGES.values(), ids=PAGES)
def test_where_a_list_ends(pages: list[list[int]], total: int | None, pagination: Pagination, count: int) -> None:
    items, failure = walk_through(*pages, total=total, pagination=pagination)
    assert (items, failure) == (list(range(1, count + 1)), None)


# --- lists that do not behave ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [0, 1, 15, 30, 40, 44])
@pytest.mark.parametrize("window", [1, 10])
def test_a_total_that_is_too_low_loses_nothing(total: int, window: int) -> None:
    source = ServedList(45, 10)
    reading = read(source, window=window, fault=lambda page: Fault(total=total))
    assert reading.items == source.in_order
    assert reading.failure is None
    assert len(source.requests) <= cost(45, 10) + 4


def test_a_total_that_is_too_high_is_reported() -> None:
    reading = read(ServedList(45, 10), fault=lambda page: Fault(total=50), most=60)
    assert len(reading.items) == 45
    assert reading.failure is not None
    assert reading.failure.missing == 5


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("times", [1, 2])
def test_a_page_that_is_empty_at_first_is_requested_again(page: int, times: int) -> None:
    source = ServedList(45, 20)
    reading = read(source, fault=on_page(page, Fault(is_empty=True), times=times))
    assert sorted(reading.items) == list(range(1, 46))
    assert reading.failure is None
    if times == 1:
        assert reading.items == source.in_order
        assert sorted(source.requests) == sorted([1, 2, 3, page])


def test_a_page_that_stays_empty_costs_nothing_but_its_own_items_and_is_reported() -> None:
    source = ServedList(45, 20)
    reading = read(source, fault=on_page(2, Fault(is_empty=True)))
    assert reading.items == [*range(45, 25, -1), *range(5, 0, -1)]
    assert reading.failure is not None
    assert reading.failure.missing == 20
    assert "page 2 was empty" in reading.failure.why
    assert str(reading.failure).startswith("The list is incomplete: 20 of 45 items may be missing (page 2 was empty)")


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("times", [1, 2])
def test_a_replica_that_is_a_page_behind_loses_nothing(page: int, times: int, newest_first: bool) -> None:
    source = ServedList(45, 20, newest_first=newest_first)
    reading = read(source, fault=on_page(page, Fault(behind=20), times=times))
    assert sorted(reading.items) == list(range(1, 46))
    assert reading.failure is None


@pytest.mark.parametrize(("behind", "times"), [(5, 1), (5, 2), (13, 1), (13, 2), (13, 1000)])
def test_a_replica_that_is_behind_does_not_explain_an_empty_page(behind: int, times: int) -> None:
    faults = iter([Fault(is_empty=True), *[Fault(behind=behind)] * times])
    reading = read(ServedList(13, 20), fault=lambda page: next(faults, None), most=50)
    assert reading.failure is not None or sorted(reading.items) == list(range(1, 14))


@pytest.mark.parametrize("before", [5, 10, 20, 40])
@pytest.mark.parametrize("after", [5, 10, 20, 40])
@pytest.mark.parametrize("window", [1, 4])
def test_a_page_size_that_moves_loses_nothing(before: int, after: int, window: int) -> None:
    source = ServedList(95, before)

    def move(page: int) -> None:
        if page == 2:
            source.per_page = after

    reading = read(source, fault=move, window=window)
    assert sorted(reading.items) == list(range(1, 96))
    assert reading.failure is None


def test_a_page_size_that_moves_is_noticed_without_places_in_the_list() -> None:
    source = ServedList(45, 5)

    def move(page: int) -> None:
        source.per_page = 5 if source.requests == [1] else 10

    reading = read(source, pagination=PAGINATION._replace(end=None), fault=move)
    assert sorted(reading.items) == list(range(1, 46))


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("removed", [range(40, 45), range(20, 25), range(1, 6), range(10, 35)])
def test_items_that_vanish_take_no_others_with_them(removed: range, newest_first: bool) -> None:
    source = ServedList(45, 20, newest_first=newest_first)

    def remove(page: int) -> None:
        if page == 2:
            source.remove(list(removed))

    reading = read(source, fault=remove, window=1)
    assert set(source.ids) <= set(reading.items)
    assert reading.failure is None


def test_items_that_vanish_do_not_make_up_for_others_that_were_left_out() -> None:
    source = ServedList(30, 10, newest_first=False)

    def change(page: int) -> None:
        # The first ten were read. Then the last ten are on page 2, and in the second round not on page 2 either.
        source.remove(list(range(1, 11)) if page == 3 else [])
        source.per_page = 15 if page == 2 and source.vanished else source.per_page

    reading = read(source, fault=change, window=1)
    assert set(source.ids) - set(reading.items) == set(range(21, 26))
    assert reading.failure is not None


def test_a_gap_in_a_list_without_total_is_reported() -> None:
    items, failure = walk_through([1, 2], [5, 6], pagination=PAGINATION._replace(total=None))
    assert items == [1, 2, 5, 6]
    assert failure is not None
    assert failure.why == "2 items before page 2 were left out"


@pytest.mark.parametrize("growth", [120, 1000])
def test_a_list_may_grow_by_more_than_a_hundred_pages_before_the_loop_goes_on(growth: int) -> None:
    source = ServedList(200, 1)
    old = source.in_order

    def grow(page: int) -> None:
        if page == 151 and source.newest == 200:
            source.add(growth)

    reading = read(source, fault=grow, window=1)
    assert [item for item in reading.items if item <= 200] == old
    assert reading.failure is None


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("end", [5, None])
def test_a_server_that_repeats_a_page_for_ever_is_left(growing: bool, end: int | None) -> None:
    page = ServedList(5, 5).response(1)
    walk = PageWalk(PAGINATION, 1)
    taken = 0
    while not walk.done:
        page["paging"] |= {"total_count": 1000 + (taken * 5 if growing else 0), "end_offset": end}
        walk.take(page)
        taken += 1
        assert taken < 300
    assert walk.failure is not None
    assert walk.failure.missing >= 995


def test_a_server_that_has_only_empty_pages_is_left() -> None:
    source = ServedList(0, 5)
    reading = read(source, fault=lambda page: Fault(total=10**9), most=50)
    assert reading.failure is not None
    assert reading.failure.missing == 10**9


@pytest.mark.parametrize("total", [0, 20])
def test_a_server_that_has_new_items_for_ever_is_left(total: int) -> None:
    source = ServedList(20, 5, newest_first=False)

    def grow(_page: int) -> Fault:
        source.add(5)
        return Fault(total=total)

    reading = read(source, fault=grow, most=120)
    assert reading.items == list(range(1, len(reading.items) + 1))
    assert len(reading.items) > 500
    assert reading.failure is not None
    assert reading.failure.why == f"the list goes on after its total of {total}"


@pytest.mark.parametrize("start", [0, 1])
def test_a_list_without_total_goes_on_after_a_page_that_new_items_have_moved(start: int) -> None:
    source = ServedList(12, 3)

    def grow(page: int) -> None:
        source.add(3 if page == 3 and source.newest == 12 else 0)

    reading = read(source, start=start, pagination=PAGINATION._replace(total=None), window=1, fault=grow)
    assert sorted(reading.items) == list(range(1, 13))
