"""Thousands of lists, each with a history that a seed makes up: nothing is lost without an error."""

from __future__ import annotations

import random

import pytest

from .histories import make_up
from .served_list import read


@pytest.mark.parametrize("first_seed", range(0, 4000, 500))
def test_what_was_there_comes_exactly_once_or_the_loop_says_what_is_missing(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 500):
        chance = random.Random(seed)
        history = make_up(chance)
        kills = chance.choice([0, 0, 1, 5])
        left = [chance.randint(0, 15) for _ in range(kills)]

        def is_killed(left: list[int] = left) -> bool:
            left[:] = [turns - 1 for turns in left]
            return -1 in left

        try:
            reading = read(
                history.source,
                start=chance.choice([0, 1]),
                window=chance.choice([1, 1, 4, 10]),
                fault=history.fault,
                choose=chance.choice,
                is_killed=is_killed,
                most=history.bound * (1 + kills),
            )
            history.check(reading.items, reading.failure)
        except AssertionError as exc:
            exc.add_note(f"seed {seed}: {history}")
            raise
