"""All or nothing, and the same bytes for the same input."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generation import output as output_module
from generation.contract import ContractError
from generation.output import generate
from generation.project import RealtimeKitProject

ROOT = Path(__file__).resolve().parents[2]
SPEC, CONFIG, GENERATED = ROOT / "openapi.yaml", ROOT / "generator-config.yml", ROOT / "generated"
SCRIPT = ROOT / "scripts" / "generate.py"


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_same_bytes_whatever_is_around(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('line-length = 40\nindent-width = 8\n[format]\nquote-style = "single"\n')
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 50\n")
    (tmp_path / "realtimekit_runtime.py").write_text("raise RuntimeError('the wrong runtime')")
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "4711",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "PYTHONPATH": str(tmp_path),
        "PYTHONUTF8": "0",
        "RUFF_CONFIG": str(tmp_path / "ruff.toml"),
        "PATH": "/nowhere",
    }
    command = [sys.executable, str(SCRIPT), "--output", "output"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "output") == files(GENERATED)


def test_every_file_says_what_it_is(packages: Path) -> None:
    notes = {
        GENERATED / "realtimekit": "Generated from openapi.yaml by `make generate`; do not edit.",
        packages / "small_sdk": "Generated from small.yaml by scripts/generate.py; do not edit.",
    }
    for directory, note in notes.items():
        for name, content in files(directory).items():
            assert note in content.decode().split("\n", 1)[0], name


def test_what_was_there_before_is_replaced_and_its_neighbours_stay(tmp_path: Path) -> None:
    old = tmp_path / "realtimekit"
    old.mkdir()
    (old / "stale.py").write_text("")
    (tmp_path / "neighbour.txt").write_text("mine")
    generate(SPEC, tmp_path, CONFIG)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["neighbour.txt", "realtimekit"]
    assert files(old) == files(GENERATED / "realtimekit")


def failing(*_: Any, **__: Any) -> Any:
    raise OSError(28, "No space left on device")


FAILURES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "render": lambda patch: patch.setattr(RealtimeKitProject, "_write", failing),
    "format": lambda patch: patch.setattr(output_module, "_RUFF", ("--no-such-option",)),
    "check": lambda patch: patch.setattr(output_module, "_CHECK", "raise SystemExit('it cannot be read')"),
    "interrupt": lambda patch: patch.setattr(output_module, "_run", interrupt),
    "rename": lambda patch: patch.setattr(Path, "rename", failing_rename(Path.rename)),
}


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def failing_rename(rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    """The old directory can be moved away, and the new one cannot take its place."""

    def patched(self: Path, target: Path) -> Path:
        if target.name == "realtimekit" and self.name != "old":
            failing()
        return rename(self, target)

    return patched


@pytest.mark.parametrize("where", FAILURES)
def test_a_failure_leaves_everything_as_it_was(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "output"
    (output / "realtimekit").mkdir(parents=True)
    (output / "realtimekit" / "old.py").write_text("old = True\n")
    FAILURES[where](monkeypatch)
    with pytest.raises((ContractError, KeyboardInterrupt)):
        generate(SPEC, output, CONFIG)
    assert files(tmp_path) == {"output/realtimekit/old.py": b"old = True\n"}
    assert [path.name for path in output.iterdir()] == ["realtimekit"]


def test_an_output_that_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ContractError, match=r"file: cannot be written: Not a directory"):
        generate(SPEC, tmp_path / "file", CONFIG)
    assert files(tmp_path) == {"file": b"mine"}
