"""Do the tests find defects? Plant known ones, one at a time, in a copy of the tree, and run the tests on each.

tests/mutants.toml has the defects: a name, a file, the text before and after, and the tests of which one has to fail.
If all of them pass, a test is missing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from copies import ROOT, copy_tree

DEFECTS = ROOT / "tests" / "mutants.toml"


@dataclass(frozen=True)
class Mutant:
    """One planted defect."""

    name: str
    file: str
    before: str
    after: str
    tests: list[str]

    def plant(self, tree: Path) -> None:
        """Put the defect into a copy of the tree, and regenerate if it is in what is generated from."""
        path = tree / self.file
        text = path.read_text()
        if text.count(self.before) != 1:
            raise SystemExit(
                f"error: {DEFECTS.name}: {self.name!r}: `before` is {text.count(self.before)} times in {self.file},"
                " but has to be there once; correct the entry"
            )
        path.write_text(text.replace(self.before, self.after))
        if self.file.startswith(("openapi.yaml", "templates/")):
            subprocess.run([sys.executable, "scripts/generate.py"], cwd=tree, check=True, capture_output=True)


def restore(tree: Path) -> None:
    """Make a copy of the tree what it was."""
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=tree, check=True)
    subprocess.run(["git", "clean", "--quiet", "--force", "-d"], cwd=tree, check=True)


def first_failure(tree: Path, tests: list[str]) -> str:
    """Run tests in a copy of the tree until the first fails, and say which; nothing if all pass."""
    environment = os.environ | {
        # Before the installed package, which is the tree without the defect.
        "PYTHONPATH": os.pathsep.join([str(tree / "generated"), str(tree / "src")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider", *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1, 2}:
        raise SystemExit(f"error: pytest did not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return "" if done.returncode == 0 else failed[1] if failed else done.stdout[-500:]


def main() -> int:
    """Plant every defect and report; 1 if one is missed."""
    parser = argparse.ArgumentParser(description="Plant known defects and see that the tests find each.")
    parser.add_argument("--only", default="", help="plant only the defects with this text in their name")
    parser.add_argument("--workers", type=int, default=2, help="how many copies of the tree are worked in (default: 2)")
    options = parser.parse_args()
    mutants = [
        Mutant(**entry) for entry in tomllib.loads(DEFECTS.read_text())["mutant"] if options.only in entry["name"]
    ]
    if not mutants:
        print(f"error: no defect has {options.only!r} in its name; see {DEFECTS.name}", file=sys.stderr)
        return 2
    named = {test for mutant in mutants for test in mutant.tests}
    if missing := sorted(test for test in named if not (ROOT / test).exists()):
        print(f"error: there are no tests in {', '.join(missing)}; correct {DEFECTS.name}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        trees: Queue[Path] = Queue()
        for number in range(max(1, options.workers)):
            tree = Path(place) / str(number)
            copy_tree(tree)
            shutil.copytree(ROOT / "node_modules", tree / "node_modules", symlinks=True)
            trees.put(tree)
        if failed := first_failure(trees.queue[0], sorted(named)):
            print(f"error: {failed} fails without any defect; correct that first", file=sys.stderr)
            return 1

        def is_caught(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                mutant.plant(tree)
                test = first_failure(tree, mutant.tests)
                print(f"{f'caught by {test}' if test else 'MISSED'}: {mutant.name} ({mutant.file})", flush=True)
                return bool(test)
            finally:
                restore(tree)
                trees.put(tree)

        with ThreadPoolExecutor(max(1, options.workers)) as pool:
            results = list(pool.map(is_caught, mutants))
    print(f"{sum(results)} of {len(results)} caught")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
