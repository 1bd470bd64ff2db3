"""Changes, how much each of them matters to callers, and the version that they take together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Change", "ComparisonError", "Impact", "Version", "required_version"]


class ComparisonError(Exception):
    """Two revisions cannot be compared; the message says why in one line."""


class Impact(IntEnum):
    """What a change means to a caller who upgrades, by the part of the version that says so."""

    PATCH = 1
    """Nothing that works stops working, and there is nothing new."""
    MINOR = 2
    """There is something new."""
    MAJOR = 3
    """Something that worked may not work any more."""

    def __str__(self) -> str:
        """As the rules of semantic versioning name it."""
        return self.name.lower()


@dataclass(frozen=True, order=True)
class Change:
    """One change."""

    impact: Impact
    place: str
    what: str

    def __str__(self) -> str:
        """The change as a line of a list."""
        return f"{self.impact!s:<6} {self.place}: {self.what}"


@dataclass(frozen=True, order=True)
class Version:
    """A version number such as 1.2.3."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            ComparisonError: If it is none.
        """
        match = re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", text)
        if match is None:
            raise ComparisonError(f"info.version is {text!r}, and should be three numbers such as 1.2.3")
        return cls(*map(int, match.groups()))

    def raised(self, impact: Impact) -> Version:
        """The next version for a change of this impact."""
        if impact is Impact.MAJOR:
            return Version(self.major + 1, 0, 0)
        if impact is Impact.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.major}.{self.minor}.{self.patch}"


def required_version(base: Version, changes: Iterable[Change]) -> Version:
    """The lowest version that says what the changes since `base` mean: `base` itself where there are none."""
    impact = max((change.impact for change in changes), default=None)
    return base if impact is None else base.raised(impact)
