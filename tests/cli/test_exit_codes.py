"""Every kind of failure has its exit code and one line on stderr that says what to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realtimekit_cli import exits
from realtimekit_emulator import Emulator

from .conftest import Cli, Result

LIST = ("meetings", "list", "--max-retries", "0")
COMMAND = [sys.executable, "-W", "error", "-m", "realtimekit_cli", *LIST]
# Without `-W error`: an interrupt may leave an open socket, which the end of the process closes.
INTERRUPTED = [sys.executable, "-m", "realtimekit_cli", *LIST]


def _check(result: Result, code: int, *words: str) -> None:
    assert result.code == code, result.err
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--per-page", "x"), ("--per-page", "--help")),
        (("--per-page", "-1"), ("--per-page", "x>=0")),
        (("--app-id", ".."), ("--app-id must be",)),
        (("--app-id", "x" * 37), ("--app-id must be `str` of length <= 36",)),
        (("--start-time", "foo"), ("--start-time", "'foo' is not a time")),
        (("--limit", "0"), ("--limit",)),
        (("-o", "xml"), ("'table'", "'ndjson'")),
        (("--nope",), ("No such option", "--nope")),
        (("--api-token=verysecret",), ("No such option",)),
        (("--timeout", "nan"), ("timeout",)),
        (("extra",), ("extra",)),
    ],
)
def test_2_bad_options(
    cli: Cli, realtimekit_emulator: Emulator, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    result = cli(*LIST, *arguments)
    _check(result, exits.USAGE, *words)
    assert "verysecret" not in result.err
    assert not realtimekit_emulator.requests


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("CLOUDFLARE_API_TOKEN", "set CLOUDFLARE_API_TOKEN"),
        ("CLOUDFLARE_ACCOUNT_ID", "or set CLOUDFLARE_ACCOUNT_ID"),
        ("REALTIMEKIT_APP_ID", "or set REALTIMEKIT_APP_ID"),
    ],
)
def test_2_missing_settings(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, remedy: str) -> None:
    monkeypatch.delenv(name)
    _check(cli(*LIST), exits.USAGE, remedy)
    monkeypatch.setenv(name, "")
    _check(cli(*LIST), exits.USAGE, remedy)


def test_2_unusable_settings(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://api.example.com")
    _check(cli(*LIST), exits.USAGE, "unencrypted")


def test_2_unknown_commands(cli: Cli) -> None:
    _check(cli("nope"), exits.USAGE, "nope", "`realtimekit --help`")
    _check(cli("meetings", "nope"), exits.USAGE, "nope", "`realtimekit meetings --help`")


def test_3_authentication(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "not-the-token")
    result = cli(*LIST)
    _check(result, 3, "401", "CLOUDFLARE_API_TOKEN")
    assert "not-the-token" not in result.err


def test_4_permission(cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", realtimekit_emulator.add_token("weak", permissions=[]))
    _check(cli(*LIST), 4, "403", "Realtime Admin")


def test_5_not_found(cli: Cli) -> None:
    _check(cli(*LIST, "--app-id", "unknown"), 5, "404", "request id")


def test_6_rate_limit(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.fail_next(status=429, retry_after=3600)
    _check(cli(*LIST), 6, "429", "3600 s")


def test_7_network(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        _check(cli(*LIST, "--timeout", "0.05"), 7, "0.05 s")
    _check(cli(*LIST), 7, "No connection")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 520},
        {"status": 200, "body": "<html>\x1b[2J</html>"},
        {"status": 200, "body": {"success": False, "errors": [{"code": 1, "message": "two\nlines"}]}},
    ],
)
def test_8_server(cli: Cli, realtimekit_emulator: Emulator, fault: dict[str, Any]) -> None:
    realtimekit_emulator.fail_next(**fault)
    result = cli(*LIST)
    _check(result, 8, str(fault["status"]))
    assert "\x1b" not in result.err


def test_1_anything_else(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.fail_next(status=422)
    _check(cli(*LIST), exits.FAILED, "422")


def test_a_failure_on_a_later_page_says_what_is_written_and_how_to_continue(
    cli: Cli, realtimekit_emulator: Emulator
) -> None:
    realtimekit_emulator.add_meetings(35)
    everything = cli(*LIST).items
    first = {
        "data": everything[:20],
        "paging": {"start_offset": 1, "end_offset": 20, "total_count": 35},
        "success": True,
    }
    realtimekit_emulator.fail_next(status=200, body=first)
    realtimekit_emulator.fail_next(status=500)

    result = cli(*LIST)

    assert result.code == 8
    assert result.items == everything[:20]
    assert result.err.endswith("; 20 items were written: continue with --page-no 2 and the same other options\n")
    assert result.err.count("\n") == 1
    assert result.items + cli(*LIST, "--page-no", "2").items == everything


def test_130_interrupted(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with subprocess.Popen(
            INTERRUPTED,
            env=os.environ | environment | {"CLOUDFLARE_BASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            # The server accepts the connection and never responds.
            server.settimeout(30)
            connection, _ = server.accept()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            connection.close()
    assert (process.returncode, out, err.strip()) == (exits.INTERRUPTED, "", "error: interrupted")


def test_130_on_a_later_page(environment: dict[str, str], realtimekit_emulator: Emulator) -> None:
    data = realtimekit_emulator.add_meetings(20)
    paging = {"start_offset": 1, "end_offset": 20, "total_count": 35}
    realtimekit_emulator.fail_next(status=200, body={"data": data, "paging": paging, "success": True})
    realtimekit_emulator.fail_next(status=503, retry_after=60)
    with subprocess.Popen(
        [*INTERRUPTED, "--max-retries", "1"],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in data]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (exits.INTERRUPTED, "")
    assert all(line.endswith("\n") for line in lines)
    # The interrupt can come after the page is written and before it is counted.
    continued = (
        "error: interrupted; at least 20 items were written: continue with --page-no 2 and the same other options"
    )
    assert err.splitlines()[-1] in ("error: interrupted", continued)


def test_141_a_closed_pipe_is_quiet(environment: dict[str, str], realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(45)
    for arguments in ([], ["-o", "table"]):
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.run(
            [*COMMAND, *arguments],
            env=os.environ | environment,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writer)
        assert (process.returncode, process.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_1_a_full_disk(environment: dict[str, str], realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            COMMAND, env=os.environ | environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert process.returncode == exits.FAILED
    assert process.stderr == "error: The output cannot be written: No space left on device\n"
