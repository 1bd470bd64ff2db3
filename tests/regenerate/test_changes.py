"""A changed contract is generated, and what it adds is everywhere: no other file is edited."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from realtimekit_emulator import Emulator

from .changes import CHANGES, Change
from .parts import COMET, add_list

ROOT = Path(__file__).parent.parent.parent
CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "frozen.yaml").read_text())


def generate(spec: Path, output: Path, *options: str) -> None:
    command = [sys.executable, "scripts/generate.py", "--spec", str(spec), "--output", str(output), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="session")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the package of every change, its contract, and its user's code."""
    place = tmp_path_factory.mktemp("regenerated")

    def make(change: Change) -> None:
        contract = deepcopy(CONTRACT)
        change.edit(contract)
        spec, config = place / f"{change.name}.yaml", place / f"{change.name}.config.yml"
        spec.write_text(yaml.safe_dump(contract, sort_keys=False))
        config.write_text(f"package_name_override: {change.package}\n")
        generate(spec, place, "--config", str(config))
        (place / f"use_{change.name}.py").write_text(change.code)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, CHANGES))
    return place


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_user_uses_the_change(change: Change, regenerated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(regenerated)
    spec = importlib.util.spec_from_file_location(f"use_{change.name}", regenerated / f"use_{change.name}.py")
    assert spec is not None
    assert spec.loader is not None
    user = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(user)
    with Emulator(contract=regenerated / f"{change.name}.yaml") as emulator:
        user.use(emulator)


def test_all_of_it_passes_mypy_strict(regenerated: Path) -> None:
    targets = [f"use_{change.name}.py" for change in CHANGES] + [change.package for change in CHANGES]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *targets],
        cwd=regenerated,
        env={"MYPYPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run_command_line(package: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `realtimekit` with the package of another contract."""
    return subprocess.run(
        [sys.executable, "-m", "realtimekit_cli", *arguments],
        env={"PYTHONPATH": f"{package}:{ROOT / 'src'}", "PATH": ""} | environment,
        cwd=package,
        capture_output=True,
        text=True,
        check=True,
    )


def test_new_lists_can_be_exported_by_the_command_line(tmp_path: Path) -> None:
    contract = deepcopy(CONTRACT)
    add_list(contract, "meteors", tag="meetings")
    add_list(contract, "planets", tag="planets", inner="planets")
    spec = tmp_path / "openapi.yaml"
    spec.write_text(yaml.safe_dump(contract, sort_keys=False))
    generate(spec, tmp_path)
    with Emulator(contract=spec) as emulator:
        environment = {
            "CLOUDFLARE_BASE_URL": emulator.base_url,
            "CLOUDFLARE_API_TOKEN": emulator.api_token,
            "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        }
        for command in (["meetings", "export-meteors"], ["planets", "export"]):
            app = ("--app-id", emulator.app_id)
            done = run_command_line(tmp_path, *command, f"{command[0]}.csv", *app, *app, **environment)
            assert "1 items from 1 pages" in done.stderr
            lines = (tmp_path / f"{command[0]}.csv").read_text().splitlines()
            assert lines == ["id,minutes,additional_properties", f"{COMET['id']},30,"]
