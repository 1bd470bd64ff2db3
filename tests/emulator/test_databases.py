"""Databases that are kept, writers in other processes, and files and URLs that are not databases."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from realtimekit_emulator import Emulator, EmulatorError, commands

from .postgresql import PostgreSQL
from .processes import run, served, start


def command(*arguments: str) -> None:
    assert CliRunner().invoke(commands.emulator, arguments).exit_code == 0


def seed(database: str, count: int, random_seed: int = 0) -> None:
    command("seed", "--database", database, "--count", str(count), "--random-seed", str(random_seed))


def listed(get: Any, database: str) -> list[dict[str, Any]]:
    with Emulator(database, max_per_page=None) as emulator:
        meetings: list[dict[str, Any]] = get("?per_page=1e6", of=emulator).json()["data"]
        return meetings


def test_a_database_keeps_its_identity_and_meetings(database: str, get: Any) -> None:
    with Emulator(database) as emulator:
        one = (emulator.account_id, emulator.app_id, emulator.api_token)
        first = emulator.add_meetings(3)
    with Emulator(database) as emulator:
        assert (emulator.account_id, emulator.app_id, emulator.api_token) == one
        second = emulator.add_meetings(3)
    assert listed(get, database) == [*reversed(second), *reversed(first)]
    assert len({meeting["id"] for meeting in first + second}) == 6


def test_what_another_process_writes_is_served(database: str, tmp_path: Path, get: Any) -> None:
    with Emulator(database) as emulator:
        assert [get(of=emulator).json()["paging"]["total_count"] for _ in range(2)] == [0, 0]
        run("seed", "--database", database, "--count", "500")
        body = get(of=emulator).json()
        assert body["paging"]["total_count"] == 500
        token = run("token", "--database", database)
        assert get(of=emulator, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        (tmp_path / "new.json").write_text(json.dumps({**body["data"][0], "title": "new"}))
        run("import", str(tmp_path / "new.json"), "--database", database)
        assert get(of=emulator).json()["data"][0]["title"] == "new"


def test_servers_that_start_at_once_share_a_new_database(database: str) -> None:
    arguments = ("serve", "--port", "0", "--database", database, "--seed", "50")
    with start(*arguments) as first, start(*arguments) as second:
        both = [served(first), served(second)]

        def totals() -> list[int]:
            return [get().json()["paging"]["total_count"] for get in both]

        assert totals() == [50, 50]
        with Emulator(database) as third:
            third.add_meetings(3)
            assert totals() == [53, 53]
            third.reset()
            assert totals() == [0, 0]


def size_of(database: str) -> int:
    """How many bytes the meetings take, with those of a writer that is not done."""
    if not database.startswith("postgresql:"):
        return sum(file.stat().st_size for file in Path(database).parent.iterdir())
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT pg_total_relation_size('realtimekit_meetings')").fetchone()
    assert found is not None
    return int(found[0])


@contextmanager
def seeder_at_work(database: str) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of adding more meetings than it ever will."""
    before = size_of(database)
    with start("seed", "--database", database, "--count", "100000000") as process:
        while size_of(database) < before + 1_000_000:
            assert process.poll() is None
            time.sleep(0.02)
        yield process


def test_a_killed_seeder_leaves_no_half_of_its_meetings(database: str, get: Any) -> None:
    with Emulator(database) as emulator:
        kept = emulator.add_meetings(3)
        with seeder_at_work(database) as seeder:
            seeder.kill()
        assert get(of=emulator).json()["data"] == kept[::-1]
        seed(database, 10)
        assert get(of=emulator).json()["paging"]["total_count"] == 13


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
    (tmp_path / "all.json").write_text(json.dumps(listed(get, file)))
    command("import", str(tmp_path / "all.json"), "--database", file)
    assert len(listed(get, file)) == 200


def test_added_and_seeded_meetings_never_have_the_same_id(tmp_path: Path, get: Any) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        emulator.add_meetings(50)
    seed(file, 100)
    assert len(listed(get, file)) == 150


def test_any_text_that_json_can_hold_is_kept(database: str, get: Any) -> None:
    with Emulator(database) as emulator:
        emulator.add_meetings([{"id": "a", "title": "\x00 \ud800"}, {"id": "b"}, {"id": "a", "title": "\x00 \udfff"}])
        assert [meeting.get("title") for meeting in get(of=emulator).json()["data"]] == ["\x00 \udfff", None]


def not_sqlite(tmp_path: Path) -> str:
    (tmp_path / "x.txt").write_text("words " * 1000)
    return str(tmp_path / "x.txt")


