"""Do the tests bite? Plants known defects, one at a time, in a copy of the tree, and runs the tests on each.

Usage: python scripts/mutants.py [--only TEXT] [--workers N]

The defects stand in tests/mutants.toml: a name, a file, the text before and after, and the tests that are expected to
notice. Those run first; if they pass, the whole suite runs. A defect that passes that as well is a missing test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parent.parent
DEFECTS = ROOT / "tests" / "mutants.toml"
# Output that is compared byte for byte notices every change; what counts is whether behaviour is noticed.
LEFT_OUT = ["--deselect", "tests/generate/test_committed_output.py"]


@dataclass(frozen=True)
class Mutant:
    """One planted defect."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def plant(self, tree: Path) -> None:
        """Put the defect into a copy of the tree, and regenerate what follows from it."""
        path = tree / self.file
        text = path.read_text()
        if text.count(self.before) != 1:
            raise SystemExit(
                f"error: {DEFECTS.name}: {self.name!r}: `before` stands {text.count(self.before)} times in {self.file}"
                " and has to stand there once; mend the entry"
            )
        path.write_text(text.replace(self.before, self.after))
        if self.file.startswith(("openapi.yaml", "templates/")):
            subprocess.run([sys.executable, "scripts/generate.py"], cwd=tree, check=True, capture_output=True)

    def pull(self, tree: Path) -> None:
        """Take the defect out again."""
        for name in (self.file, "generated"):
            source = ROOT / name
            if source.is_dir():
                shutil.rmtree(tree / name)
                shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, tree / name)


def read_mutants() -> list[Mutant]:
    """The defects to plant."""
    entries = tomllib.loads(DEFECTS.read_text())["mutant"]
    return [Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def copy_tree(target: Path) -> None:
    """Copy what git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def failure(tree: Path, *arguments: str) -> str:
    """Run tests in a copy of the tree until the first failure; what pytest said of it, nothing where all pass."""
    environment = os.environ | {
        # Ahead of the installed package, which is the tree without the defect.
        "PYTHONPATH": os.pathsep.join([str(tree / "generated"), str(tree / "src")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *LEFT_OUT, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1, 2):
        raise SystemExit(f"error: pytest did not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout if done.returncode else ""


def main() -> int:
    """Plant every defect and report; 1 if one is missed."""
    parser = argparse.ArgumentParser(description="Plant known defects and see that the tests notice each.")
    parser.add_argument("--only", default="", help="plant only the defects with this text in their name")
    parser.add_argument("--workers", type=int, default=2, help="copies of the tree to work in at a time (default: 2)")
    arguments = parser.parse_args()
    mutants = [mutant for mutant in read_mutants() if arguments.only in mutant.name]
    if not mutants:
        print(f"error: no defect has {arguments.only!r} in its name; see {DEFECTS.name}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        trees: Queue[Path] = Queue()
        for number in range(max(1, arguments.workers)):
            copy_tree(Path(place) / str(number))
            trees.put(Path(place) / str(number))
        if said := failure(trees.queue[0], *sorted({test for mutant in mutants for test in mutant.tests})):
            print(f"{said}\nerror: the tests fail without any defect; mend that first", file=sys.stderr)
            return 1

        def caught(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                mutant.plant(tree)
                noticed = bool(failure(tree, *mutant.tests) or failure(tree))
                print(f"{'caught' if noticed else 'MISSED'}  {mutant.name}  ({mutant.file})", flush=True)
                return noticed
            finally:
                mutant.pull(tree)
                trees.put(tree)

        with ThreadPoolExecutor(max(1, arguments.workers)) as pool:
            results = list(pool.map(caught, mutants))
    print(f"{sum(results)} of {len(results)} caught")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
