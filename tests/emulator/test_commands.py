"""The commands as people run them."""

from __future__ import annotations

import json
import re
import signal
import socket
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from realtimekit_emulator.commands import emulator
from realtimekit_emulator.identity import Identity
from realtimekit_emulator.storage import Storage, Token

from .conftest import CONTRACT
from .processes import exported, served, start

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


def run_import(file: str, database: str, *, stdin: str | bytes | None = None) -> Result:
    return run("import", file, "--database", database, "--contract", str(CONTRACT), stdin=stdin)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_what_a_client_needs_and_stops_at_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    database = str(tmp_path / "kit.db") if number == signal.SIGINT else ":memory:"
    with start("serve", "--port", "0", "--database", database, "--seed", "25", "--max-per-page", "7") as process:
        body = served(process)().json()
        assert (len(body["data"]), body["paging"]["total_count"]) == (7, 25)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_serve_says_on_stderr_that_a_filter_is_ignored() -> None:
    with start("serve", "--port", "0", "--contract", str(CONTRACT)) as process:
        assert served(process)("?x_filter=A").status_code == 200
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert err == "WARNING: the emulator has no code for the filter `x_filter`: it is ignored\n"


def test_serve_limits_and_fails_requests_and_logs_each_without_a_token() -> None:
    options = ["--rate-limit", "2/1h", "--fail", "503,520:0.5", "--random-seed", "0", "-v"]

    with start("serve", "--port", "0", *options) as process:
        get = served(process)
        responses = [get("?page_no=1") for _ in range(8)]
        process.terminate()
        _, err = process.communicate(timeout=20)
    found = [response.status_code for response in responses]
    assert responses[0].request.headers["Authorization"].removeprefix("Bearer ") not in err
    assert [status for status in found if status < 500] == [200, 200, *[429] * (found.count(429))]
    assert {200, 429, 503, 520} == {*found}
    lines = err.splitlines()
    assert len(lines) == 8
    app_id, account = Identity.fixed().app_id, Identity.fixed().account_id
    for status, line in zip(found, lines, strict=True):
        path = f"/client/v4/accounts/{account}/realtime/kit/{app_id}/meetings"
        assert re.fullmatch(rf"INFO: GET {path} {status} \d+\.\d ms app={app_id}", line)


def test_serve_prints_a_token_for_the_control_endpoints_or_takes_it_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def token(*options: str) -> str:
        with start("serve", "--port", "0", *options) as process:
            values = exported(process)
            names = list(values)
            found = values.pop("REALTIMEKIT_EMULATOR_TOKEN")
            url = values["CLOUDFLARE_BASE_URL"].replace("/client/v4", "/_emulator/environment")
            headers = {"Authorization": f"Bearer {found}", "Host": "kit.test"}
            response = httpx.get(url, headers=headers, trust_env=False)
            assert response.status_code == (200 if options else 421)
            del headers["Host"]
            assert httpx.get(url, headers=headers, trust_env=False).json() == values
            assert names[4] == "REALTIMEKIT_EMULATOR_TOKEN"
        return found

    monkeypatch.delenv("REALTIMEKIT_EMULATOR_TOKEN", raising=False)
    assert token() != token("--remote-control")
    monkeypatch.setenv("REALTIMEKIT_EMULATOR_TOKEN", "a-token-that-others-know")
    assert token() == "a-token-that-others-know"
    for value, reason in ((Identity.fixed().api_token, "one of the API's"), ("a b", "letters, digits")):
        monkeypatch.setenv("REALTIMEKIT_EMULATOR_TOKEN", value)
        result = run("serve", "--port", "0")
        assert_one_line(result, reason)
        assert value not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        *("--rate-limit 5", "--rate-limit 5/0s", "--rate-limit x/1s", "--rate-limit 5/1d"),
        *("--fail 503", "--fail 503:2", "--fail 200:0.1", "--fail 5033:0.1", "--fail 503:x"),
    ],
)
def test_a_limit_or_a_share_that_makes_no_sense_is_wrong_usage(arguments: str) -> None:
    option, value = arguments.split()
    result = run("serve", option, value)
    assert result.exit_code == 2
    assert option in result.stderr
    assert value in result.stderr


def test_a_port_in_use_is_one_line_on_stderr() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert_one_line(result, "Address already in use")


def test_beyond_this_machine_the_token_is_random() -> None:
    def token(host: str) -> str:
        with start("serve", "--port", "0", "--host", host) as process:
            response = served(process)()
        assert response.status_code == 200
        return response.request.headers["Authorization"]

    assert len({token("127.0.0.1"), token("127.0.0.1"), token("0.0.0.0"), token("0.0.0.0")}) == 3


def assert_one_line(result: Result, reason: str) -> None:
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert reason in result.stderr


