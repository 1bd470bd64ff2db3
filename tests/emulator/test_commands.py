"""The commands as people run them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from realtimekit_emulator.commands import emulator
from realtimekit_emulator.storage import Storage

MEETING = {
    "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "created_at": "2019-12-27T18:11:19.117Z",
    "updated_at": "2019-12-27T18:11:19.117Z",
    "title": None,
    "unknown": {"a": "\u2028"},
}
OTHER = {**MEETING, "id": "282bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"}
LINE = json.dumps(MEETING, ensure_ascii=False)


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(emulator, arguments, input=stdin)


def start(*arguments: str) -> subprocess.Popen[str]:
    code = "from realtimekit_emulator.commands import emulator; emulator()"
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_what_a_client_needs_and_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    database = str(tmp_path / "kit.db") if number == signal.SIGINT else ":memory:"
    with start("serve", "--port", "0", "--database", database, "--seed", "25", "--max-per-page", "7") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(4)]
        found = [re.fullmatch(r"export (\w+)=(\S+)\n", line) for line in lines]
        names = {match[1]: match[2] for match in found if match}
        url = (
            f"{names['CLOUDFLARE_BASE_URL']}/accounts/{names['CLOUDFLARE_ACCOUNT_ID']}"
            f"/realtime/kit/{names['REALTIMEKIT_APP_ID']}/meetings"
        )
        headers = {"Authorization": f"Bearer {names['CLOUDFLARE_API_TOKEN']}"}
        body = httpx.get(url, headers=headers, trust_env=False).json()
        assert (len(body["data"]), body["paging"]["total_count"]) == (7, 25)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_a_port_in_use_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert_one_line(result, "is in use")


def assert_one_line(result: Result, reason: str) -> None:
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert reason in result.stderr


def test_import_takes_what_people_have(tmp_path: Path) -> None:
    database = str(tmp_path / "kit.db")
    page = {"data": [MEETING, OTHER], "paging": {}, "success": True}
    texts = [LINE, f"{LINE}\n\n{LINE}\n", json.dumps([MEETING, OTHER]), json.dumps(page, indent=1), f"\ufeff{LINE}\r\n"]
    for text in [*texts, f"{json.dumps(page)}\n{json.dumps(page)}\n"]:
        (tmp_path / "in.json").write_text(text, encoding="utf-8")
        assert run("import", str(tmp_path / "in.json"), "--database", database).exit_code == 0
    result = run("import", "-", "--database", database, stdin=LINE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 meetings added, 1 replaced.\n"
    storage = Storage(database)
    assert [json.loads(text) for text in storage.documents([1])] == [MEETING]
    assert storage.count(storage.identity.app_id) == 2
    storage.close()


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (f"{LINE}\n{{oops\n", "line 2", "not valid JSON"),
        (f'{LINE}\n{{"id": 1}}\n', "line 2", ":"),
        (f"{LINE}\n[1", "line 2", "not valid JSON"),
        (f"[{LINE}, 5]", "item 2", "JSON object"),
        (f"[\n{LINE},\n{{]", "line 3", "not valid JSON"),
        (LINE.replace("27T18", "32T18"), "line 1", "created_at"),
        (LINE.replace('"title": null', '"status": "PAUSED"'), "line 1", "PAUSED"),
        (LINE.replace('"title": null', '"title": NaN'), "line 1", "NaN"),
        (LINE.replace('"title": null', '"x": 1e999'), "line 1", "JSON"),
        (LINE.replace('"title": null', '"x": 1e999') + "\n" + LINE, "line 1", "JSON"),
        ("[" * 100_000, "stdin", "deep"),
        ("", "stdin", "empty"),
        (b"\xff\xfe", "byte 0", "UTF-8"),
    ],
)
def test_a_broken_import_names_the_place_and_writes_nothing(
    tmp_path: Path, text: str | bytes, place: str, reason: str
) -> None:
    result = run("import", "-", "--database", str(tmp_path / "kit.db"), stdin=text)
    assert_one_line(result, reason)
    assert place in result.stderr
    assert not (tmp_path / "kit.db").exists()


def test_a_missing_file_or_directory_is_said_so(tmp_path: Path) -> None:
    assert_one_line(run("import", str(tmp_path / "x"), "--database", "x.db"), "No such file")
    assert_one_line(run("seed", "--count", "1", "--database", str(tmp_path)), "is a directory")
    assert_one_line(run("serve", "--port", "0", "--contract", str(tmp_path / "x")), "No such file")
    assert_one_line(run("serve", "--port", "0", "--host", "256.0.0.1"), "Cannot listen")


def test_seed_and_token(tmp_path: Path) -> None:
    database = str(tmp_path / "kit.db")
    result = run("seed", "--database", database, "--count", "5", "--random-seed", "3")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "5 meetings added, 0 were there.\n")
    result = run("token", "--database", database, "--permission", "Realtime", "--account", "a" * 32)
    assert result.exit_code == 0
    storage = Storage(database)
    token = storage.tokens()[result.stdout.strip()]
    storage.close()
    assert token.permissions == {"Realtime"}
    assert token.accounts == {"a" * 32}


@pytest.mark.parametrize("arguments", [["serve", "--port", "70000"], ["seed"], ["serve", "--latency", "-1"], ["no"]])
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_every_command_and_option_has_help() -> None:
    commands = emulator.commands
    assert sorted(commands) == ["import", "seed", "serve", "token"]
    for command in commands.values():
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))
