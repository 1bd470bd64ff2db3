"""Databases that are kept, writers in other processes, and files and URLs that are not databases."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realtimekit_emulator import Emulator, EmulatorError
from realtimekit_emulator.commands import import_meetings

POSTGRES = os.environ.get("REALTIMEKIT_TEST_POSTGRES")


def run(*arguments: str) -> str:
    """Run `realtimekit emulator` in another process."""
    code = "from realtimekit_emulator.commands import emulator; emulator()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


def seed(database: str, count: int, random_seed: int = 0) -> None:
    run("seed", "--database", database, "--count", str(count), "--random-seed", str(random_seed))


def listed(get: Any, database: str) -> list[dict[str, Any]]:
    with Emulator(database, max_per_page=None) as emulator:
        meetings: list[dict[str, Any]] = get("?per_page=1e6", of=emulator).json()["data"]
        return meetings


def test_a_file_keeps_its_identity_and_meetings(tmp_path: Path, get: Any) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        one = (emulator.account_id, emulator.app_id, emulator.api_token)
        first = emulator.add_meetings(3)
    with Emulator(file) as emulator:
        assert (emulator.account_id, emulator.app_id, emulator.api_token) == one
        second = emulator.add_meetings(3)
    assert listed(get, file) == [*reversed(second), *reversed(first)]
    assert len({meeting["id"] for meeting in first + second}) == 6


def test_what_another_process_writes_is_served(tmp_path: Path, get: Any) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        assert [get(of=emulator).json()["paging"]["total_count"] for _ in range(2)] == [0, 0]
        seed(file, 500)
        body = get(of=emulator).json()
        assert body["paging"]["total_count"] == 500
        token = run("token", "--database", file)
        assert get(of=emulator, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        (tmp_path / "new.json").write_text(json.dumps({**body["data"][0], "title": "new"}))
        run("import", str(tmp_path / "new.json"), "--database", file)
        assert get(of=emulator).json()["data"][0]["title"] == "new"


def test_the_same_seed_gives_the_same_meetings(tmp_path: Path, get: Any) -> None:
    one, two, other = (str(tmp_path / name) for name in ("a.db", "b.db", "c.db"))
    for file, count, random_seed in ((one, 300, 7), (one, 300, 7), (two, 100, 7), (two, 300, 7), (other, 300, 8)):
        seed(file, count, random_seed)
    meetings = listed(get, one)
    assert len(meetings) == 300
    assert meetings == listed(get, two) != listed(get, other)
    titles = [meeting.get("title") for meeting in meetings]
    assert None in titles
    assert any(not title.isascii() for title in titles if title)
    assert {meeting.get("persist_chat", "absent") for meeting in meetings} == {True, False, "absent"}
    assert {meeting["created_at"][:4] for meeting in meetings} == {"2023", "2024"}
    # The same in every version of this package and of Python.
    assert meetings[-1]["created_at"] == "2023-01-02T09:28:46.016Z"


def test_seeded_meetings_keep_to_the_contract(tmp_path: Path, get: Any) -> None:
    file = str(tmp_path / "kit.db")
    seed(file, 200)
    assert import_meetings(json.dumps(listed(get, file)), "x", file) == (0, 200)


def test_added_and_seeded_meetings_never_have_the_same_id(tmp_path: Path, get: Any) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        emulator.add_meetings(50)
    seed(file, 100)
    assert len(listed(get, file)) == 150


def not_sqlite(tmp_path: Path) -> str:
    (tmp_path / "x.txt").write_text("words " * 1000)
    return str(tmp_path / "x.txt")


def of_another_version(tmp_path: Path) -> str:
    file = str(tmp_path / "newer.db")
    Emulator(file).close()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE realtimekit_meta SET schema_version = 99")
    connection.commit()
    connection.close()
    return file


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (not_sqlite, "not a database"),
        (of_another_version, "another version"),
        (str, "is a directory"),
        (lambda tmp_path: str(tmp_path / "no" / "kit.db"), "does not exist"),
        (lambda tmp_path: "mysql://host/name", "mysql"),
        (lambda tmp_path: "postgresql://host:port/name", "cannot be read"),
        (lambda tmp_path: "postgresql://me:hidden@127.0.0.1:1/name", "cannot be used|driver psycopg"),
        (lambda tmp_path: "postgresql+nodriver://host/name", "cannot be used"),
    ],
)
def test_an_unusable_database_is_an_error_that_says_why(tmp_path: Path, make: Any, reason: str) -> None:
    with pytest.raises(EmulatorError, match=reason) as caught:
        Emulator(make(tmp_path))
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.skipif(POSTGRES is None, reason="REALTIMEKIT_TEST_POSTGRES does not name a PostgreSQL database")
def test_postgresql(get: Any) -> None:
    with Emulator(POSTGRES or "") as emulator:
        emulator.reset()
        emulator.add_meetings(30)
        emulator.add_meetings([{"id": "a", "title": "\x00 \ud800"}, {"id": "a", "title": "b"}])
        paging = get("?page_no=2", of=emulator).json()["paging"]
        assert paging == {"start_offset": 21, "end_offset": 31, "total_count": 31}
        seed(POSTGRES or "", 100)
        assert get(of=emulator).json()["paging"]["total_count"] == 131
