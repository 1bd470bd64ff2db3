from __future__ import annotations

from typing import Any

import pytest
from changes.contracts import read_changes
from changes.rating import Change, ComparisonError, Impact, Version, required_version


@pytest.mark.parametrize(
    ("impacts", "required"),
    [
        ([], "1.2.3"),
        ([Impact.PATCH], "1.2.4"),
        ([Impact.PATCH, Impact.MINOR], "1.3.0"),
        ([Impact.MINOR, Impact.MAJOR, Impact.PATCH], "2.0.0"),
    ],
)
def test_the_gravest_change_decides(impacts: list[Impact], required: str) -> None:
    changes = [Change(impact, "somewhere", "something") for impact in impacts]
    assert str(required_version(Version(1, 2, 3), changes)) == required


def test_versions_are_ordered_by_their_numbers() -> None:
    assert Version.parse("1.9.0") < Version.parse("1.10.0") < Version.parse("2.0.0")


@pytest.mark.parametrize("text", ["", "1", "1.0", "v1.0.0", "1.0.0-rc.1", "01.0.0", "1.0.0\n", "1.0.\u0660"])
def test_what_is_no_version_is_said_so(text: str) -> None:
    with pytest.raises(ComparisonError, match=r"info\.version"):
        Version.parse(text)


def _entry(**values: Any) -> dict[str, Any]:
    path = "#/paths/~1meetings/get/responses/200/content/application~1json/schema/properties/title"
    return {"path": path, "kind": "modified", "impact": "patch", "verdicts": []} | values


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (
            _entry(impact="major", kind="removed", verdicts=[{"message": "Property `title` was removed."}]),
            "major  /meetings get 200 title: Property `title` was removed.",
        ),
        (
            _entry(property="maxLength", base={"value": 9}, revision={"value": 8}),
            "patch  /meetings get 200 title maxLength: 9 -> 8",
        ),
        (
            _entry(property="description", base={"value": "x" * 99}),
            "patch  /meetings get 200 title description: modified",
        ),
        (
            _entry(impact="minor", kind="added", revision={"value": {"name": "search"}}),
            "minor  /meetings get 200 title: search added",
        ),
    ],
)
def test_a_report_is_read_into_lines(entry: dict[str, Any], line: str) -> None:
    assert [str(change) for change in read_changes({"changes": [entry]})] == [line]


def test_the_version_itself_is_no_change() -> None:
    entry = _entry(path="#/info", property="version", base={"value": "1.0.0"}, revision={"value": "1.1.0"})
    assert read_changes({"changes": [entry]}) == []
