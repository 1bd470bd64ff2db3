"""Change `openapi.yaml` alone in a copy of the tree, and see that every check passes there.

Two contracts are tried: this one with a higher version, and this one with every change of tests/regenerate that only
adds. The copy has an environment of its own. Exit codes: 0 all checks passed, 1 one of them failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from copies import ROOT, copy_tree
from ruamel.yaml import YAML

sys.path.insert(0, str(ROOT))
from tests.regenerate.changes import evolve  # found through the line above

CHECKS = ("generate", "lint", "typecheck", "check-generated", "contract", "docs", "test")
SHOWN_LINES = 60


def raise_version(contract: dict[str, Any]) -> None:
    """Raise the last number of the version."""
    *first, last = contract["info"]["version"].split(".")
    contract["info"]["version"] = ".".join([*first, str(int(last) + 1)])


CONTRACTS: dict[str, Callable[[dict[str, Any]], None]] = {"a higher version": raise_version, "additions": evolve}


def edit(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a contract as a maintainer does: its comments stay."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    contract = yaml.load(file)
    change(contract)
    yaml.dump(contract, file)


def passes(tree: Path, name: str) -> bool:
    """Run the checks in a copy of the tree until one fails, and say how it went."""
    # What this run was started with does not reach the copy: neither its environment nor its options of make.
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "MAKEFLAGS"}}
    for check in CHECKS:
        start = monotonic()
        done = subprocess.run(
            ["make", f"PYTHON={sys.executable}", check],
            cwd=tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print("\n".join(done.stdout.splitlines()[-SHOWN_LINES:]))
            print(f"error: {name}: make {check} failed; the end of its output is above", file=sys.stderr)
            return False
        print(f"{name}: make {check} passed in {monotonic() - start:.0f} s", flush=True)
    return True


def main() -> int:
    """Try each contract; return the exit code."""
    with TemporaryDirectory(prefix="evolve-") as place:
        tree = Path(place)
        copy_tree(tree)
        passed = []
        for name, change in CONTRACTS.items():
            (tree / "openapi.yaml").write_bytes((ROOT / "openapi.yaml").read_bytes())
            edit(tree / "openapi.yaml", change)
            passed.append(passes(tree, name))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
