"""An export that did not end: `--resume` goes on with it and loses nothing, and only with the same export."""

from __future__ import annotations

import errno
import io
import json
import os
import resource
from pathlib import Path
from typing import Any

import pytest

from realtimekit.api import meetings
from realtimekit_cli.spool import Spool
from realtimekit_emulator import Emulator

from .conftest import Cli, Process
from .exports import EXPORT, OUT, files, ids, spool


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def interrupt(cli: Cli, emulator: Emulator, out: Path = OUT, *options: str) -> list[str]:
    """Begin an export, which the rate limit ends after one page of 20; return the ids of all meetings."""
    added = emulator.add_meetings(45)
    emulator.rate_limit = (1, 3600)
    result = cli(*EXPORT, str(out), *options)
    emulator.rate_limit = None
    assert result.code == 6
    assert result.err.endswith(f"; 20 items are kept in {spool(out)}: the same command with --resume goes on\n")
    assert not out.exists()
    return [meeting["id"] for meeting in added]


def test_an_unfinished_export_goes_on_only_if_that_is_asked_for(cli: Cli, realtimekit_emulator: Emulator) -> None:
    added = interrupt(cli, realtimekit_emulator)
    kept = spool(OUT).read_bytes()
    assert realtimekit_emulator.api_token.encode() not in kept
    realtimekit_emulator.clear_requests()
    result = cli(*EXPORT, str(OUT))
    assert result.code == 2
    assert result.err.startswith(
        f"error: {spool(OUT)} is an unfinished export of 20 items: add --resume to go on with it, or --force to drop it"
    )
    assert (realtimekit_emulator.requests, spool(OUT).read_bytes()) == ([], kept)

    new = realtimekit_emulator.add_meetings(3)
    assert cli(*EXPORT, str(OUT), "--resume").code == 0
    assert sorted(ids(OUT)) == sorted([*added, *(meeting["id"] for meeting in new)])
    # The first page was not read again, but for the new meetings.
    assert [request.query["page_no"] for request in realtimekit_emulator.requests] == ["2", "3", "1"]
    assert files() == [str(OUT)]


def test_a_list_without_keys_is_read_from_its_beginning(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meetings.LIST_MEETINGS.pagination is not None
    without_key = meetings.LIST_MEETINGS._replace(pagination=meetings.LIST_MEETINGS.pagination._replace(key=None))
    monkeypatch.setattr(meetings, "LIST_MEETINGS", without_key)
    monkeypatch.setitem(meetings.OPERATIONS, "list", without_key)
    added = interrupt(cli, realtimekit_emulator)
    realtimekit_emulator.clear_requests()
    assert cli(*EXPORT, str(OUT), "--resume").err.startswith("out.ndjson: 45 items from 3 pages")
    assert sorted(ids(OUT)) == sorted(added)
    assert len(realtimekit_emulator.requests) == 3


def test_force_begins_anew(cli: Cli, realtimekit_emulator: Emulator) -> None:
    added = interrupt(cli, realtimekit_emulator)
    OUT.write_text("there before")
    assert cli(*EXPORT, str(OUT), "--resume").code == 2, "the file is not replaced without --force"
    realtimekit_emulator.clear_requests()
    assert cli(*EXPORT, str(OUT), "--force").code == 0
    assert realtimekit_emulator.requests[0].query["page_no"] == "1"
    assert sorted(ids(OUT)) == sorted(added)


def test_resume_begins_where_there_is_nothing_to_go_on_with(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    assert cli(*EXPORT, str(OUT), "--resume").code == 0
    assert len(ids(OUT)) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--app-id", "b"], '--app-id was ["00000000-0000-4000-8000-00000000a44a"] and is ["b"]'),
        (["--account-id", "b"], "--account-id was "),
        (["--start-time", "2024-01-01T00:00:00Z"], '--start-time was not given and is "2024-01-01T00:00:00Z"'),
        (["--end-time", "4 days ago"], "--end-time was "),
    ],
)
def test_an_export_of_something_else_does_not_go_on(
    cli: Cli, realtimekit_emulator: Emulator, options: list[str], words: str
) -> None:
    interrupt(cli, realtimekit_emulator, OUT, "--end-time", "now")
    kept = spool(OUT).read_bytes()
    realtimekit_emulator.clear_requests()
    result = cli(*EXPORT, str(OUT), "--end-time", "now", *options, "--resume")
    assert (result.code, realtimekit_emulator.requests, spool(OUT).read_bytes()) == (2, [], kept)
    assert words in result.err


@pytest.mark.parametrize("change", [{"version": "0.0.1"}, {"base_url": "https://other"}, {"operation": "other"}])
def test_an_export_of_another_contract_or_server_does_not_go_on(
    cli: Cli, realtimekit_emulator: Emulator, change: dict[str, str]
) -> None:
    interrupt(cli, realtimekit_emulator)
    head, *rest = spool(OUT).read_bytes().splitlines(keepends=True)
    other = b"#" + json.dumps(json.loads(head[1:]) | change).encode() + b"\n"
    spool(OUT).write_bytes(b"".join([other, *rest]))
    result = cli(*EXPORT, str(OUT), "--resume")
    assert result.code == 2
    assert f'was "{next(iter(change.values()))}" and is "' in result.err


def test_a_time_that_depends_on_now_stays_what_it_was(cli: Cli, realtimekit_emulator: Emulator) -> None:
    interrupt(cli, realtimekit_emulator, OUT, "--start-time", "1000 days ago")
    realtimekit_emulator.rate_limit = None
    assert cli(*EXPORT, str(OUT), "--start-time", "1000 days ago", "--per-page", "30", "--resume").code == 0
    starts = {request.query["start_time"] for request in realtimekit_emulator.requests}
    assert len(starts) == 1
    assert {request.query.get("per_page") for request in realtimekit_emulator.requests} == {None, "30"}


