"""Every block of code in the README and on the pages of docs/ runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from textwrap import dedent

import pytest
from packaging.requirements import Requirement

from realtimekit import __version__
from realtimekit_emulator import Emulator
from realtimekit_emulator.control import ControlledApp
from realtimekit_emulator.serve_command import DEFAULT_PORT
from realtimekit_emulator.server import LiveServer

from .contract.contract import SERVER

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from write_docs import BLOCK, pages  # noqa: E402  # found through the line above

# The blocks of CONTRIBUTING.md have a test of their own, tests/regenerate/test_contributing.py.
ELSEWHERE = {match[0] for match in BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text())}
# The pages show sections of the README: each block is here once.
BLOCKS = {
    (match[1], dedent(match[2])): None
    for text in ((ROOT / "README.md").read_text(), *pages().values())
    for match in BLOCK.finditer(text)
    if match[0] not in ELSEWHERE
}


def blocks(kind: str) -> list[str]:
    return [code for language, code in BLOCKS if language == kind]


CONTROLLED = f"http://127.0.0.1:{DEFAULT_PORT}"
CONTROL_TOKEN = "token-of-the-control-endpoints"
# `make test-spark` runs the others.
PYTHON = [code for code in blocks("python") if "pyspark" not in code]
COMMANDS = [line[2:] for code in blocks("console") for line in code.splitlines()]


def run(command: list[str], emulator: Emulator, cwd: Path) -> subprocess.CompletedProcess[str]:
    scripts = Path(sys.executable).parent
    env = {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CLOUDFLARE_API_TOKEN": emulator.api_token,
        "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        "CLOUDFLARE_BASE_URL": emulator.base_url,
        "REALTIMEKIT_APP_ID": emulator.app_id,
        "REALTIMEKIT_EMULATOR_TOKEN": CONTROL_TOKEN,
        # As the vendor's example calls them.
        "ACCOUNT_ID": emulator.account_id,
        "APP_ID": emulator.app_id,
        "PYTHONWARNINGS": "error",
        "HOME": str(cwd),
    }
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_every_block_is_of_a_kind_that_is_tested_here() -> None:
    # Text is what the command line prints of itself.
    assert {language for language, _ in BLOCKS} == {"python", "console", "json", "shell", "text", "toml"}
    assert all(line.startswith("$ ") for code in blocks("console") for line in code.splitlines())


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_block(code: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    realtimekit_emulator.add_meetings(45)
    script = tmp_path / "test_block.py"
    script.write_text(code)
    is_test = "def test_" in code
    command = [sys.executable, "-m", "pytest", "-q", str(script)] if is_test else [sys.executable, str(script)]
    done = run(command, realtimekit_emulator, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_command(command: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    realtimekit_emulator.add_meetings(45)
    words = shlex.split(command)
    if words[0] == "make":
        # What it would do is checked here; that it does it, by the targets' own tests and CI.
        done = run(["make", "--dry-run", *words[1:]], realtimekit_emulator, ROOT)
    else:
        done = run(words, realtimekit_emulator, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr or any(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("code", blocks("shell"))
def test_curl(code: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    realtimekit_emulator.add_meetings(45)
    if "/_emulator/" in code:
        server = LiveServer(ControlledApp(realtimekit_emulator, CONTROL_TOKEN))
        done = run(["sh", "-c", code.replace(CONTROLLED, server.origin)], realtimekit_emulator, tmp_path)
        server.close()
        assert (done.returncode, done.stderr, done.stdout.count('{"data":[')) == (0, "", 2)
        return
    assert SERVER in code
    done = run(["sh", "-c", code.replace(SERVER, realtimekit_emulator.base_url)], realtimekit_emulator, tmp_path)
    assert json.loads(done.stdout)["paging"]["total_count"] == 45


@pytest.mark.parametrize("code", blocks("json"), ids=range(len(blocks("json"))))
def test_json(code: str) -> None:
    assert json.loads(code)


PROJECTS = [code for code in blocks("toml") if "project" in tomllib.loads(code)]
PROFILES = [code for code in blocks("toml") if code not in PROJECTS]


@pytest.mark.parametrize("code", PROFILES)
def test_profiles(code: str, realtimekit_emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / ".config" / "realtimekit.toml"
    file.parent.mkdir()
    file.write_text(code)
    file.chmod(0o600)
    for name in tomllib.loads(code):
        # The environment of the emulator beats what is in it.
        done = run(["realtimekit", "doctor", "--profile", name], realtimekit_emulator, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("code", PROJECTS)
def test_toml_names_what_there_is(code: str) -> None:
    project = tomllib.loads(code)
    extras = set(metadata("realtimekit").get_all("Provides-Extra") or ())
    lists = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    for requirement in (Requirement(each) for requirements in lists for each in requirements):
        assert requirement.name == "realtimekit"
        # Not the version in the metadata: an editable install keeps the one of the day when it was made.
        assert requirement.specifier.contains(__version__)
        assert requirement.extras <= extras


def test_every_extra_is_told() -> None:
    install = (ROOT / "README.md").read_text().split("## Install")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(.+?)` \|", install, re.MULTILINE) == metadata("realtimekit").get_all("Provides-Extra")
