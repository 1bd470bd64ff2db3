"""Databases that older and newer versions of the package made."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from realtimekit_emulator import Emulator, EmulatorError, migrations, storage
from realtimekit_emulator import database as current

LAYOUT_2 = Path(__file__).with_name("layout_2")
NEXT = '''
"""Layout 3, made up: a new column and a new table."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("realtimekit_meetings", Column("room", String, nullable=False, server_default="none"))
    op.create_table("realtimekit_rooms", Column("key", Integer, primary_key=True))
'''
BROKEN = NEXT + '    op.drop_table("realtimekit_no_such_table")\n'


@contextmanager
def connected(database: str) -> Iterator[Any]:
    """A connection of the driver's own, committed at the end."""
    is_url = database.startswith("postgresql:")
    connection: Any = psycopg.connect(database) if is_url else sqlite3.connect(database)
    with closing(connection), connection:
        yield connection


def version_of(database: str) -> int:
    with connected(database) as connection:
        [version] = connection.execute("SELECT schema_version FROM realtimekit_meta").fetchone()
    return int(version)


@pytest.fixture
def old(database: str) -> str:
    """A database that version 1.0 of the package made."""
    kind = "postgresql" if database.startswith("postgresql:") else "sqlite"
    with connected(database) as connection:
        for file in (f"{kind}.sql", "rows.sql"):
            text = (LAYOUT_2 / file).read_text()
            connection.executescript(text) if kind == "sqlite" else connection.execute(text)
    return database


@pytest.fixture
def next_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A version of the package with one layout more; the result is its migration."""
    (folder := tmp_path / "migrations").mkdir()
    (script := folder / "layout_0003.py").write_text(NEXT)
    monkeypatch.setattr(migrations, "_FOLDERS", [*migrations._FOLDERS, folder])
    monkeypatch.setattr(storage, "SCHEMA_VERSION", 3)
    return script


def test_a_database_of_version_1_0_opens_with_all_that_is_in_it(old: str, get: Any) -> None:
    with Emulator(old) as emulator:
        assert emulator.api_token == "made-by-version-1.0"
        assert [meeting["title"] for meeting in get(of=emulator).json()["data"]] == ["kept too", "kept"]
        assert get(of=emulator).json()["data"][1]["unknown"] == {"a": 1}
        assert get(of=emulator, headers={"Authorization": "Bearer another-token"}).status_code == 200
        emulator.add_meetings(1, app_id="another-app")
        added = emulator.add_meetings(1)
        assert get(of=emulator).json()["data"][0] == added[0]
    assert version_of(old) == current.SCHEMA_VERSION


@pytest.mark.parametrize("is_new", [True, False])
def test_old_and_new_databases_have_the_same_tables(
    request: pytest.FixtureRequest, database: str, is_new: bool
) -> None:
    if not is_new:
        request.getfixturevalue("old")
    Emulator(database).close()
    _, engine, _ = current.connect(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), current.metadata) == []
    engine.dispose()


def test_the_last_migration_makes_the_layout_of_today() -> None:
    folder = Path(migrations.__file__).parent
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    assert scripts.get_heads() == [f"{current.SCHEMA_VERSION:04}"]


def test_a_database_is_brought_to_the_next_layout_once(old: str, next_layout: Path, get: Any) -> None:
    for _ in range(2):  # A column cannot be added twice.
        with Emulator(old) as emulator:
            assert [meeting["title"] for meeting in get(of=emulator).json()["data"]] == ["kept too", "kept"]
    assert version_of(old) == 3
    with connected(old) as connection:
        assert connection.execute("SELECT DISTINCT room FROM realtimekit_meetings").fetchall() == [("none",)]
        assert connection.execute("SELECT * FROM realtimekit_rooms").fetchall() == []


def test_only_one_of_two_that_open_an_old_database_at_once_upgrades_it(old: str, next_layout: Path) -> None:
    with ThreadPoolExecutor() as pool:
        with connected(old) as connection:
            # Both find the old layout, or wait for the other.
            if old.startswith("postgresql:"):
                connection.execute("LOCK TABLE realtimekit_meta")
            else:
                connection.execute("BEGIN IMMEDIATE")
            both = [pool.submit(storage.Storage, old) for _ in range(2)]
            if old.startswith("postgresql:"):
                waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid != pg_backend_pid()"
                while connection.execute(waiting).fetchone() != (2,):
                    assert not any(each.done() for each in both)
        for each in both:
            each.result().close()
    assert version_of(old) == 3


def test_a_migration_that_fails_leaves_the_database_as_it_was(old: str, next_layout: Path, get: Any) -> None:
    next_layout.write_text(BROKEN)
    with pytest.raises(EmulatorError, match="realtimekit_no_such_table") as caught:
        Emulator(old)
    assert "\n" not in str(caught.value)
    assert version_of(old) == 2
    next_layout.write_text(NEXT)
    with Emulator(old) as emulator:
        assert get(of=emulator).json()["paging"]["total_count"] == 2


@pytest.mark.parametrize(("version", "reason"), [(99, "newer version of realtimekit"), (1, "no migration")])
def test_a_layout_that_this_version_does_not_know_is_refused(old: str, version: int, reason: str, get: Any) -> None:
    with connected(old) as connection:
        connection.execute(f"UPDATE realtimekit_meta SET schema_version = {version}")
    with pytest.raises(EmulatorError, match=reason) as caught:
        Emulator(old)
    assert "\n" not in str(caught.value)
    assert version_of(old) == version


def test_who_has_it_open_while_a_newer_version_upgrades_it_neither_reads_nor_writes(
    old: str, get: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with Emulator(old) as emulator:
        assert get(of=emulator).status_code == 200
        with connected(old) as connection:
            connection.execute("UPDATE realtimekit_meta SET schema_version = 99")
        response = get(of=emulator)
        assert (response.status_code, caplog.messages) == (503, [response.json()["error"]["message"]])
        with pytest.raises(EmulatorError, match="upgraded by a newer version"):
            emulator.add_meetings(1)
    with connected(old) as connection:
        assert connection.execute("SELECT count(*) FROM realtimekit_meetings").fetchone() == (2,)


def test_opening_a_database_of_today_imports_no_alembic(tmp_path: Path) -> None:
    code = """
import sys
from realtimekit_emulator import Emulator

for database in (":memory:", sys.argv[1], sys.argv[1]):
    Emulator(database).close()
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "kit.db")], check=True)
