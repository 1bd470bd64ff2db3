"""What goes to stdout and stderr when one of them is closed, full, or shared with retries and warnings."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from realtimekit_emulator import Emulator

from .conftest import COMMAND, Cli, Process

LIST = ("meetings", "list")


def _shell(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = script.replace("realtimekit", shlex.join(COMMAND), 1)
    variables = os.environ | environment
    return subprocess.run(
        ["bash", "-c", command], env=variables, capture_output=True, text=True, check=False, timeout=60
    )


COMMANDS = [
    "--help", "--version", "meetings list", "meetings list -o table", "emulator token --database {}",
    "emulator serve --port 0",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("redirect", "reason"), [(">/dev/full", "No space left"), (">&-", "stdout is closed")])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_one_line(
    environment: dict[str, str],
    realtimekit_emulator: Emulator,
    tmp_path: Path,
    command: str,
    redirect: str,
    reason: str,
) -> None:
    realtimekit_emulator.add_meetings(1)
    done = _shell(f"realtimekit {command.format(tmp_path / 'kit.db')} {redirect}", environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr


def test_stdin_and_stderr_may_be_closed(environment: dict[str, str], realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    for closed in ("<&-", "2>&-", "<&- 2>&-"):
        done = _shell(f"realtimekit meetings list {closed}", environment)
        assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")


def test_a_full_disk_leaves_whole_pages_and_says_how_to_continue(
    cli: Cli, process: Process, realtimekit_emulator: Emulator, tmp_path: Path
) -> None:
    realtimekit_emulator.add_meetings(60)
    everything = cli(*LIST).out
    kept = b"what was there before\n"
    pages = ["".join(everything.splitlines(keepends=True)[start : start + 20]).encode() for start in (0, 20, 40)]
    size = len(kept) + len(pages[0]) + len(pages[1]) // 2
    file = tmp_path / "out"
    file.write_bytes(kept)
    with file.open("ab") as out:
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
        done = process(*LIST, stdout=out, preexec_fn=limit)
    assert file.read_bytes() == kept + pages[0]
    assert done.returncode == 1
    assert done.stderr == (
        "error: The output cannot be written: File too large; 20 items were written: "
        "continue with --page-no 2 and the same other options\n"
    )
    assert cli(*LIST, "--page-no", "2").out.encode() == pages[1] + pages[2]


def test_retries_and_waits_are_shown_unless_quiet(cli: Cli, realtimekit_emulator: Emulator) -> None:
    for options, is_shown in (((), True), (("--quiet",), False)):
        realtimekit_emulator.fail_next(status=503, retry_after=0)
        result = cli(*LIST, *options)
        assert result.code == 0
        assert ("status 503 in attempt 1 of 5; trying again in 0.0 s\n" in result.err) == is_shown
        assert result.err.startswith("info: GET ") == is_shown


def test_invalid_items_fail_or_are_left_out_with_a_warning(cli: Cli, realtimekit_emulator: Emulator) -> None:
    good, bad = realtimekit_emulator.add_meetings([{"title": "good"}, {"title": 5}])
    result = cli(*LIST)
    assert (result.code, result.out) == (8, "")
    assert "--invalid-items skip" in result.err
    result = cli(*LIST, "--invalid-items", "skip")
    assert (result.code, [item["id"] for item in result.items]) == (0, [good["id"]])
    assert result.err.startswith("warning: ")
    assert bad["id"] in result.err


def test_an_incomplete_list_is_written_and_is_an_error(cli: Cli, realtimekit_emulator: Emulator) -> None:
    data = realtimekit_emulator.add_meetings(3)
    paging = {"start_offset": 1, "end_offset": 3, "total_count": 5}
    body: dict[str, Any] = {"data": data, "paging": paging, "success": True}
    empty = body | {"data": [], "paging": {"start_offset": 0, "end_offset": 0, "total_count": 5}}
    for page in (body, *[empty] * 20):
        realtimekit_emulator.fail_next(status=200, body=page)
    result = cli(*LIST, "--quiet")
    assert (result.code, len(result.items)) == (8, 3)
    assert result.err.startswith("error: The list is incomplete: ")
    assert result.err.endswith("; 3 items were written\n")
    assert result.err.count("\n") == 1
