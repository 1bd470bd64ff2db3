"""Apps, tokens and meetings in a database: SQLite in memory or in a file, or PostgreSQL.

Every write first raises the database's revision. Other processes see by it that they have to read again, and on
PostgreSQL it makes writers wait for each other, so that meetings become visible in the order of their sequence numbers.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from .database import SCHEMA_VERSION, apps, connect, meetings, meta, metadata, tokens
from .errors import DatabaseError, MeetingsGoneError, TakenAppError, UnknownAppError
from .identity import Identity, new_token
from .index import Entry

__all__ = ["App", "Record", "Storage", "Token"]

_BATCH = 5_000
_REVISION = select(meta.c.revision)
_TEXTS = {
    "sqlite": "SELECT number, body FROM realtimekit_meetings WHERE number IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT number, body FROM realtimekit_meetings WHERE number = ANY(%s)",
}


class Record(NamedTuple):
    """A meeting ready for the database: its id, when it was created (microseconds since 1970), and its JSON text."""

    id: str
    microseconds: int
    body: str


@dataclass(frozen=True)
class App:
    """A RealtimeKit app."""

    id: str
    account_id: str
    key: int
    # The database's revision when the app was made, or when stored meetings of it were last replaced or removed.
    epoch: int


@dataclass(frozen=True)
class Token:
    """What an API token may do."""

    permissions: frozenset[str]
    accounts: frozenset[str]


class Storage:
    """One open database. Safe to share between threads."""

    def __init__(self, database: str = ":memory:") -> None:
        """Open a database; a new one is set up, and one of an older version of this package gets today's layout.

        Args:
            database: `:memory:`, a file, or a URL such as `postgresql://user@host/name`.

        Raises:
            EmulatorError: If it cannot be opened, is not a database, or was made by a newer version of this package.
        """
        self._lock = threading.RLock()
        self._name, self._engine, self.is_private = connect(database)
        self._readers = self._engine.execution_options(writes=False)
        self._dialect = self._engine.dialect.name
        # Reads what every request needs: through SQLAlchemy that takes many times as long.
        self._sqlite: Any = None
        with self._errors(), contextlib.ExitStack() as on_failure:
            on_failure.callback(self._engine.dispose)
            self.identity = self._set_up()
            if self._dialect == "sqlite":
                self._sqlite = self._engine.raw_connection()
            on_failure.pop_all()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            if self._sqlite is not None:
                self._sqlite.close()
                self._sqlite = None
            self._engine.dispose()

    def revision(self) -> int:
        """A number that changes with every write of any process."""
        with self._errors():
            [(revision, version)] = self._fetch("SELECT revision, schema_version FROM realtimekit_meta")
            self._refuse_newer(version)
            return int(revision)

    def apps(self) -> dict[str, App]:
        """All apps by id, in the order in which they were added."""
        query = select(apps.c.id, apps.c.account_id, apps.c.key, apps.c.epoch).order_by(apps.c.key)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return {row.id: App(row.id, row.account_id, row.key, row.epoch) for row in rows}

    def app(self, app_id: str | None = None) -> App:
        """An app by its id; the default app without one.

        Raises:
            EmulatorError: If there is no such app.
        """
        app_id = app_id or self.identity.app_id
        if (found := self.apps().get(app_id)) is None:
            raise UnknownAppError(f"There is no app {app_id}: add it first, with `app add` or add_app().")
        return found

    def tokens(self) -> dict[str, Token]:
        """All tokens."""
        with self._reading() as connection:
            rows = connection.execute(select(tokens.c.token, tokens.c.permissions, tokens.c.accounts)).all()
            return {
                row.token: Token(frozenset(json.loads(row.permissions)), frozenset(json.loads(row.accounts)))
                for row in rows
            }

    def entries(self, app: App, after: int) -> Iterator[Entry]:
        """When the app's meetings with a sequence number above `after` were created, oldest first."""
        columns = meetings.c.microseconds, meetings.c.number
        query = select(*columns).where(meetings.c.app == app.key, meetings.c.number > after).order_by(*columns)
        with self._reading() as connection:
            for rows in connection.execution_options(yield_per=_BATCH).execute(query).partitions():
                # A damaged row has to fail here: an error of the caller would leave the lock taken.
                yield from ((int(row[0]), int(row[1])) for row in rows)

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """The JSON texts of meetings by their sequence numbers, in the same order.

        Raises:
            MeetingsGoneError: If the database no longer has one of them.
        """
        query, parameter = _TEXTS[self._dialect], list(numbers)
        found = dict(self._fetch(query, json.dumps(parameter) if self._dialect == "sqlite" else parameter))
        if len(found) < len(numbers):
            raise MeetingsGoneError(
                f"The database {self._name} lacks meetings that it had, and the emulator did not remove them: "
                "seed or import them again."
            )
        return [found[number] for number in numbers]

    def add_app(self, app_id: str, account_id: str) -> None:
        """Add an app; nothing happens if the account has it.

        Raises:
            EmulatorError: If another account has it.
        """
        with self._writing() as connection:
            epoch = connection.execute(_REVISION).scalar_one()
            values = {"id": app_id, "account_id": account_id, "epoch": epoch, "is_default": False}
            connection.execute(self._insert(apps).on_conflict_do_nothing(index_elements=["id"]), values)
            owner = connection.execute(select(apps.c.account_id).where(apps.c.id == app_id)).scalar_one()
        if owner != account_id:
            raise TakenAppError(f"The app {app_id} is one of the account {owner}: choose another id.")

    def renew_token(self) -> None:
        """Replace the default token with a random one."""
        self.identity = replace(self.identity, api_token=new_token())
        with self._writing() as connection:
            connection.execute(update(tokens).where(tokens.c.is_default).values(token=self.identity.api_token))

    def extent(self, app_id: str) -> tuple[int | None, int]:
        """When an app's newest meeting was created (microseconds since 1970), and how many meetings it has."""
        query = select(func.max(meetings.c.microseconds), func.count()).join(apps).where(apps.c.id == app_id)
        with self._reading() as connection:
            newest, count = connection.execute(query).one()
        return newest, count

    def add_token(self, token: str, permissions: Iterable[str], accounts: Iterable[str]) -> None:
        """Add a token; a token that exists gets these rights instead of its own."""
        values = _rights(permissions, accounts)
        with self._writing() as connection:
            statement = self._insert(tokens).on_conflict_do_update(index_elements=["token"], set_=values)
            connection.execute(statement, {"token": token, "is_default": False, **values})

    def write_meetings(self, app_id: str, records: Iterable[Record]) -> tuple[int, int]:
        """Add meetings, all or none; a meeting with the id of one in the app replaces it.

        Returns:
            How many were added, and how many replaced.
        """
        statement = self._insert(meetings)
        statement = statement.on_conflict_do_update(
            index_elements=["app", "id"],
            set_={name: statement.excluded[name] for name in ("microseconds", "body")},
        )
        with self._writing() as connection:
            app = connection.execute(select(apps.c.key).where(apps.c.id == app_id)).scalar_one()
            count = select(func.count()).select_from(meetings).where(meetings.c.app == app)
            before = connection.execute(count).scalar_one()
            names = ("app", *Record._fields)
            written, source = 0, iter(records)
            while batch := list(islice(source, _BATCH)):
                connection.execute(statement, [dict(zip(names, (app, *record), strict=True)) for record in batch])
                written += len(batch)
            added = int(connection.execute(count).scalar_one()) - int(before)
            if added < written:
                connection.execute(update(apps).where(apps.c.key == app).values(epoch=_REVISION.scalar_subquery()))
        return added, written - added

    def clear(self) -> None:
        """Remove all meetings, and all apps and tokens but the default ones."""
        with self._writing() as connection:
            connection.execute(delete(meetings))
            connection.execute(delete(apps).where(apps.c.is_default.is_(False)))
            connection.execute(delete(tokens).where(tokens.c.is_default.is_(False)))
            rights = _rights(Identity.PERMISSIONS, [self.identity.account_id])
            connection.execute(update(tokens).values(**rights))
            connection.execute(update(apps).values(epoch=_REVISION.scalar_subquery()))

    def _set_up(self) -> Identity:
        with self._engine.begin() as connection:
            if self._dialect == "postgresql":
                # Two processes may open a new or an old database at once.
                connection.execute(select(func.pg_advisory_xact_lock(0x52544B)))
            if not inspect(connection).has_table(meta.name):
                metadata.create_all(connection, checkfirst=False)
                identity = Identity.fixed() if self.is_private else Identity.new()
                connection.execute(insert(meta).values(only=1, schema_version=SCHEMA_VERSION, revision=0))
                connection.execute(
                    insert(apps).values(id=identity.app_id, account_id=identity.account_id, epoch=0, is_default=True)
                )
                rights = _rights(Identity.PERMISSIONS, [identity.account_id])
                connection.execute(insert(tokens).values(token=identity.api_token, is_default=True, **rights))
                return identity
            version = connection.execute(select(meta.c.schema_version)).scalar_one()
            self._refuse_newer(version)
            if version < SCHEMA_VERSION:
                from .migrations import upgrade  # It takes long to import.

                upgrade(connection, version)
                connection.execute(update(meta).values(schema_version=SCHEMA_VERSION))
            app = connection.execute(select(apps.c.id, apps.c.account_id).where(apps.c.is_default)).one()
            token = connection.execute(select(tokens.c.token).where(tokens.c.is_default)).scalar_one()
            return Identity(account_id=app.account_id, app_id=app.id, api_token=token)

    def _refuse_newer(self, version: int) -> None:
        if version > SCHEMA_VERSION:
            raise DatabaseError(
                f"The database {self._name} was made or upgraded by a newer version of realtimekit (its layout is "
                f"{version}, and this version needs {SCHEMA_VERSION}): use that version, or another database."
            )

    def _insert(self, table: Any) -> Any:
        return postgresql.insert(table) if self._dialect == "postgresql" else sqlite.insert(table)

    def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        with self._lock, self._errors():
            if self._sqlite is not None:
                return list(self._sqlite.driver_connection.execute(query, parameters))
            with self._readers.connect() as connection:
                return list(connection.exec_driver_sql(query, parameters))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._lock, self._errors(), self._readers.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, self._errors(), self._engine.begin() as connection:
            connection.execute(update(meta).values(revision=meta.c.revision + 1))
            self._refuse_newer(connection.execute(select(meta.c.schema_version)).scalar_one())
            yield connection

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise what goes wrong with the database in the block as `DatabaseError`."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, LookupError, TypeError, ValueError) as error:
            # The last three are raised where a stored value has another type or shape.
            reason = " ".join(str(getattr(error, "orig", None) or repr(error)).split())
            raise DatabaseError(
                f"The database {self._name} cannot be used. Check that it can be reached and written, and that the "
                f"emulator made it. What it says: {reason}"
            ) from error


def _rights(permissions: Iterable[str], accounts: Iterable[str]) -> dict[str, str]:
    """The columns of a token's rights."""
    return {"permissions": json.dumps(sorted(permissions)), "accounts": json.dumps(sorted(accounts))}
