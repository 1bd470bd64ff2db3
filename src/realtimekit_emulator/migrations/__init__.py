"""Bring a database from the layout of an older version to today's, one script after the other, by Alembic.

`schema_version` in the table `realtimekit_meta` says which layout a database has; every version of this package reads
it. A script is named after the layout that it makes. Alembic is imported only where there is something to do.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

__all__ = ["upgrade"]

_FOLDERS = [Path(__file__).parent]
# Alembic has one `op` a process.
_lock = Lock()


def upgrade(connection: Connection, layout: int) -> None:
    """Run the scripts that lead from a layout to the newest one, in the connection's transaction.

    Raises:
        LookupError: If no script leads on from the layout.
    """
    scripts = ScriptDirectory(str(_FOLDERS[0]), version_locations=[str(folder) for folder in _FOLDERS])
    try:
        *newer, _ = scripts.walk_revisions(f"{layout:04}")
    except CommandError as error:
        raise LookupError(f"no migration leads on from its layout, {layout}") from error
    with _lock, Operations.context(MigrationContext.configure(connection)):
        for script in reversed(newer):
            script.module.upgrade()