def test_an_item_that_stopped_the_export_can_be_left_out_when_it_goes_on(
    cli: Cli, realtimekit_emulator: Emulator
) -> None:
    (bad,) = realtimekit_emulator.add_meetings([{"title": 5}])
    added = realtimekit_emulator.add_meetings(30)
    result = cli(*EXPORT, "out.csv")
    assert (result.code, bad["id"] in result.err) == (8, True)
    result = cli(*EXPORT, "out.csv", "--resume", "--invalid-items", "skip")
    assert result.code == 0
    assert sorted(ids(Path("out.csv"))) == sorted(meeting["id"] for meeting in added)


def test_an_item_that_was_left_out_is_known_when_the_export_goes_on(cli: Cli, realtimekit_emulator: Emulator) -> None:
    options = (str(OUT), "--invalid-items", "skip")
    added = realtimekit_emulator.add_meetings(30)
    realtimekit_emulator.add_meetings([{"title": 5}])
    realtimekit_emulator.rate_limit = (1, 3600)
    assert cli(*EXPORT, *options).code == 6
    realtimekit_emulator.rate_limit = None
    realtimekit_emulator.clear_requests()
    assert cli(*EXPORT, *options, "--resume").code == 0
    assert sorted(ids(OUT)) == sorted(meeting["id"] for meeting in added)
    assert len(realtimekit_emulator.requests) == 1


def test_an_incomplete_list_is_no_file_and_is_read_again(cli: Cli, realtimekit_emulator: Emulator) -> None:
    added = realtimekit_emulator.add_meetings(3)
    paging = {"start_offset": 1, "end_offset": 2, "total_count": 3}
    body: dict[str, Any] = {"data": added[:2], "paging": paging, "success": True}
    empty = body | {"data": []}
    for page in (body, *[empty] * 20):
        realtimekit_emulator.fail_next(status=200, body=page)
    result = cli(*EXPORT, str(OUT), "--quiet")
    assert (result.code, OUT.exists()) == (8, False)
    assert result.err.startswith("error: The list is incomplete: ")
    assert "2 items are kept in" in result.err
    while cli(*EXPORT, str(OUT), "--quiet", "--resume").code == 8:
        pass
    assert sorted(ids(OUT)) == sorted(meeting["id"] for meeting in added)


def test_two_processes_do_not_write_one_export(cli: Cli, realtimekit_emulator: Emulator) -> None:
    added = interrupt(cli, realtimekit_emulator)
    with Spool(spool(OUT)):
        for option in ("--resume", "--force"):
            result = cli(*EXPORT, str(OUT), option)
            assert (result.code, result.err) == (
                1,
                f"error: Another process is writing to {spool(OUT)}: wait for it, or end it\n",
            )
    assert cli(*EXPORT, str(OUT), "--resume").code == 0
    assert sorted(ids(OUT)) == sorted(added)


@pytest.mark.parametrize("content", [b"a letter", b"#\n", b'#{"operation":"x"}\n'])
def test_a_file_of_someone_else_is_not_touched(cli: Cli, content: bytes) -> None:
    spool(OUT).write_bytes(content)
    for option in ("--resume", "--force"):
        result = cli(*EXPORT, str(OUT), option)
        assert result.code == 1
        assert "is no unfinished export that this version can read: move it away" in result.err
        assert spool(OUT).read_bytes() == content


def test_a_full_disk_keeps_what_was_read(cli: Cli, process: Process, realtimekit_emulator: Emulator) -> None:
    added = interrupt(cli, realtimekit_emulator)
    size = spool(OUT).stat().st_size + 100
    limit = resource.RLIMIT_FSIZE
    done = process(*EXPORT, str(OUT), "--resume", preexec_fn=lambda: resource.setrlimit(limit, (size, size)))
    reason = f"error: {spool(OUT)} cannot be written: File too large"
    how = f"20 items are kept in {spool(OUT)}: the same command with --resume goes on\n"
    assert (done.returncode, done.stderr) == (1, f"{reason}; {how}")
    assert cli(*EXPORT, str(OUT), "--resume").code == 0
    assert sorted(ids(OUT)) == sorted(added)


@pytest.mark.parametrize("name", ["out.ndjson", "out.csv.gz", "out.csv.zst", "out.parquet"])
def test_a_disk_that_is_full_at_the_end_keeps_all(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    out = Path(name)
    added = [meeting["id"] for meeting in realtimekit_emulator.add_meetings(45)]

    class Full(io.FileIO):
        def write(self, data: Any, /) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: (Full if mode == "wb" else open)(path, mode))
        result = cli(*EXPORT, name)
    assert result.code == 1
    assert result.err.startswith(f"error: {out} cannot be written: No space left on device; 45 items are kept in ")
    assert files() == [str(spool(out))]
    realtimekit_emulator.clear_requests()
    assert cli(*EXPORT, name, "--resume").code == 0
    assert realtimekit_emulator.requests == []
    assert sorted(ids(out)) == sorted(added)


def test_a_file_that_someone_made_meanwhile_is_not_replaced(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = realtimekit_emulator.add_meetings(5)

    def fail(_path: Path, _target: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        assert cli(*EXPORT, str(OUT)).code == 1
    OUT.write_text("of someone")
    assert cli(*EXPORT, str(OUT), "--resume").code == 2
    assert OUT.read_text() == "of someone"
    assert cli(*EXPORT, str(OUT), "--resume", "--force").code == 0
    assert sorted(ids(OUT)) == sorted(meeting["id"] for meeting in added)
