"""Secrets of items, such as passwords: they are written only where the user asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from realtimekit import Meeting
from realtimekit_emulator import Emulator

from .conftest import Cli

OUTPUTS = ("table", "ndjson", "json", "csv")
SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def _titles_are_secrets(monkeypatch: pytest.MonkeyPatch, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    monkeypatch.setattr(Meeting, "__secrets__", frozenset({"title"}))
    realtimekit_emulator.add_meetings([{"title": SECRET}, {"status": "ACTIVE"}])
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_list_has_no_secrets_unless_they_are_asked_for(cli: Cli, output: str) -> None:
    hidden, shown = (cli("meetings", "list", "-o", output, *more).out for more in ((), ("--show-secrets",)))
    assert SECRET not in hidden
    assert hidden.count("[redacted]") == 1
    assert SECRET in shown
    assert "[redacted]" not in shown


@pytest.mark.parametrize("name", ["out.ndjson", "out.csv"])
def test_an_export_has_no_secrets_unless_they_are_asked_for(cli: Cli, name: str) -> None:
    for more, is_hidden in ((), True), (("--show-secrets", "--force"), False):
        assert cli("meetings", "export", name, *more).code == 0
        text = Path(name).read_text()
        assert ("[redacted]" in text, SECRET in text) == (is_hidden, not is_hidden)


def test_an_export_goes_on_as_it_began(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(30)
    more = realtimekit_emulator.add_meetings(1)
    page = {"data": more, "paging": {"start_offset": 1, "end_offset": 1, "total_count": 33}, "success": True}
    realtimekit_emulator.fail_next(status=200, body=page)
    realtimekit_emulator.fail_next(status=500, times=10)
    assert cli("meetings", "export", "out.ndjson", "--max-retries", "0").code == 8
    result = cli("meetings", "export", "out.ndjson", "--resume", "--show-secrets")
    assert result.code == 2
    assert "--show-secrets was" in result.err
