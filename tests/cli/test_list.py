"""`realtimekit meetings list`: every meeting arrives, on the right stream, in the right format."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from realtimekit_cli.progress import progress
from realtimekit_emulator import Emulator

from .conftest import Cli

LIST = ("meetings", "list")


def _canonical(meeting: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(meeting[name]) for name in ("created_at", "updated_at")}
    return meeting | times


def test_ndjson_has_every_meeting_and_every_field(cli: Cli, realtimekit_emulator: Emulator) -> None:
    added = realtimekit_emulator.add_meetings(45)
    odd: dict[str, Any] = {"title": "会议 🚀\u2028\n\"'", "unknown": {"nested": [1, None, "ü"]}, "status": "ARCHIVED"}
    added += realtimekit_emulator.add_meetings([odd])

    result = cli(*LIST)

    assert (result.code, result.err) == (0, "")
    expected = {meeting["id"]: _canonical(meeting) for meeting in added}
    assert {meeting["id"]: _canonical(meeting) for meeting in result.items} == expected
    assert result.out.count("\n") == len(expected) == 46
    assert "会议" in result.out


def test_half_a_surrogate_pair_in_an_unknown_field_is_written_back(cli: Cli, realtimekit_emulator: Emulator) -> None:
    meeting = realtimekit_emulator.add_meetings(1)[0] | {"unknown": "\ud800", "title": "ü"}
    page = {
        "data": [meeting],
        "paging": {"start_offset": 1, "end_offset": 1, "total_count": 1},
        "success": True,
    }
    realtimekit_emulator.fail_next(status=200, body=page)
    assert [_canonical(item) for item in cli(*LIST).items] == [_canonical(meeting)]


def test_options_become_query_parameters(cli: Cli, realtimekit_emulator: Emulator) -> None:
    cli(*LIST, "--per-page", "7", "--page-no", "2", "--start-time", "2024-01-02T03:04:05Z", "--end-time", "now")
    query = dict(realtimekit_emulator.requests[0].query)
    end = datetime.fromisoformat(query.pop("end_time"))
    assert abs((datetime.now(UTC) - end).total_seconds()) < 10
    assert query == {"per_page": "7", "page_no": "2", "start_time": "2024-01-02T03:04:05Z"}


def test_an_option_beats_the_environment(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_app("another-app")
    assert cli(*LIST, "--app-id", "another-app", "--account-id", realtimekit_emulator.account_id).code == 0
    assert "/another-app/" in realtimekit_emulator.requests[0].path


@pytest.mark.parametrize(("limit", "pages"), [(1, 1), (20, 1), (21, 2), (99, 3)])
def test_limit_reads_no_more_pages_than_needed(
    cli: Cli, realtimekit_emulator: Emulator, limit: int, pages: int
) -> None:
    realtimekit_emulator.add_meetings(50)
    everything = cli(*LIST).items
    realtimekit_emulator.clear_requests()
    assert cli(*LIST, "--limit", str(limit)).items == everything[:limit]
    assert len(realtimekit_emulator.requests) == pages


def test_an_empty_list_has_no_output_and_no_error(cli: Cli) -> None:
    assert cli(*LIST) == (0, "", "")
    assert cli(*LIST, "-o", "table") == (0, "", "0 of 0\n")


def test_a_table_that_is_not_on_a_terminal_is_plain_text(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    realtimekit_emulator.add_meetings(30)
    realtimekit_emulator.add_meetings([{"title": "[bold]\x1b[31mred\nsecond \u202eline"}])
    result = cli(*LIST, "--output", "table")
    lines = result.out.splitlines()
    assert lines[0].split() == ["id", "created_at", "updated_at", "status", "title"]
    assert len(lines) == 32, "a header, and a line for each meeting"
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out
    assert "[bold]" in result.out
    assert max(map(len, lines)) <= 100
    assert result.err == "31 of 31\n"


def test_quiet_leaves_the_totals_out(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(3)
    assert cli(*LIST, "-o", "table", "--quiet").err == ""


@pytest.mark.parametrize("command", [LIST, ("meetings", "export", "out.ndjson")], ids=" ".join)
def test_verbose_shows_each_request_and_each_wait(
    cli: Cli,
    realtimekit_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.fail_next(status=503, retry_after=0)
    lines = cli(*command, "-v").err.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["debug", "info", "debug"]
    assert ": 503, " in lines[0]
    assert "trying again in 0.0 s" in lines[1]
    assert ": 200, " in lines[2]
    assert "attempt 2" in lines[2]


def test_a_wider_table_shows_more_fields(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    realtimekit_emulator.add_meetings(20)
    heads = []
    for columns in ("20", "60", "80", "250"):
        monkeypatch.setenv("COLUMNS", columns)
        heads.append(cli(*LIST, "-o", "table").out.splitlines()[0].split())
    assert [len(head) for head in heads] == sorted(len(head) for head in heads)
    assert heads[0] == ["id"]
    assert heads[2] == ["id", "created_at", "status", "title"]
    assert "persist_chat" in heads[3]
    assert "session_keep_alive_time_in_secs" in heads[3]


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_a_terminal_gets_a_table(
    environment: dict[str, str], realtimekit_emulator: Emulator, variables: dict[str, str]
) -> None:
    realtimekit_emulator.add_meetings(25)
    shown, stderr = _run_on_terminal("stdout", LIST, environment | {"COLUMNS": "90"} | variables)
    assert stderr == "25 of 25\n"
    assert re.search(r"id\s.*created_at\s.*status\s.*title", shown)
    assert shown.count("\n") == 26
    # The codes of colours start with 3 or 4; bold is not a colour.
    assert not (variables and re.search(r"\x1b\[[34]\dm", shown))


def test_a_progress_bar_is_shown_if_stderr_is_a_terminal(
    environment: dict[str, str], realtimekit_emulator: Emulator, tmp_path: Path
) -> None:
    realtimekit_emulator.add_meetings(45)
    shown, stdout = _run_on_terminal("stderr", LIST, environment)
    assert stdout.count("\n") == 45
    assert "45/45" in shown
    export = ("meetings", "export", str(tmp_path / "out.csv"))
    shown, stdout = _run_on_terminal("stderr", export, environment | {"COLUMNS": "120"})
    assert stdout == ""
    for words in ("45/45", "3 pages", "Writing out.csv", "45 items from 3 pages"):
        assert words in shown


def test_a_progress_bar_says_why_it_waits(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("COLUMNS", "120")):
        monkeypatch.setenv(name, value)
    with progress("Reading", is_shown=True, waiting=lambda: 41.7) as show:
        show(1_200, 4_500, 12)
    shown = capsys.readouterr().err
    for words in ("Reading", "1200/4500", "12 pages", "rate limit, 42 s"):
        assert words in shown


def _run_on_terminal(stream: str, command: tuple[str, ...], environment: dict[str, str]) -> tuple[str, str]:
    """Run with stdout or stderr on a terminal; return what it shows, and the text of the other stream."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "realtimekit_cli", *command],
        env=os.environ | {"TERM": "xterm-256color"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs if stream == "stdout" else subprocess.PIPE,
        stderr=theirs if stream == "stderr" else subprocess.PIPE,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # Linux raises it when the other end is closed.
            pass
        os.close(ours)
        stdout, stderr = process.communicate()
    assert process.returncode == 0
    return shown.decode(), stderr if stdout is None else stdout
