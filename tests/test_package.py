"""What tools find in the installed package; `make test-wheel` runs this against the wheel."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "name", ["pyspark_realtimekit", "realtimekit", "realtimekit_cli", "realtimekit_emulator", "realtimekit_runtime"]
)
def test_type_checkers_read_every_package(name: str) -> None:
    # Not imported: PySpark is not installed here.
    found = find_spec(name)
    assert found
    assert found.origin
    assert Path(found.origin).with_name("py.typed").is_file()
