"""The pytest fixture `realtimekit_emulator`; pytest finds it through the entry point `pytest11`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator

__all__ = ["realtimekit_emulator"]


@pytest.fixture(scope="session")
def _realtimekit_emulator_server() -> Iterator[Emulator]:
    # Imported here, since pytest loads this module in every run, even if nobody uses the fixture.
    try:
        from . import Emulator
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def realtimekit_emulator(_realtimekit_emulator_server: Emulator) -> Emulator:
    """A live server of the contract, without meetings at the start of every test.

    It has `.base_url`, `.api_token`, `.account_id`, `.app_id`, `.add_meetings(...)`, `.fail_next(...)`, `.requests`
    and more; see `realtimekit_emulator.Emulator`. The server starts once a run.
    """
    _realtimekit_emulator_server.reset()
    return _realtimekit_emulator_server