def test_import_reads_lines_arrays_and_saved_responses(tmp_path: Path) -> None:
    database = str(tmp_path / "kit.db")
    page = {"data": [MEETING, OTHER], "paging": {}, "success": True}
    texts = [LINE, f"{LINE}\n\n{LINE}\n", json.dumps([MEETING, OTHER]), json.dumps(page, indent=1), f"\ufeff{LINE}\r\n"]
    for text in [*texts, f"{json.dumps(page)}\n{json.dumps(page)}\n"]:
        (tmp_path / "in.json").write_text(text, encoding="utf-8")
        assert run_import(str(tmp_path / "in.json"), database).exit_code == 0
    result = run_import("-", database, stdin=LINE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 meetings added, 1 replaced.\n"
    with start("serve", "--port", "0", "--database", database) as process:
        assert served(process)().json()["data"] == [OTHER, MEETING]


def test_import_makes_up_what_a_meeting_lacks(tmp_path: Path) -> None:
    database = str(tmp_path / "kit.db")
    given = [{"title": "a"}, {"title": "b", "id": OTHER["id"]}, {**MEETING, "title": "c"}, {"title": "d"}]
    for line in (given[:3], given[3:]):
        assert run_import("-", database, stdin=json.dumps(line)).exit_code == 0
    with start("serve", "--port", "0", "--database", database) as process:
        data = served(process)().json()["data"]
    assert [meeting["title"] for meeting in data] == ["d", "b", "a", "c"]
    assert len({meeting["id"] for meeting in data}) == 4
    assert all(meeting["created_at"] == meeting["updated_at"] for meeting in data)


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
        ("[" * 100_000, "line 1", "recursion"),
        ("", "stdin", "empty"),
        (b"\xff\xfe", "byte 0", "UTF-8"),
    ],
)
def test_an_error_in_an_import_names_the_place_and_nothing_is_written(
    tmp_path: Path, text: str | bytes, place: str, reason: str
) -> None:
    result = run_import("-", str(tmp_path / "kit.db"), stdin=text)
    assert_one_line(result, reason)
    assert place in result.stderr
    assert not (tmp_path / "kit.db").exists()


def test_an_unusable_file_or_host_is_one_line_on_stderr(tmp_path: Path) -> None:
    assert_one_line(run("seed", "--count", "1", "--database", str(tmp_path)), "Is a directory")
    assert_one_line(run("serve", "--port", "0", "--contract", str(tmp_path / "x")), "No such file")
    assert_one_line(run("serve", "--port", "0", "--host", "256.0.0.1"), "Cannot listen")


def test_a_database_in_memory_is_refused_where_it_would_be_lost(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(LINE)
    for command in (["seed", "--count", "1"], ["token"], ["import", str(tmp_path / "in.json")]):
        assert_one_line(run(*command, "--database", ":memory:"), "ends with this command")


def test_an_unknown_permission_is_one_line_on_stderr(tmp_path: Path) -> None:
    result = run("token", "--database", str(tmp_path / "kit.db"), "--permission", "realtime")
    assert_one_line(result, "Known are: Realtime, Realtime Admin")
    assert not (tmp_path / "kit.db").exists()


def test_seed_and_token(tmp_path: Path) -> None:
    database = str(tmp_path / "kit.db")
    result = run("seed", "--database", database, "--count", "5", "--random-seed", "3")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "5 meetings added, 0 were there.\n")
    result = run("token", "--database", database, "--permission", "Realtime", "--account", "a" * 32)
    assert result.exit_code == 0
    storage = Storage(database)
    assert storage.tokens()[result.stdout.strip()] == Token(frozenset({"Realtime"}), frozenset({"a" * 32}))
    storage.close()


def test_several_apps_have_meetings_and_tokens_of_their_own(tmp_path: Path) -> None:
    database, other = str(tmp_path / "kit.db"), "b" * 32
    made_up = run("app", "add", "--database", database).stdout.strip()
    for _ in range(2):
        assert run("app", "add", "rooms", "--database", database, "--account", other).stdout == "rooms\n"
    assert_one_line(run("app", "add", "rooms", "--database", database), f"account {other}")
    assert run("seed", "--database", database, "--count", "5", "--app-id", "rooms").exit_code == 0
    result = CliRunner().invoke(emulator, ["import", "-", "--database", database, "--app-id", made_up], input=LINE)
    assert result.exit_code == 0
    lines = [line.split("\t") for line in run("app", "list", "--database", database).stdout.splitlines()]
    (default, own, _), *more = lines
    assert (lines[0][2], more) == ("0", [[made_up, own, "1"], ["rooms", other, "5"]])
    token = run("token", "--database", database, "--app-id", "rooms").stdout.strip()
    with start("serve", "--port", "0", "--database", database) as process:
        get = served(process)
        assert get(app_id=made_up).json()["paging"]["total_count"] == 1
        assert get(account=other, app_id="rooms", token=token).json()["paging"]["total_count"] == 5
        assert [get(account=other, app_id="rooms").status_code, get(token=token).status_code] == [403, 403]
        assert get(app_id=default).json()["paging"]["total_count"] == 0


def test_an_app_that_is_not_there_is_one_line_on_stderr(tmp_path: Path) -> None:
    for command in (["seed", "--count", "1"], ["token"], ["import", "-"]):
        result = run(*command, "--database", str(tmp_path / "kit.db"), "--app-id", "none", stdin="[]")
        assert_one_line(result, "There is no app none: add it first")
    assert run("app", "add", "a/b", "--database", str(tmp_path / "kit.db")).exit_code == 2


@pytest.mark.parametrize(
    "arguments", ["serve --port 70000", "seed", "serve --latency -1", "import missing.json --database x.db", "no"]
)
def test_wrong_usage_has_exit_code_2(arguments: str) -> None:
    assert run(*arguments.split()).exit_code == 2


def test_every_command_and_option_has_help() -> None:
    assert sorted(emulator.commands) == ["app", "import", "seed", "serve", "token"]
    app = emulator.commands["app"]
    assert isinstance(app, click.Group)
    assert sorted(app.commands) == ["add", "list"]
    for command in [*emulator.commands.values(), *app.commands.values()]:
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))
