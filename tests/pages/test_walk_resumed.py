"""Another walk goes on where one ended, in this process or the next, and loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtimekit_runtime.walk import PageWalk

from .served_list import PAGINATION, Fault, ServedList, cost, read


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 9), st.data())
def test_a_new_walk_from_the_failed_page_loses_nothing(
    count: int, per_page: int, growth: int, data: st.DataObject
) -> None:
    source = ServedList(count, per_page)
    walk = PageWalk(PAGINATION, 1)
    before: set[int] = set()
    for _ in range(data.draw(st.integers(0, count // per_page))):
        if not walk.done:
            walk.take(source.response(walk.page))
            before |= {item["id"] for item in walk.batch.items} if walk.batch else set()
    source.add(growth)
    rest = set() if walk.done else set(read(source, start=walk.resume_page).items)
    assert set(range(1, count + 1)) <= before | rest


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 12))
def test_a_walk_from_a_checkpoint_costs_only_what_is_left(count: int, per_page: int, killed_at: int) -> None:
    source = ServedList(count, per_page)
    turns = iter(range(1, 100))
    reading = read(source, window=1, is_killed=lambda: next(turns) == killed_at)
    assert reading.items == source.in_order
    assert source.requests == list(range(1, len(source.requests) + 1))
    assert len(source.requests) <= cost(count, per_page)


def test_a_kill_behind_a_total_that_is_too_low_leaves_the_list_complete() -> None:
    source, turns = ServedList(5, 1), iter(range(1, 100))
    reading = read(source, window=1, fault=lambda page: Fault(total=2), is_killed=lambda: next(turns) == 6)
    assert (reading.items, reading.failure) == (source.in_order, None)


def test_another_loop_starts_from_the_first_page_if_the_second_reading_is_in_doubt_too() -> None:
    source = ServedList(20, 5)
    walk = PageWalk(PAGINATION, 1)
    while walk.round == 1 or walk.page < 4:
        walk.take(source.response(walk.page, Fault(is_empty=walk.page == 2)))
    assert walk.resume_page == 1


@pytest.mark.parametrize("killed_at", [3, 5, None], ids=["in the first round", "in the second round", "never"])
def test_a_doubt_outlives_a_kill(killed_at: int | None) -> None:
    source = ServedList(9, 3)
    # Page 2 leaves out three items, and page 3 has three new ones, while others vanish: the number of items is right.
    first_round = {
        1: source.response(1),
        2: source.response(3),
        3: {"data": [{"id": number} for number in (12, 11, 10)], "paging": {"total_count": 9, "end_offset": 12}},
    }
    source.add(3)
    source.remove([7, 8, 9])
    walk, checkpoint, items = PageWalk(PAGINATION, 1), None, list[int]()
    turn = 0
    while not walk.done:
        if turn == killed_at:
            walk = PageWalk(PAGINATION, 1, checkpoint, items)
        batch, page, turn = walk.batch, walk.page, turn + 1
        walk.take(first_round[page] if 3 in first_round else source.response(page))
        if page == 3:
            first_round.clear()
        if walk.batch is not None and walk.batch is not batch:
            items += [item["id"] for item in walk.batch.items]
        checkpoint = walk.checkpoint
    assert sorted(items) == [*range(1, 13)]
