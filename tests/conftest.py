"""What every test starts from: no credentials in the environment, the same examples on every run, and both clients."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec

import pytest
from hypothesis import settings

from tests.clients import Api, AsyncApi, Connect, SyncApi

settings.register_profile("default", deadline=None, derandomize=True, database=None)
settings.load_profile("default")

# Both have environments of their own, `make test-consumer` and `make test-spark`.
collect_ignore = ["consumer", *(() if find_spec("pyspark") else ("spark",))]


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CLOUDFLARE_", "REALTIMEKIT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_interrupts() -> None:
    # A shell starts jobs in the background with SIGINT ignored, and what the tests start would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=[SyncApi, AsyncApi], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Make clients of a service: the test runs once with sync ones and once with async ones."""
    with ExitStack() as stack:

        def make(service: object, **settings: object) -> Api:
            api: Api = request.param(service, **settings)
            stack.push(api)
            return api

        yield make
