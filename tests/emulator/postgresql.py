"""A private PostgreSQL server, from the programs on this machine, in a directory of its own and on a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

__all__ = ["PostgreSQL", "find_programs"]


def find_programs() -> Path | None:
    """The directory of PostgreSQL's programs; None if it is not installed. Debian leaves most of them out of PATH."""
    places = [os.environ.get("PATH", os.defpath), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    found = shutil.which("initdb", path=os.pathsep.join(places))
    return Path(found).resolve().parent if found else None


class PostgreSQL:
    """The server. It ends with `stop`."""

    def __init__(self, programs: Path, directory: Path) -> None:
        """Make the server's files in an empty directory, and start it."""
        self._programs, self._directory = programs, directory
        self._owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            user = next(user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody"))
            os.chown(directory, user.pw_uid, user.pw_gid)
            self._owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._schemas = 0
        self._run("initdb", "--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start; the server accepts connections when this returns."""
        options = f"-F -k {self._directory} -c listen_addresses="
        self._run("pg_ctl", "start", "--wait", "--silent", f"--options={options}", f"--log={self._directory}/log")

    def stop(self) -> None:
        """Stop, and break off what the clients are doing."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is away for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def create_database(self) -> str:
        """The URL of an empty schema, which takes no time to make. To the emulator it is a database of its own."""
        self._schemas += 1
        name = f"kit{self._schemas}"
        url = f"postgresql://tests:secret@/postgres?host={self._directory}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return f"{url}&options=-csearch_path%3D{name}"

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._programs / program), "--pgdata", str(self._directory / "data"), *options]
        done = subprocess.run(command, cwd=self._directory, capture_output=True, text=True, check=False, **self._owner)
        assert done.returncode == 0, done.stdout + done.stderr
