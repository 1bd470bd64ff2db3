"""What tools find in the installed package; `make test-wheel` runs this against the wheel."""

from __future__ import annotations

from importlib.resources import files

import pytest


@pytest.mark.parametrize("name", ["realtimekit", "realtimekit_cli", "realtimekit_emulator", "realtimekit_runtime"])
def test_type_checkers_read_every_package(name: str) -> None:
    assert files(name).joinpath("py.typed").is_file()
