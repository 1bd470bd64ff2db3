from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from .both import Api, AsyncApi, SyncApi
from .scripted import Act, Server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers that follow a script."""
    with ExitStack() as stack:

        def start(*acts: Act) -> Server:
            return stack.enter_context(Server(*acts))

        yield start


@pytest.fixture(params=[SyncApi, AsyncApi], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., Api]]:
    """Make clients: the test runs once with sync ones and once with async ones."""
    with ExitStack() as stack:

        def make(base_url: str, **settings: object) -> Api:
            api: Api = request.param(base_url, **settings)
            stack.push(api)
            return api

        yield make
