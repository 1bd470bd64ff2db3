"""`make demo` reads every meeting, and leaves no files and no server."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

DEMO = [sys.executable, str(Path(__file__).parents[2] / "scripts" / "demo.py")]


def _is_served(output: str) -> bool:
    address = re.search(r"http://127\.0\.0\.1:(\d+)", output)
    assert address is not None, output
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(address[1]))) == 0


def test_demo(tmp_path: Path) -> None:
    done = subprocess.run(DEMO, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr == ""
    assert "13 pages of 20" in done.stdout
    totals = re.search(r"^250 meetings: (.*)$", done.stdout, re.MULTILINE)
    assert totals is not None
    assert sum(map(int, re.findall(r"\d+", totals[1]))) == 250
    assert not _is_served(done.stdout)
    assert not list(tmp_path.iterdir())


def test_a_demo_that_is_interrupted_ends_without_a_traceback() -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err in ("", "error: interrupted\n")
    assert not _is_served(first)
