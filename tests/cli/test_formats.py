"""`-o json`, `-o csv` and `--fields`: what programs and spreadsheets read."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest

from realtimekit import Meeting
from realtimekit_emulator import Emulator
from realtimekit_runtime.wire_names import wire_names

from .conftest import Cli, Result

LIST = ("meetings", "list")
NAMES = [*wire_names(Meeting).values(), "additional_properties"]


def _rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.out, newline="")))


def test_json_is_one_array_of_all_that_was_received(cli: Cli, realtimekit_emulator: Emulator) -> None:
    assert cli(*LIST, "-o", "json").out == "[]\n"
    realtimekit_emulator.add_meetings(45)
    realtimekit_emulator.add_meetings([{"title": "ü\n\u2028", "odd": [1]}])
    result = cli(*LIST, "-o", "json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == cli(*LIST).items
    assert json.loads(cli(*LIST, "-o", "json", "--limit", "21").out) == cli(*LIST, "--limit", "21").items


@pytest.mark.parametrize("served", [0, 20])
def test_json_never_looks_complete_after_a_failure(cli: Cli, realtimekit_emulator: Emulator, served: int) -> None:
    added = realtimekit_emulator.add_meetings(45)
    page = {"data": added[:served], "paging": {"start_offset": 1, "end_offset": served, "total_count": 45}}
    if served:
        realtimekit_emulator.fail_next(status=200, body=page | {"success": True})
    realtimekit_emulator.fail_next(status=500, times=10)
    result = cli(*LIST, "-o", "json", "--max-retries", "0")
    assert result.code == 8
    assert result.out.count('"id"') == served
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(result.out)


def test_csv_has_the_columns_of_the_contract_whatever_the_items_hold(cli: Cli, realtimekit_emulator: Emulator) -> None:
    assert cli(*LIST, "-o", "csv").out == ",".join(NAMES) + "\n"
    odd: dict[str, Any] = {"title": '"a", b\r\nc', "odd": {"x": [1, "ü"]}, "created_at": "2026-01-31T12:00:00.5+05:00"}
    added = [*realtimekit_emulator.add_meetings(25), *realtimekit_emulator.add_meetings([odd])]
    result = cli(*LIST, "-o", "csv")
    assert (result.code, result.err) == (0, "")
    rows = {row["id"]: row for row in _rows(result)}
    assert result.out.startswith(",".join(NAMES) + "\n")
    assert set(rows) == {meeting["id"] for meeting in added}
    row = rows[added[-1]["id"]]
    assert row["title"] == odd["title"]
    assert json.loads(row["additional_properties"]) == {"odd": odd["odd"]}
    assert row["created_at"] == "2026-01-31T07:00:00.500000Z"
    for meeting in added:
        assert datetime.fromisoformat(rows[meeting["id"]]["updated_at"]) == datetime.fromisoformat(
            meeting["updated_at"]
        )


def test_csv_tells_nothing_from_an_empty_text(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings([{}, {"title": ""}, {"title": None}])
    assert cli(*LIST, "-o", "csv", "--fields", "status,title").out == 'status,title\n,\n,""\n,\n'
    # A reader skips empty lines.
    assert cli(*LIST, "-o", "csv", "--fields", "title").out == 'title\n""\n""\n""\n'


def test_a_time_that_has_no_utc_is_written_as_it_is(cli: Cli, realtimekit_emulator: Emulator) -> None:
    first = "0001-01-01T00:00:00+01:00"
    realtimekit_emulator.add_meetings([{"updated_at": first}])
    assert cli(*LIST, "-o", "csv", "--fields", "updated_at").out == f"updated_at\n{first}\n"


FORMULAS = ["=1+1", "+1", "-1", "@a", "\tx", "\rx"]


def test_no_cell_is_a_formula_if_that_is_asked_for(cli: Cli, realtimekit_emulator: Emulator) -> None:
    titles = [*FORMULAS, "a=1", "'=1", " =1", ""]
    realtimekit_emulator.add_meetings(
        [{"title": title, "session_keep_alive_time_in_secs": -1} for title in reversed(titles)]
    )
    for options, expected in (
        ((), titles),
        (("--spreadsheet-safe",), [f"'{title}" if title in FORMULAS else title for title in titles]),
    ):
        rows = _rows(cli(*LIST, "-o", "csv", *options))
        assert [row["title"] for row in rows] == expected
        assert {row["session_keep_alive_time_in_secs"] for row in rows} == {"-1.0"}, "a number is no formula"


@pytest.mark.parametrize("output", ["table", "ndjson", "json"])
def test_spreadsheet_safe_is_for_csv(cli: Cli, realtimekit_emulator: Emulator, output: str) -> None:
    result = cli(*LIST, "-o", output, "--spreadsheet-safe")
    assert (result.code, result.out, realtimekit_emulator.requests) == (2, "", [])
    assert "--spreadsheet-safe is for csv" in result.err


def test_fields_are_chosen_in_every_format(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(25)
    first, second = reversed(realtimekit_emulator.add_meetings([{"title": "x" * 50, "odd": 1}, {"status": None}]))
    option = ("--fields", "title, id,additional_properties,status,title")
    expected = [
        {"id": first["id"], "status": None},
        {"title": "x" * 50, "id": second["id"], "additional_properties": {"odd": 1}},
    ]
    for items in (cli(*LIST, *option).items, json.loads(cli(*LIST, *option, "-o", "json").out)):
        assert items[:2] == expected
        assert [*items[1]] == ["title", "id", "additional_properties"]
        assert len(items) == 27
    rows = _rows(cli(*LIST, *option, "-o", "csv"))
    assert [*rows[0].items()] == [("title", ""), ("id", first["id"]), ("additional_properties", ""), ("status", "")]
    assert len(rows) == 27
    lines = cli(*LIST, *option, "-o", "table").out.splitlines()
    assert lines[0].split() == ["title", "id", "additional_properties", "status"]
    assert first["id"] in lines[1]
    assert "x" * 39 + "…" in lines[2]
    assert '{"odd": 1}' in lines[2]
    assert len(lines) == 28


def test_a_table_has_all_chosen_fields_even_if_they_are_wider_than_the_terminal(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    (meeting,) = realtimekit_emulator.add_meetings(1)
    header, row = cli(*LIST, "-o", "table", "--fields", "id,created_at,id").out.splitlines()
    local = datetime.fromisoformat(meeting["created_at"]).astimezone()
    assert header.split() == ["id", "created_at"]
    assert row.split() == [meeting["id"], *f"{local:%Y-%m-%d %H:%M}".split()]


@pytest.mark.parametrize("fields", ["id,titel", "Title", ""])
def test_a_wrong_name_is_refused_with_the_known_ones(cli: Cli, realtimekit_emulator: Emulator, fields: str) -> None:
    result = cli(*LIST, "--fields", fields)
    assert (result.code, result.out, realtimekit_emulator.requests) == (2, "", [])
    assert result.err.startswith(f"error: --fields: there is no {fields.removeprefix('id,')!r}; the fields are ")
    for name in NAMES:
        assert name in result.err
