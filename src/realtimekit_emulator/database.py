"""The tables, and connecting to the database that the user names."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from .errors import EmulatorError

__all__ = ["SCHEMA_VERSION", "apps", "connect", "meetings", "meta", "metadata", "tokens"]

SCHEMA_VERSION = 2
"""The layout of the tables below. A new one takes a script in `migrations/` that makes it from the one before."""

_BUSY_SECONDS = 30
_BIG = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()
meta = Table(
    "realtimekit_meta",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
apps = Table(
    "realtimekit_apps",
    metadata,
    Column("key", _BIG, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("account_id", String, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("is_default", Boolean, nullable=False),
)
tokens = Table(
    "realtimekit_tokens",
    metadata,
    Column("token", String, primary_key=True),
    Column("permissions", Text, nullable=False),
    Column("accounts", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
)
meetings = Table(
    "realtimekit_meetings",
    metadata,
    Column("number", _BIG, primary_key=True),
    Column("app", _BIG, ForeignKey("realtimekit_apps.key"), nullable=False),
    Column("id", String, nullable=False),
    Column("microseconds", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("realtimekit_meetings_by_id", "app", "id", unique=True),
    # The number of a meeting that was removed is not used again, as on PostgreSQL.
    sqlite_autoincrement=True,
)


def connect(database: str) -> tuple[str, Engine, bool]:
    """Make an engine for a database; it does not connect yet.

    Returns:
        The database's name for messages (without the password), its engine, and whether it is in this process's memory.

    Raises:
        EmulatorError: If this cannot be a database, or the driver is not installed.
    """
    try:
        url = make_url(database) if "://" in database else URL.create("sqlite", database=database)
    except (SQLAlchemyError, ValueError) as error:
        raise EmulatorError(
            "The database URL cannot be read: write it as postgresql://user:password@host:5432/name."
        ) from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url.database or ":memory:")
    if backend != "postgresql":
        raise EmulatorError(
            f"The emulator does not support {backend} databases: use a SQLite file or a postgresql:// URL."
        )
    url = url.set(drivername="postgresql+psycopg")
    try:
        return url.set(drivername=backend).render_as_string(), create_engine(url, pool_pre_ping=True), False
    except ModuleNotFoundError as error:
        raise EmulatorError(
            f"A PostgreSQL database needs the driver {error.name}: run `pip install 'realtimekit[emulator,postgres]'`."
        ) from error


def _sqlite(name: str) -> tuple[str, Engine, bool]:
    if is_private := name == ":memory:":
        options: dict[str, Any] = {"poolclass": StaticPool}
    else:
        options, name = {}, _file(name)
    url = URL.create("sqlite", database=name)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS}, **options)

    # The driver's own transactions begin at the first write. That is too late: one of two writers would fail, not wait.
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        if not is_private:
            try:
                _check_owner(connection, name)
                # Lets other processes read while one writes. The file stays so, and it fails where another process is
                # at it: that does not wait.
                with contextlib.suppress(sqlite3.OperationalError):
                    connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
            except (sqlite3.Error, EmulatorError):
                connection.close()  # The pool does not have it yet, and cannot close it.
                raise

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        reads = connection.get_execution_options().get("writes") is False
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return name, engine, is_private


def _file(name: str) -> str:
    path = Path(name).expanduser()
    try:
        # The file will hold tokens. SQLite gives its other files the same permissions.
        os.close(os.open(path, os.O_CREAT, 0o600))
    except OSError as error:
        raise EmulatorError(
            f"The database {name} cannot be opened: {error.strerror}. Name a file in a directory that exists."
        ) from error
    return str(path)


def _check_owner(connection: sqlite3.Connection, name: str) -> None:
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if tables and meta.name not in tables:
        raise EmulatorError(
            f"The database {name} is another program's (its tables: {', '.join(tables)[:80]}): name another file."
        )
