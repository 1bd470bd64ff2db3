"""Databases that last, writers in other processes, and what happens to files that are no such thing."""

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
from realtimekit_emulator.commands import create_token, import_meetings, seed_meetings
from realtimekit_emulator.directory import Directory
from realtimekit_emulator.storage import Storage

POSTGRES = os.environ.get("REALTIMEKIT_TEST_POSTGRES")


def listed(storage: Storage) -> list[dict[str, Any]]:
    directory = Directory(storage)
    directory.refresh()
    app = directory.app(storage.identity.account_id, storage.identity.app_id)
    assert app is not None
    page = directory.page(app, None, None, 1, 10_000)
    return [json.loads(text) for text in directory.documents(page.numbers)]


def test_a_file_keeps_its_identity_and_meetings(tmp_path: Path) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        one = (emulator.account_id, emulator.app_id, emulator.api_token)
        emulator.add_meetings(3)
    with Emulator(file) as emulator:
        assert (emulator.account_id, emulator.app_id, emulator.api_token) == one
        ids = {meeting["id"] for meeting in emulator.add_meetings(3)}
    assert len(ids) == 3
    storage = Storage(file)
    assert storage.count(storage.identity.app_id) == 6
    storage.close()


def test_another_process_writes_while_this_one_serves(tmp_path: Path) -> None:
    file = str(tmp_path / "kit.db")
    storage = Storage(file)
    directory = Directory(storage)

    def total() -> int:
        directory.refresh()
        app = directory.app(storage.identity.account_id, storage.identity.app_id)
        assert app is not None
        return directory.page(app, None, None, 1, 20).total_count

    assert [total(), total()] == [0, 0]
    code = "import sys; from realtimekit_emulator.commands import seed_meetings; seed_meetings(sys.argv[1], 500)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, file], check=True, env=environment)
    assert total() == 500
    token = create_token(file, ["Realtime"], ["a" * 32])
    directory.refresh()
    found = directory.token(token)
    assert found is not None
    assert found.permissions == {"Realtime"}
    assert found.accounts == {"a" * 32}
    # What is replaced elsewhere is seen here too.
    first = listed(storage)[0]
    import_meetings(json.dumps({**first, "title": "new"}), "x", file)
    directory.refresh()
    app = directory.app(storage.identity.account_id, storage.identity.app_id)
    assert app is not None
    (text,) = directory.documents(directory.page(app, None, None, 1, 1).numbers)
    assert json.loads(text)["title"] == "new"
    storage.close()


def test_seeding_is_the_same_every_time(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("a.db", "b.db", "c.db")]
    assert seed_meetings(files[0], 300, 7) == (300, 0)
    assert seed_meetings(files[0], 300, 7) == (0, 300)
    seed_meetings(files[1], 100, 7)
    seed_meetings(files[1], 300, 7)
    seed_meetings(files[2], 300, 8)
    meetings = []
    for file in files:
        storage = Storage(file)
        meetings.append(listed(storage))
        storage.close()
    assert meetings[0] == meetings[1] != meetings[2]
    titles = [meeting.get("title") for meeting in meetings[0]]
    assert None in titles
    assert any(not title.isascii() for title in titles if title)
    assert {meeting.get("persist_chat", "absent") for meeting in meetings[0]} == {True, False, "absent"}
    assert {meeting["created_at"][:4] for meeting in meetings[0]} == {"2023", "2024"}
    # Fixed for good: a seed gives the same everywhere and always.
    assert min(meeting["created_at"] for meeting in meetings[0]) == "2023-01-02T09:28:46.016Z"


def test_seeded_meetings_keep_to_the_contract(tmp_path: Path) -> None:
    file = str(tmp_path / "kit.db")
    seed_meetings(file, 200)
    storage = Storage(file)
    text = "\n".join(json.dumps(meeting) for meeting in listed(storage))
    storage.close()
    assert import_meetings(text, "x", file) == (0, 200)


def test_meetings_added_and_seeded_never_share_an_id(tmp_path: Path) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        emulator.add_meetings(50)
    assert seed_meetings(file, 100) == (100, 0)


def not_sqlite(tmp_path: Path) -> str:
    (tmp_path / "x.txt").write_text("words " * 1000)
    return str(tmp_path / "x.txt")


def newer(tmp_path: Path) -> str:
    file = str(tmp_path / "newer.db")
    Storage(file).close()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE realtimekit_meta SET schema_version = 99")
    connection.commit()
    connection.close()
    return file


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (not_sqlite, "not a database"),
        (newer, "newer version"),
        (str, "is a directory"),
        (lambda tmp_path: str(tmp_path / "no" / "kit.db"), "does not exist"),
        (lambda tmp_path: "mysql://host/name", "mysql"),
        (lambda tmp_path: "postgresql://host:port/name", "cannot be read"),
        (lambda tmp_path: "postgresql://me:hidden@127.0.0.1:1/name", "cannot be used|driver psycopg"),
        (lambda tmp_path: "postgresql+nodriver://host/name", "cannot be used"),
    ],
)
def test_what_is_no_database_is_named_with_its_reason(tmp_path: Path, make: Any, reason: str) -> None:
    with pytest.raises(EmulatorError, match=reason) as caught:
        Storage(make(tmp_path))
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.skipif(POSTGRES is None, reason="REALTIMEKIT_TEST_POSTGRES names no PostgreSQL database")
def test_postgresql(http: Any) -> None:
    with Emulator(POSTGRES or "") as emulator:
        emulator.reset()
        emulator.add_meetings(30)
        emulator.add_meetings([{"id": "a", "title": "\x00 \ud800"}, {"id": "a", "title": "b"}])
        url = f"{emulator.base_url}/accounts/{emulator.account_id}/realtime/kit/{emulator.app_id}/meetings?page_no=2"
        body = http.get(url, headers={"Authorization": f"Bearer {emulator.api_token}"}).json()
        assert body["paging"] == {"start_offset": 21, "end_offset": 31, "total_count": 31}
        seed_meetings(POSTGRES or "", 100)
        body = http.get(url, headers={"Authorization": f"Bearer {emulator.api_token}"}).json()
        assert body["paging"]["total_count"] == 131
