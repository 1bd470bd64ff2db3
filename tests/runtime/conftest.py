from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .scripted import Act, Serve, Server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that follow a script."""
    with ExitStack() as stack:

        def start(*acts: Act, tls: bool = False) -> Server:
            return stack.enter_context(Server(*acts, tls=tls))

        yield start
