"""The five steps of CONTRIBUTING.md, followed to the letter in a copy of the tree with the frozen contract."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text())]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree, under git, with the frozen contract and what is generated from it."""
    copy = tmp_path / "realtimekit"
    made = (".git", ".venv*", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*made))
    shutil.copy(Path(__file__).parent / "frozen.yaml", copy / "openapi.yaml")
    run(["make", "generate"], copy)
    run(["git", "init", "--quiet"], copy)
    run(["git", "config", "user.name", "M"], copy)
    run(["git", "config", "user.email", "m@example.com"], copy)
    run(["git", "add", "--all"], copy)
    run(["git", "commit", "--quiet", "--message", "The tree"], copy)
    return copy


def run(command: list[str], tree: Path) -> str:
    if command[0] == "make":
        # The environment that runs the tests is used as it is. Linting the contract takes Node, which tests do without.
        ready = ["--old-file=lint-contract", f"--old-file={sys.prefix}/.ready"]
        command = ["make", f"VENV={sys.prefix}", *ready, *command[1:]]
    environment = os.environ | {"PYTHONPATH": f"{tree / 'generated'}{os.pathsep}{tree / 'src'}"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def merged(contract: Any, lines: Any) -> Any:
    """A contract with the lines of the document added: fields to fields, items after items."""
    if isinstance(contract, dict) and isinstance(lines, dict):
        return contract | {key: merged(contract.get(key), value) for key, value in lines.items()}
    return contract + lines if isinstance(contract, list) else lines


def test_five_steps_give_a_new_parameter_everywhere(tree: Path) -> None:
    contract = tree / "openapi.yaml"
    for kind, text in BLOCKS:
        if kind == "yaml":
            changed = merged(yaml.safe_load(contract.read_text()), yaml.safe_load(text))
            contract.write_text(yaml.safe_dump(changed, sort_keys=False))
            continue
        for line in text.splitlines():
            command = shlex.split(line.removeprefix("$ "))
            # `make evolve` lints, checks types and runs all tests; here it counts that there are such targets.
            dry = command[0] == "make" and command[1] not in ("generate", "check-generated")
            run([*command, "--dry-run"] if dry else command, tree)

    assert run(["git", "status", "--porcelain"], tree) == ""
    committed = run(["git", "show", "--stat=200", "--format=%s", "HEAD"], tree)
    assert committed.startswith("Regenerate")
    assert "openapi.yaml" not in committed
    version = yaml.safe_load(contract.read_text())["info"]["version"]
    assert run([sys.executable, "-c", "import realtimekit; print(realtimekit.__version__)"], tree) == f"{version}\n"
    listed = run([sys.executable, "-m", "realtimekit_cli", "meetings", "list", "--help"], tree)
    assert "--slogan" in listed
    assert "Part of the slogan of the meetings to return. At most 100 characters." in " ".join(listed.split())
    signatures = (tree / "generated/realtimekit/api/meetings.py").read_text()
    assert signatures.count("slogan: str | None = None") == 2
