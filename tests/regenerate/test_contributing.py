"""The five steps of CONTRIBUTING.md, followed to the letter in a copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text())]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree, under git."""
    copy = tmp_path / "realtimekit"
    made = (".git", ".venv*", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*made))
    run(["git", "init", "--quiet"], copy)
    run(["git", "add", "--all"], copy)
    run(["git", "commit", "--quiet", "--message", "The tree"], copy)
    return copy


def run(command: list[str], tree: Path, stdin: str | None = None) -> str:
    if command[0] == "make":
        # With the environment that runs the tests, taken as it is.
        command = ["make", f"VENV={sys.prefix}", f"--old-file={sys.prefix}/.ready", *command[1:]]
    environment = os.environ | {
        "GIT_AUTHOR_NAME": "M",
        "GIT_AUTHOR_EMAIL": "m@example.com",
        "GIT_COMMITTER_NAME": "M",
        "GIT_COMMITTER_EMAIL": "m@example.com",
        "PYTHONPATH": f"{tree / 'generated'}{os.pathsep}{tree / 'src'}",
    }
    done = subprocess.run(command, cwd=tree, env=environment, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def test_five_steps_give_a_new_parameter_everywhere(tree: Path) -> None:
    for kind, text in BLOCKS:
        if kind == "diff":
            run(["git", "apply", "-"], tree, stdin=text)
            continue
        for line in text.splitlines():
            command = shlex.split(line.removeprefix("$ "))
            # Linting, types and tests of the whole tree are CI's; here it counts that there are such targets.
            dry = command[0] == "make" and command[1] not in ("generate", "check-generated")
            run([*command, "--dry-run"] if dry else command, tree)

    assert run(["git", "status", "--porcelain"], tree) == ""
    changed = run(["git", "show", "--stat=200", "--format=%s", "HEAD"], tree)
    assert changed.startswith("Regenerate")
    assert "openapi.yaml" not in changed
    assert run([sys.executable, "-c", "import realtimekit; print(realtimekit.__version__)"], tree) == "1.1.0\n"
    listed = run([sys.executable, "-m", "realtimekit_cli", "meetings", "list", "--help"], tree)
    assert "--search" in listed
    signatures = (tree / "generated/realtimekit/api/meetings.py").read_text()
    assert signatures.count("search: str | None = None") == 2
