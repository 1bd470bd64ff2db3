"""A progress bar on stderr."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Show", "progress"]


class Show(Protocol):
    """Shows how far the work is."""

    def __call__(self, done: int, total: int | None, pages: int = 0) -> None:
        """Show the number of items so far, that of all items (None if it is unknown) and how many pages were read."""


@contextmanager
def progress(
    title: str, *, is_shown: bool, done: int = 0, waiting: Callable[[], float] = lambda: 0.0
) -> Iterator[Show]:
    """Show a bar while the block runs, if `is_shown`: items, pages, rate, time left, and why it waits.

    Args:
        title: What is done.
        is_shown: Whether there is a bar.
        done: The number of items at the beginning.
        waiting: Returns for how many seconds the rate limit allows no request.

    Yields:
        A function that shows how far the work is.
    """
    if not is_shown:
        yield lambda done, total, pages=0: None  # noqa: ARG005 - nothing is shown
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Facts(ProgressColumn):
        """Pages, rate, and why it waits, as far as they are known."""

        def render(self, task: Task) -> Text:
            facts = [f"{task.fields['pages']:,} pages"] if task.fields["pages"] else []
            if task.speed:
                facts.append(f"{task.speed:,.0f}/s")
            if (seconds := waiting()) > 0:
                facts.append(f"rate limit, {seconds:.0f} s")
            return Text(" ".join(facts))

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        Facts(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        # So that the lines about retries and waits stand above the bar.
        redirect_stderr=True,
    )
    with bar:
        task = bar.add_task(title, total=None, completed=done, pages=0)
        yield lambda done, total, pages=0: bar.update(task, completed=done, total=total, pages=pages)
