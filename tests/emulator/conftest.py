"""A live emulator for the whole run, emptied before each test, and a client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator

from .postgresql import PostgreSQL, find_programs

Get = Callable[..., httpx.Response]
CONTRACT = Path(__file__).with_name("contract.yaml")


@pytest.fixture(scope="session")
def live() -> Iterator[Emulator]:
    with Emulator(contract=CONTRACT) as emulator:
        yield emulator


@pytest.fixture
def emulator(live: Emulator) -> Emulator:
    live.reset()
    return live


def meetings_path(emulator: Emulator) -> str:
    return f"/accounts/{emulator.account_id}/realtime/kit/{emulator.app_id}/meetings"


@pytest.fixture
def path(emulator: Emulator) -> str:
    return meetings_path(emulator)


@pytest.fixture(scope="session")
def http(live: Emulator) -> Iterator[httpx.Client]:
    # trust_env=False: no proxy for a server on this machine.
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def get(emulator: Emulator, http: httpx.Client) -> Get:
    """Ask an emulator for its meetings: with its token, unless other headers are given."""

    def send(
        query: str = "", *, of: Emulator = emulator, method: str = "GET", at: str | None = None, **options: Any
    ) -> httpx.Response:
        path = meetings_path(of) if at is None else at
        options.setdefault("headers", {"Authorization": f"Bearer {of.api_token}"})
        return http.request(method, f"{of.base_url}{path}{query}", **options)

    return send


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # pytest's own directories are closed to the user that runs the server.
    with TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as directory:
        server = PostgreSQL(programs, Path(directory))
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "kit.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.create_database()
