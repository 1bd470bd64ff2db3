"""Every kind of failure has its exit code and one line on stderr that says what to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from realtimekit_cli import exits
from realtimekit_emulator import Emulator

from .conftest import Cli, Process, Result

LIST = ("meetings", "list", "--max-retries", "0")


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
        (("--per-page", "0"), ("--per-page must be at least 1",)),
        (("--app-id", ".."), ("--app-id must be",)),
        (("--app-id", "x" * 37), ("--app-id must be `str` of length <= 36",)),
        (("--start-time", "foo"), ("--start-time", "'foo' is not a time")),
        (("--limit", "0"), ("--limit",)),
        (("-o", "xml"), ("'table'", "'ndjson'")),
        (("--nope",), ("No such option", "--nope")),
        (("--api-token=verysecret",), ("No such option",)),
        (("--timeout", "nan"), ("timeout",)),
        (("-q", "-v"), ("--quiet and --verbose",)),
        (("extra",), ("extra",)),
    ],
)
def test_2_bad_options(
    cli: Cli, realtimekit_emulator: Emulator, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    result = cli(*LIST, *arguments)
    _check(result, exits.USAGE, *words)
    assert "verysecret" not in result.err
    assert "first_page" not in result.err
    assert not realtimekit_emulator.requests


REMEDIES = {
    "CLOUDFLARE_API_TOKEN": "set CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_ACCOUNT_ID": "use --account-id or set CLOUDFLARE_ACCOUNT_ID",
    "REALTIMEKIT_APP_ID": "use --app-id or set REALTIMEKIT_APP_ID",
}


@pytest.mark.parametrize("missing", [*([name] for name in REMEDIES), list(REMEDIES)], ids="+".join)
def test_2_missing_settings_are_named_at_once(cli: Cli, monkeypatch: pytest.MonkeyPatch, missing: list[str]) -> None:
    for value in ("", None):
        for name in missing:
            monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name)
        result = cli(*LIST)
        _check(result, exits.USAGE, *(REMEDIES[name] for name in missing))
        assert not any(REMEDIES[name] in result.err for name in REMEDIES.keys() - set(missing))
    assert REMEDIES["REALTIMEKIT_APP_ID"] not in cli(*LIST, "--app-id", "x").err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "CLOUDFLARE_BASE_URL",
            "http://emulator:1",
            ("CLOUDFLARE_BASE_URL", "unencrypted", "REALTIMEKIT_ALLOW_HTTP=1"),
        ),
        ("CLOUDFLARE_BASE_URL", "https://x/?", ("must have no query", "(CLOUDFLARE_BASE_URL)")),
        ("CLOUDFLARE_API_TOKEN", "a b", ("The API token is empty or", "(CLOUDFLARE_API_TOKEN)")),
    ],
)
def test_2_unusable_settings_are_named_by_their_variables(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(name, value)
    result = cli(*LIST)
    _check(result, exits.USAGE, *words)
    assert not any(argument in result.err for argument in ("base_url", "api_token", "allow_http"))


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


def test_7_network(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        _check(cli(*LIST, "--timeout", "0.05"), 7, "0.05 s")
    _check(cli(*LIST), 7, "No connection")


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ({"status": 422}, exits.FAILED, ("422",)),
        ({"status": 429, "retry_after": 3600}, 6, ("429", "3600 s")),
        ({"status": 503}, 8, ("503",)),
        ({"status": 520}, 8, ("520",)),
        ({"status": 200, "body": "<html>\x1b[2J</html>"}, 8, ("200",)),
        ({"status": 200, "body": {"success": False, "errors": [{"code": 1, "message": "two\nlines"}]}}, 8, ("200",)),
    ],
)
def test_faults_of_the_service(
    cli: Cli, realtimekit_emulator: Emulator, fault: dict[str, Any], code: int, words: tuple[str, ...]
) -> None:
    realtimekit_emulator.fail_next(**fault)
    result = cli(*LIST)
    _check(result, code, *words)
    assert "\x1b" not in result.err


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


def _started(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """A list that is read in a process of its own, to be interrupted."""
    # Without `-W error`: an interrupt may leave an open socket, which the end of the process closes.
    command = [sys.executable, "-m", "realtimekit_cli", *LIST, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=os.environ | environment, stdout=pipe, stderr=pipe, text=True)


def test_130_interrupted(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with _started(environment | {"CLOUDFLARE_BASE_URL": url}) as process:
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
    with _started(environment, "--max-retries", "1") as process:
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


@pytest.mark.parametrize("arguments", [LIST, (*LIST, "-o", "table"), ("--help",), ("emulator", "--help")], ids=" ".join)
def test_141_a_closed_pipe_is_quiet(
    process: Process, realtimekit_emulator: Emulator, arguments: tuple[str, ...]
) -> None:
    realtimekit_emulator.add_meetings(45)
    reader, writer = os.pipe()
    os.close(reader)
    done = process(*arguments, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
