"""How long reading meetings takes: from memory, a page, a whole list."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Mapping
from functools import partial
from inspect import isawaitable
from typing import Any

from .contenders import CONTENDERS, HTTPX, OURS, STRUCTS, VENDOR, read_list, read_list_page_by_page, reader
from .figures import Figure, Group, Run, ratio
from .server import serve

__all__ = ["measure_lists", "measure_pages", "measure_reading"]

# In a round, a contender does the same again and again for so long.
_SECONDS = 0.1


def measure_reading(run: Run) -> None:
    """Read a page of 1,000 meetings that is in memory."""
    readers = {name: reader(name) for name in (STRUCTS, *_installed(run))}
    # 1,000 meetings: the milliseconds of a page are the microseconds of a meeting.
    samples = _milliseconds(run, readers, time.process_time)
    text = "CPU time of a meeting on a page of 1,000. The responses come from memory, through httpx except to msgspec."
    run.groups.append(Group("reading", "Read one meeting", text, "µs", samples))
    what = "Read one meeting, typed, with its unknown fields"
    run.budgets += [
        Figure(what, ratio(samples, VENDOR, OURS), "times as fast as the vendor's SDK", 45, is_least=True),
        Figure(what, ratio(samples, OURS, STRUCTS), "times as long as msgspec into Structs", 1.6),
    ]


def measure_pages(run: Run) -> None:
    """Request a page of 20 meetings, sync and async."""
    text = "One request after the other on one connection, to a server in another process that has its response ready."
    for kind in ("sync", "async"):
        with serve(20, 20) as url:
            fetches = {name: CONTENDERS[name](url, None, is_async=kind == "async") for name in _installed(run)}
            actions = {name: partial(fetch, 1, 20) for name, fetch in fetches.items()}
            samples = _milliseconds(run, actions, time.perf_counter)
        what = f"Request a page of 20 meetings, {kind}"
        run.groups.append(Group(f"page-{kind}", what, text, "ms", samples))
        run.budgets.append(Figure(what, ratio(samples, OURS, HTTPX), "times as long as httpx into dicts", 1.4))


def measure_lists(run: Run) -> None:
    """Read a list of 10,000 meetings whose responses take 50 ms each."""
    with serve(1_000 if run.is_quick else 10_000, 100, 0.05) as url:
        actions = {OURS: partial(read_list, url)}
        if run.has_vendor:
            actions[VENDOR] = partial(read_list_page_by_page, CONTENDERS[VENDOR](url, None, is_async=False))
        samples = run.in_turns({name: partial(_seconds, action) for name, action in actions.items()}, rounds=5)
    what = "Read 10,000 meetings, 100 a page, 50 ms a response"
    text = (
        "With default settings. The vendor's SDK has no loop over pages and is called for one after the other. "
        "realtimekit has ten under way, so that it waits for 0.55 s at least."
    )
    run.groups.append(Group("list", what, text, "s", samples))
    faster = ratio(samples, VENDOR, OURS)
    run.budgets.append(Figure(what, faster, "times as fast as a loop over the vendor's SDK", 9, is_least=True))


def _installed(run: Run) -> list[str]:
    return [name for name in CONTENDERS if name != VENDOR or run.has_vendor]


def _milliseconds(
    run: Run, actions: Mapping[str, Callable[[], Any]], clock: Callable[[], float]
) -> dict[str, list[float]]:
    """How many milliseconds each action takes."""

    async def measure(action: Callable[[], Any]) -> float:
        started, calls = clock(), 0
        while (spent := clock() - started) < _SECONDS:
            result = action()
            if isawaitable(result):
                await result
            calls += 1
        return 1e3 * spent / calls

    with asyncio.Runner() as runner:
        measures = {name: lambda action=action: runner.run(measure(action)) for name, action in actions.items()}
        run.in_turns(measures, rounds=1)
        # So that garbage collection does not look through what others have loaded.
        gc.collect()
        gc.freeze()
        return run.in_turns(measures, rounds=25)


def _seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
