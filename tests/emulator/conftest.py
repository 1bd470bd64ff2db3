"""One live emulator for the whole run, emptied before each test, and a client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator

Get = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def live() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(live: Emulator) -> Emulator:
    live.reset()
    return live


@pytest.fixture
def path(emulator: Emulator) -> str:
    return f"/accounts/{emulator.account_id}/realtime/kit/{emulator.app_id}/meetings"


@pytest.fixture(scope="session")
def http(live: Emulator) -> Iterator[httpx.Client]:
    # trust_env: a proxy in the environment is not for the loopback.
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def get(emulator: Emulator, path: str, http: httpx.Client) -> Get:
    """Ask for meetings, with the token unless other headers are given."""

    def send(query: str = "", *, method: str = "GET", at: str = path, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": f"Bearer {emulator.api_token}"})
        return http.request(method, f"{emulator.base_url}{at}{query}", **options)

    return send
