"""What a run finds out: figures with their limits, and groups of contenders that do the same work."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

__all__ = ["Figure", "Group", "Run", "ratio", "shown", "spread"]

Samples = Sequence[float]


@dataclass(frozen=True)
class Figure:
    """A figure of realtimekit: the median of `samples`, which are empty if what they need is not installed.

    `limit` is the most that it may be or, with `is_least`, the least.
    """

    what: str
    samples: Samples
    unit: str = ""
    limit: float | None = None
    is_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether the median is beyond the limit."""
        if not self.samples or self.limit is None:
            return False
        return median(self.samples) < self.limit if self.is_least else median(self.samples) > self.limit

    @property
    def value(self) -> str:
        """The median, with the middle half of the samples if there are several."""
        if not self.samples:
            return "not measured"
        middle = f" ({spread(self.samples)})" if len(self.samples) > 1 else ""
        return f"{shown(median(self.samples))}{middle} {self.unit}".strip()

    @property
    def allowed(self) -> str:
        """The limit as it is shown."""
        return "" if self.limit is None else f"{'at least' if self.is_least else 'at most'} {shown(self.limit)}"


@dataclass(frozen=True)
class Group:
    """Contenders that do the same work, each with one sample a round. `name` is the name of the chart's file."""

    name: str
    title: str
    text: str
    unit: str
    samples: Mapping[str, Samples]


@dataclass
class Run:
    """One run: a folder for its files, whether it only shows that everything runs, what is installed, what came out."""

    folder: Path
    is_quick: bool
    has_vendor: bool
    # The script that starts Prism.
    prism: Path | None
    # How many programs wanted a core in the last minute.
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    groups: list[Group] = field(default_factory=list)
    budgets: list[Figure] = field(default_factory=list)
    counts: list[Figure] = field(default_factory=list)

    def in_turns(self, measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
        """Measure each once a round, one after the other, so that a busy machine disturbs all alike."""
        samples: dict[str, list[float]] = {name: [] for name in measures}
        names = list(measures)
        for number in range(1 if self.is_quick else rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                samples[name].append(measures[name]())
        return samples


def ratio(samples: Mapping[str, Samples], one: str, other: str) -> Samples:
    """One contender over another, round by round; nothing if one of them was not measured."""
    return [a / b for a, b in zip(samples.get(one, ()), samples.get(other, ()), strict=False)]


def spread(samples: Samples) -> str:
    """The middle half of the samples."""
    first, _, third = quantiles(samples, method="inclusive") if len(samples) > 1 else [*samples] * 3
    return f"{shown(first)} to {shown(third)}"


def shown(number: float) -> str:
    """A number with three digits, or whole."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
