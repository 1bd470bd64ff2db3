"""The pytest fixture, in the tests of a user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import urllib.request, json

def total(kit):
    url = f"{kit.base_url}/accounts/{kit.account_id}/realtime/kit/{kit.app_id}/meetings"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {kit.api_token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as response:
        return json.load(response)["paging"]["total_count"]

def test_one(realtimekit_emulator):
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.max_per_page = 1
    assert total(realtimekit_emulator) == 3
    realtimekit_emulator.fail_next(status=500)

def test_two(realtimekit_emulator):
    assert realtimekit_emulator.requests == []
    assert realtimekit_emulator.max_per_page == 100
    assert total(realtimekit_emulator) == 0
"""


def run(*command: str, at: Path) -> subprocess.CompletedProcess[str]:
    # No other pytest plugin that is installed here.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=at, env=environment, capture_output=True, text=True, check=False
    )


def test_the_fixture_is_live_and_empty_for_every_test(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(TESTS)
    plugin = ("-p", "realtimekit_emulator.pytest_plugin", "-p", "no:cacheprovider")
    result = run("-m", "pytest", "-q", "-W", "error", *plugin, "test_theirs.py", at=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_without_the_extra_the_error_names_the_command_that_installs_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['sqlalchemy'] = None; from realtimekit_emulator import Emulator"
    error = run("-c", code, at=tmp_path).stderr.splitlines()[-1]
    assert error.startswith("ModuleNotFoundError: The emulator needs sqlalchemy")
    assert "pip install 'realtimekit[emulator]'" in error


def test_loading_the_plugin_or_the_commands_loads_little_else(tmp_path: Path) -> None:
    code = (
        "import sys, realtimekit_emulator.pytest_plugin, realtimekit_emulator.commands;"
        "print(sorted({'sqlalchemy', 'uvicorn', 'jsonschema_rs', 'httpx', 'realtimekit', 'pytest_asyncio', 'asyncio'}"
        " & set(sys.modules)))"
    )
    assert run("-c", code, at=tmp_path).stdout == "[]\n"
