"""Every block of the README runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from realtimekit_emulator import Emulator

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "README.md").read_text())]
PYTHON = [code for language, code in BLOCKS if language == "python"]
COMMANDS = [line[2:] for language, code in BLOCKS if language == "console" for line in code.splitlines()]


def run(command: list[str], emulator: Emulator, cwd: Path) -> subprocess.CompletedProcess[str]:
    scripts = Path(sys.executable).parent
    env = {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CLOUDFLARE_API_TOKEN": emulator.api_token,
        "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        "CLOUDFLARE_BASE_URL": emulator.base_url,
        "REALTIMEKIT_APP_ID": emulator.app_id,
        "PYTHONWARNINGS": "error",
        "HOME": str(cwd),
    }
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_every_block_is_of_a_kind_that_runs() -> None:
    assert {language for language, _ in BLOCKS} == {"python", "console"}
    console = "".join(code for language, code in BLOCKS if language == "console")
    assert all(line.startswith("$ ") for line in console.splitlines())


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_block(code: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    realtimekit_emulator.add_meetings(45)
    script = tmp_path / "test_block.py"
    script.write_text(code)
    is_test = "def test_" in code
    command = [sys.executable, "-m", "pytest", "-q", str(script)] if is_test else [sys.executable, str(script)]
    done = run(command, realtimekit_emulator, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    realtimekit_emulator.add_meetings(45)
    words = shlex.split(command)
    if words[0] == "make":
        # What it would do is checked here; that it does it, by the targets' own tests and CI.
        done = run(["make", "--dry-run", *words[1:]], realtimekit_emulator, ROOT)
    else:
        done = run(words, realtimekit_emulator, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout or any(tmp_path.iterdir())
