from __future__ import annotations

from pathlib import Path

import pytest
from changes.interfaces import annotation_change, compare_interfaces
from changes.rating import Impact

BASE = '''
"""A package."""
from realtimekit_runtime import Pager

__all__ = ["Meeting", "Meetings", "Pager"]


class Meeting:
    id: str
    title: str | None


class Meetings:
    def list(self, app_id: str, *, status: str | None = None) -> list[Meeting]:
        return []

    def _private(self) -> None: ...
'''
RUNTIME = "class Pager:\n    def pages(self) -> list[int]:\n        return []\n"


def _changes(tmp_path: Path, *edits: tuple[str, str], runtime: str = RUNTIME) -> list[str]:
    after = BASE
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    for name, package, ours in (("base", BASE, RUNTIME), ("new", after, runtime)):
        for path, text in (
            (tmp_path / name / "generated" / "realtimekit", package),
            (tmp_path / name / "src" / "realtimekit_runtime", ours),
        ):
            path.mkdir(parents=True)
            (path / "__init__.py").write_text(text)
    return sorted(str(change) for change in compare_interfaces(tmp_path / "base", tmp_path / "new"))


def test_the_same_is_no_change(tmp_path: Path) -> None:
    assert (
        _changes(tmp_path, ('"""A package."""', '"""Other words."""'), ("        return []", "        return list()"))
        == []
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    title: str | None\n", "", "major  realtimekit.Meeting.title: public object was removed"),
        ("    id: str\n", "    id: int\n", "major  realtimekit.Meeting.id: str -> int"),
        ("    title: str | None\n", "    title: str\n", "minor  realtimekit.Meeting.title: str | None -> str"),
        ("    id: str\n", "    id: str | None\n", "major  realtimekit.Meeting.id: str -> str | None"),
        ("    id: str\n", "    id: str\n    status: str\n", "minor  realtimekit.Meeting.status: added"),
        (", *, status: str | None = None", "", "major  realtimekit.Meetings.list(status): parameter was removed"),
        ("app_id: str,", "app_id: str | int,", "minor  realtimekit.Meetings.list(app_id): str -> str | int"),
        (
            "status: str |",
            "search: str | None = None, status: str |",
            "minor  realtimekit.Meetings.list(search): added",
        ),
        (
            "status: str |",
            "search: str, status: str |",
            "major  realtimekit.Meetings.list(search): parameter was added as required",
        ),
        ("list[Meeting]", "tuple[Meeting]", "major  realtimekit.Meetings.list: list[Meeting] -> tuple[Meeting]"),
    ],
)
def test_a_change_of_the_interface(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert _changes(tmp_path, (old, new)) == [expected]


def test_what_is_private_is_nobodys_business(tmp_path: Path) -> None:
    assert _changes(tmp_path, ("    def _private(self) -> None: ...\n", "")) == []


def test_something_new_is_one_line(tmp_path: Path) -> None:
    assert _changes(
        tmp_path,
        ('"Pager"]', '"Pager", "Session"]'),
        ("class Meetings:", "class Session:\n    id: str\n\n\nclass Meetings:"),
    ) == ["minor  realtimekit.Session: added"]


def test_what_is_re_exported_counts(tmp_path: Path) -> None:
    changed = RUNTIME.replace("def pages(self)", "def first(self)")
    assert _changes(tmp_path, runtime=changed) == [
        "major  realtimekit_runtime.Pager.pages: public object was removed",
        "minor  realtimekit.Pager.first: added",
    ]


@pytest.mark.parametrize(
    ("old", "new", "is_argument", "impact"),
    [
        ("int", "int", False, None),
        ("int | None", "None | int", False, None),
        ("int", "int | None", True, Impact.MINOR),
        ("int | None", "int", True, Impact.MAJOR),
        ("int", "str", True, Impact.MAJOR),
        ("", "int", False, Impact.MAJOR),
    ],
)
def test_an_annotation(old: str, new: str, is_argument: bool, impact: Impact | None) -> None:
    assert annotation_change(old, new, is_argument=is_argument) == impact
