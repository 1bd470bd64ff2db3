"""Thousands of lists, each with a history that a seed makes up: nothing is lost without an error."""

from __future__ import annotations

import random

import pytest

from realtimekit_runtime.walk import Checkpoint

from .served_list import Fault, Reading, ServedList, read

# A total that is always too low hides what else goes wrong, and a list that shrinks and grows between two requests
# hides both: such faults come alone.
_FAULTS_TOGETHER = [
    ["grow", "clamp", "total", "behind", "empty", "lost"],
    ["vanish", "clamp", "empty", "lost"],
    ["always too low", "lost"],
]
_MAX_FAULTS = 3


class _History:
    """One list over time, made up from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.source = ServedList(
            self.random.randint(0, 40), self.random.randint(1, 6), newest_first=self.random.random() < 0.5
        )
        self.old = set(self.source.ids)
        possible = self.random.choice(_FAULTS_TOGETHER)
        self.kinds = self.random.sample(possible, self.random.randint(0, min(3, len(possible))))
        self.left = _MAX_FAULTS
        self.smallest_page = self.source.per_page
        self.totals: list[int] = []
        self.most_kills = self.random.choice([0, 0, 1, 5])
        self.kills = 0
        self.empty_page = self.random.randint(1, 8) if "empty" in self.kinds and self.random.random() < 0.3 else None

    def read(self) -> Reading:
        start = self.random.choice([0, 1])
        window = self.random.choice([1, 1, 4, 10])
        return read(
            self.source,
            start=start,
            window=window,
            fault=self.fault,
            choose=self.random.choice,
            is_killed=self.is_killed,
        )

    def is_killed(self, kept: Checkpoint | None) -> bool:
        if self.kills == self.most_kills or self.random.random() > 0.2:
            return False
        self.kills += 1
        if kept is None:
            # Another process does not know what this one was told.
            self.totals.clear()
        return True

    @property
    def bound(self) -> int:
        """The most requests of all loops: each has two rounds, in which each page may be requested twice.

        The pages are of the smallest size that the list had by the end.
        """
        items = len(self.old) + 6 * 3 * _MAX_FAULTS
        return 4 * (items // self.smallest_page + 12) * (1 + self.kills)

    def fault(self, page: int) -> Fault:
        fault = Fault(is_empty=page == self.empty_page)
        if self.kinds and self.left and self.random.random() < 0.4:
            self.left -= 1
            self.happen(self.random.choice(self.kinds), fault)
        if "always too low" in self.kinds:
            fault.total = len(self.source.ids) // 2
        if not fault.is_lost:
            count = max(0, len(self.source.ids) - fault.behind)
            self.totals.append(count if fault.total is None else fault.total)
        return fault

    def happen(self, kind: str, fault: Fault) -> None:
        source, number = self.source, self.random.randint(1, 18)
        if kind == "grow":
            source.add(min(number, 3 * source.per_page))
        elif kind == "clamp":
            source.per_page = 1 + number % 6
            self.smallest_page = min(self.smallest_page, source.per_page)
        elif kind == "total":
            fault.total = max(0, len(source.ids) - number)
        elif kind == "behind":
            fault.behind = min(number, 2 * source.per_page)
        elif kind == "empty":
            fault.is_empty = True
        elif kind == "lost":
            fault.is_lost = True
        elif kind == "vanish":
            source.remove(self.random.sample(source.ids, min(len(source.ids), source.per_page)))

    def check(self, reading: Reading) -> None:
        lost = self.old - self.source.vanished - set(reading.items)
        assert len(reading.items) == len(set(reading.items))
        assert len(self.source.requests) <= self.bound
        if reading.failure is not None:
            assert reading.failure.missing >= 1
        elif lost:
            # The only thing that cannot be noticed: no response said that there are more items than were handed out,
            # and it was one page, or all pages are of a replica that is behind.
            assert max(self.totals) <= len(reading.items)


@pytest.mark.parametrize("first_seed", range(0, 4000, 500))
def test_what_was_there_comes_exactly_once_or_the_loop_says_what_is_missing(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 500):
        history = _History(seed)
        reading = history.read()
        try:
            history.check(reading)
        except AssertionError as exc:
            exc.add_note(f"seed {seed}: {history.kinds}")
            raise
