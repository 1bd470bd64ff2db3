"""Several processes that serve one database, and processes that are killed in the middle of a write."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from click.testing import CliRunner

from realtimekit_emulator import Emulator, EmulatorError, commands
from realtimekit_emulator.seeding import generate_meetings
from realtimekit_emulator.serve_command import controlled
from realtimekit_emulator.server import listen
from realtimekit_emulator.workers import serve_with_workers

from .postgresql import PostgreSQL
from .processes import exported, run, start

TOKEN = "opens-the-control-endpoints"


class Served:
    """A server with two workers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        names = exported(process)
        self.origin = names["CLOUDFLARE_BASE_URL"].removesuffix("/client/v4")
        self._path = (
            f"/client/v4/accounts/{names['CLOUDFLARE_ACCOUNT_ID']}/realtime/kit/{names['REALTIMEKIT_APP_ID']}/meetings"
        )
        self._token = names["CLOUDFLARE_API_TOKEN"]

    def listed(self) -> list[str]:
        """The titles that the API lists, newest first."""
        response = self.send("GET", self._path, token=self._token)
        assert response.status_code == 200, response.text
        return [meeting["title"] for meeting in response.json()["data"]]

    def add(self, *meetings: dict[str, Any]) -> httpx.Response:
        return self.send("POST", "/_emulator/meetings", json={"meetings": meetings})

    def send(self, method: str, path: str, *, token: str = TOKEN, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.request(method, self.origin + path, headers=headers, trust_env=False, timeout=60, **options)

    def workers(self) -> list[int]:
        """The process ids of both workers. Waits for one that is being replaced."""
        command = ["pgrep", "-P", str(self.process.pid), "-f", "multiprocessing.spawn"]
        found: list[int] = []
        while len(found) != 2:
            assert self.process.poll() is None
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found = [int(line) for line in done.stdout.split()]
        return found

    @contextmanager
    def without(self, worker: int) -> Iterator[None]:
        """This worker is stopped for a while, so that the other one serves."""
        os.kill(worker, signal.SIGSTOP)
        while not subprocess.check_output(["ps", "-o", "state=", "-p", str(worker)], text=True).startswith("T"):
            pass
        try:
            yield
        finally:
            os.kill(worker, signal.SIGCONT)


@pytest.fixture(autouse=True)
def control_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALTIMEKIT_EMULATOR_TOKEN", TOKEN)


@contextmanager
def two_workers(database: str) -> Iterator[Served]:
    with start("serve", "--port", "0", "--workers", "2", "--database", database) as process:
        yield Served(process)


@contextmanager
def held_up(database: str, meeting_id: str) -> Iterator[Callable[[], None]]:
    """Who writes this meeting waits in its transaction until the block ends; the result waits until one does."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO realtimekit_meetings (app, id, microseconds, body) "
            "SELECT key, %s, 0, '' FROM realtimekit_apps WHERE is_default",
            [meeting_id],
        )

        def wait() -> None:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while connection.execute(query).fetchone() != (1,):
                pass

        yield wait
        connection.rollback()


def test_two_workers_serve_what_either_wrote(database: str) -> None:
    with two_workers(database) as served:
        one, two = served.workers()
        with served.without(two):
            assert served.add({"title": "a"}).status_code == 201
            assert served.listed() == ["a"]
        with served.without(one):
            assert served.listed() == ["a"]
            assert served.add({"title": "b"}).status_code == 201
        with served.without(two):
            assert served.listed() == ["b", "a"]
            assert served.send("POST", "/_emulator/reset").status_code == 204
        with served.without(one):
            assert served.listed() == []
        for method, path in (("PATCH", "settings"), ("POST", "faults"), ("GET", "requests")):
            response = served.send(method, f"/_emulator/{path}", json={})
            assert (response.status_code, "--workers" in response.text) == (409, True)
        assert served.send("GET", "/").status_code == 404
        served.process.send_signal(signal.SIGINT)
        out, err = served.process.communicate(timeout=30)
    assert (served.process.returncode, out, err) == (0, "", "")


def test_a_killed_worker_loses_nothing_committed_and_is_replaced(
    postgresql: PostgreSQL,
) -> None:
    database = postgresql.create_database()
    with two_workers(database) as served:
        killed, other = served.workers()
        served.add({"title": "a"})
        with ThreadPoolExecutor() as pool, held_up(database, "held") as wait:
            with served.without(other):
                half = pool.submit(served.add, {"title": "b"}, {"title": "c", "id": "held"})
                wait()
                os.kill(killed, signal.SIGKILL)
                assert isinstance(half.exception(), httpx.TransportError)
            assert served.listed() == ["a"]
        [new] = {*served.workers()} - {other}
        with served.without(other):
            assert served.listed() == ["a"]
            assert served.add({"title": "b"}, {"title": "c", "id": "held"}).status_code == 201
        with served.without(new):
            assert served.listed() == ["c", "b", "a"]
        # The workers have to end by themselves then: this waits for all that may still print something.
        served.process.kill()
        _, err = served.process.communicate(timeout=30)
    assert err == "WARNING: A worker has ended (exit code -9): another one takes its place.\n"


def test_a_worker_is_replaced_once_the_database_is_back(postgresql: PostgreSQL) -> None:
    with two_workers(postgresql.create_database()) as served:
        assert served.process.stderr is not None
        killed, other = served.workers()
        served.add({"title": "a"})
        with postgresql.stopped():
            os.kill(killed, signal.SIGKILL)
            assert "exit code -9" in served.process.stderr.readline()
            line = served.process.stderr.readline()
            assert line.startswith("WARNING: A worker has ended (The database postgresql://tests:***@")
        with served.without(other):
            assert served.listed() == ["a"]


def test_a_worker_that_cannot_start_is_an_error_that_says_why(tmp_path: Path) -> None:
    options = {"database": str(tmp_path / "none" / "kit.db")}
    make_app = partial(controlled, options, TOKEN, verbose=False)
    with listen("127.0.0.1", 0) as listening, pytest.raises(EmulatorError, match="directory that exists"):
        serve_with_workers(make_app, listening, 1, lambda: pytest.fail("it does not serve"))


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        ([], 1, "name a file or a postgresql:// URL"),
        (["--rate-limit", "5/1s"], 2, "--workers"),
        (["--fail", "503:0.1"], 2, "--workers"),
    ],
)
def test_what_workers_cannot_share_is_refused(options: list[str], code: int, reason: str) -> None:
    result = CliRunner().invoke(commands.emulator, ["serve", "--port", "0", "--workers", "2", *options])
    assert (result.exit_code, result.stdout, reason in result.stderr) == (code, "", True)


def test_an_import_that_is_killed_half_way_leaves_nothing_and_the_next_one_completes(
    postgresql: PostgreSQL, tmp_path: Path, get: Any
) -> None:
    database, file = postgresql.create_database(), tmp_path / "in.json"
    meetings = list(generate_meetings(5_500, 0))
    file.write_text(json.dumps(meetings))
    with Emulator(database) as emulator:
        [kept] = emulator.add_meetings(1)
        importing = start("import", str(file), "--database", database)
        with held_up(database, meetings[-1]["id"]) as wait, importing as process:
            wait()
            process.kill()
        assert get(of=emulator).json()["data"] == [kept]
        run("import", str(file), "--database", database)
        assert get(of=emulator).json()["paging"]["total_count"] == 5_501
