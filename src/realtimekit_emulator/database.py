"""The tables, and connecting to the database that the user names."""

from __future__ import annotations

import os
import re
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
"""The layout of the tables below; every database has the version that it was made with."""

_BUSY_SECONDS = 30
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+]*://")
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
)


def connect(database: str) -> tuple[str, Engine, bool]:
    """Make an engine for a database; it does not connect yet.

    Returns:
        The database's name for messages (without the password), its engine, and whether it is in this process's memory.

    Raises:
        EmulatorError: If this cannot be a database, or its driver is not installed.
    """
    if _SCHEME.match(database):
        try:
            url = make_url(database)
        except (SQLAlchemyError, ValueError) as error:
            raise EmulatorError(
                "The database URL cannot be read: write it as postgresql://user:password@host:5432/name."
            ) from error
    else:
        url = URL.create("sqlite", database=database)
    backend = url.get_backend_name()
    if backend == "postgres":
        url = url.set(drivername="postgresql")
        backend = "postgresql"
    if backend == "sqlite":
        return _sqlite(url)
    if backend != "postgresql":
        raise EmulatorError(
            f"The emulator does not support {backend} databases: use a SQLite file or a postgresql:// URL."
        )
    name = url.render_as_string(hide_password=True)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        return name, create_engine(url, pool_pre_ping=True), False
    except ModuleNotFoundError as error:
        raise EmulatorError(
            f"A PostgreSQL database needs the driver {error.name}: run `pip install 'realtimekit[emulator,postgres]'`."
        ) from error
    except SQLAlchemyError as error:
        raise EmulatorError(f"The database {name} cannot be used: {error}. Write it as postgresql://…") from error


def _file(name: str) -> str:
    path = Path(name).expanduser()
    if path.is_dir():
        raise EmulatorError(f"The database {name} is a directory: name a file in it.")
    if not path.absolute().parent.is_dir():
        raise EmulatorError(f"The database {name} cannot be created: the directory {path.parent} does not exist.")
    try:
        # It will hold tokens. SQLite gives its other files the same permissions.
        os.close(os.open(path, os.O_CREAT, 0o600))
    except OSError as error:
        raise EmulatorError(f"The database {name} cannot be opened: {error.strerror}.") from error
    return str(path)


def _check_owner(connection: sqlite3.Connection, name: str) -> None:
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if tables and meta.name not in tables:
        raise EmulatorError(
            f"The database {name} is another program's (its tables: {', '.join(tables)[:80]}): name another file."
        )


def _sqlite(url: URL) -> tuple[str, Engine, bool]:
    is_private = url.database in (None, "", ":memory:")
    if not is_private:
        url = url.set(database=_file(str(url.database)))
    options: dict[str, Any] = {"poolclass": StaticPool} if is_private else {}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS}, **options)

    # The driver's own transactions begin at the first write, which is too late: two writers would fail, and not wait.
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        if not is_private:
            try:
                _check_owner(connection, str(url.database))
                # Lets other processes read while one writes.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
            except (sqlite3.Error, EmulatorError):
                connection.close()  # The pool does not have it yet, and cannot close it.
                raise

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        reads = connection.get_execution_options().get("writes") is False
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return (":memory:" if is_private else str(url.database)), engine, is_private