def of_another_version(tmp_path: Path) -> str:
    file = str(tmp_path / "newer.db")
    Emulator(file).close()
    change(file, "UPDATE realtimekit_meta SET schema_version = 99")
    return file


def of_another_program(tmp_path: Path) -> str:
    file = str(tmp_path / "mail.db")
    change(file, "CREATE TABLE mail (id)")
    return file


def change(file: str, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (not_sqlite, "not a database"),
        (of_another_version, "newer version"),
        (of_another_program, "another program's"),
        (str, "Is a directory"),
        (lambda tmp_path: str(tmp_path / "no" / "kit.db"), "directory that exists"),
        (lambda tmp_path: "mysql://host/name", "mysql"),
        (lambda tmp_path: "postgresql://host:port/name", "cannot be read"),
        (lambda tmp_path: "postgresql://me:hidden@127.0.0.1:1/name", "cannot be used|driver psycopg"),
    ],
)
def test_an_unusable_database_is_an_error_that_says_why(tmp_path: Path, make: Any, reason: str) -> None:
    with pytest.raises(EmulatorError, match=reason) as caught:
        Emulator(make(tmp_path))
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_file_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    file = of_another_program(tmp_path)
    before = Path(file).read_bytes()
    with pytest.raises(EmulatorError):
        Emulator(file)
    assert (Path(file).read_bytes(), list(tmp_path.iterdir())) == (before, [Path(file)])


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    with Emulator(str(tmp_path / "kit.db")) as emulator:
        emulator.add_meetings(1)
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


DAMAGE = [
    "DROP TABLE realtimekit_meta",
    "UPDATE realtimekit_meta SET revision = 'many'",
    "UPDATE realtimekit_tokens SET permissions = '{'",
    "ALTER TABLE realtimekit_apps RENAME COLUMN epoch TO age",
    "UPDATE realtimekit_meetings SET microseconds = 'monday'",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_database_that_is_away_or_damaged_is_503(
    tmp_path: Path, get: Any, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = str(tmp_path / "kit.db")
    with Emulator(file) as emulator:
        emulator.add_meetings(1)
        assert get(of=emulator).status_code == 200
        # A meeting that was read stays in memory until there are new ones.
        change(file, "UPDATE realtimekit_meta SET revision = revision + 1")
        change(file, "UPDATE realtimekit_apps SET epoch = epoch + 1")
        change(file, damage)
        response = get(of=emulator)
    assert response.status_code == 503
    assert file in response.json()["error"]["message"]
    assert [(record.levelname, "\n" in record.getMessage()) for record in caplog.records] == [("ERROR", False)]
    assert caplog.records[0].exc_info is None


@pytest.mark.parametrize("damage", DAMAGE)
def test_serving_a_damaged_database_is_one_line(tmp_path: Path, damage: str) -> None:
    file = str(tmp_path / "kit.db")
    seed(file, 1)
    change(file, damage)
    with start("serve", "--port", "0", "--database", file) as server:
        out, err = server.communicate(timeout=30)
    assert (server.returncode, out) == (1, "")
    assert err.startswith("Error: The database ")
    assert err.count("\n") == 1


def test_a_server_that_goes_away_and_comes_back(
    postgresql: PostgreSQL, get: Any, caplog: pytest.LogCaptureFixture
) -> None:
    database = postgresql.create_database()
    with Emulator(database) as emulator:
        added = emulator.add_meetings(3)
        assert get(of=emulator).status_code == 200
        with postgresql.stopped():
            response = get(of=emulator)
            with pytest.raises(EmulatorError, match="can be reached") as caught:
                emulator.add_meetings(1)
        message = response.json()["error"]["message"]
        assert (response.status_code, caplog.messages) == (503, [message])
        assert caplog.records[0].exc_info is None
        assert "secret" not in message + str(caught.value)
        assert "\n" not in message
        assert get(of=emulator).json()["data"] == added[::-1]
        added += emulator.add_meetings(1)
        assert get(of=emulator).json()["data"] == added[::-1]


def test_a_seeder_whose_server_goes_away_says_so_in_one_line(postgresql: PostgreSQL) -> None:
    database = postgresql.create_database()
    Emulator(database).close()
    with seeder_at_work(database) as seeder, postgresql.stopped():
        _, err = seeder.communicate(timeout=30)
    assert seeder.returncode == 1
    assert err.startswith("Error: The database ")
    assert err.count("\n") == 1
