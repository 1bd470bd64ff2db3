"""Show what changed for callers since a revision, in the contract and in Python, and check info.version against it.

    python scripts/diff.py                 since the newest tag, or since before the contract's last change
    python scripts/diff.py --base REV      since that revision

Redocly compares the contracts, griffe the Python interfaces; both print their own report. Uncommitted changes count.
A change that breaks callers needs a new major version, an addition to the contract a minor one, any other change of it
a patch. Without a tag nothing is released, and any version will do.

Exit codes: 0 the version is high enough, 1 it is too low, 2 the comparison failed.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import griffe
import yaml
from comparison.redocly import ComparisonError, redocly
from copies import ROOT
from packaging.version import Version

CONTRACT = "openapi.yaml"
PACKAGE = "realtimekit"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command on the repository in `root`; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--base", metavar="REV", help="the git revision to compare with")
    base = parser.parse_args(arguments).base
    try:
        return compare(root, base or default_base(root))
    except (ComparisonError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def compare(root: Path, base: str | None) -> int:
    """Compare the files in `root` with a revision of them and print the result; return the exit code.

    Raises:
        ComparisonError: If that is not possible.
    """
    if base is None:
        print("Nothing to compare with: no tag, and no commit before the contract's last change.")
        return 0
    with TemporaryDirectory(prefix="realtimekit-") as folder:
        old = Path(folder)
        unpack(root, base, old)
        if not (old / CONTRACT).is_file():
            print(f"Nothing to compare with: {CONTRACT} is not in {base}.")
            return 0
        before, after = read_version(old), read_version(root)
        print(f"Since {base}, version {before}:\n\nThe contract, compared by Redocly:", flush=True)
        required = compare_contracts(old / CONTRACT, root / CONTRACT)
        print("\nThe Python interface, compared by griffe:")
        if breaks_python(old, root):
            required = max(required, Version(f"{before.major + 1}.0.0"))
    if newest_tag(root) is None:
        print("\nNothing is released yet (no tag): any version will do.")
        return 0
    print(f"\nThese changes need version {required} or newer; info.version is {after}.")
    if after < required:
        print(f"error: raise info.version in {CONTRACT} to {required}", file=sys.stderr)
        return 1
    return 0


def default_base(root: Path) -> str | None:
    """The revision that callers have now: the newest tag, or else the last one before the contract changed.

    None if there is no such revision.
    """
    if tag := newest_tag(root):
        return tag
    if ask_git(root, "status", "--porcelain", "--untracked-files=no", "--", CONTRACT):
        return "HEAD"
    last = ask_git(root, "log", "-1", "--first-parent", "--format=%H", "--", CONTRACT)
    return ask_git(root, "rev-parse", "--verify", "--quiet", f"{last}^") or None


def newest_tag(root: Path) -> str | None:
    """The newest tag of this revision's history: the last release. None if there is no tag."""
    return ask_git(root, "describe", "--tags", "--abbrev=0") or None


def unpack(root: Path, revision: str, folder: Path) -> None:
    """Write the files of a git revision to a folder.

    Raises:
        ComparisonError: If git does not know the revision.
    """
    commit = ask_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise ComparisonError(f"git does not know the revision {revision!r}; name a commit, branch or tag")
    archive = subprocess.run(["git", "archive", "--format=zip", commit], cwd=root, stdout=subprocess.PIPE, check=True)
    with zipfile.ZipFile(io.BytesIO(archive.stdout)) as files:
        files.extractall(folder)


def compare_contracts(base: Path, revision: Path) -> Version:
    """Print how two contracts differ, and return the lowest version that their differences allow.

    Raises:
        ComparisonError: If Redocly is not installed, or cannot read one of the two.
    """
    command = ("diff", str(base), str(revision), "--fail-on=none")
    print(redocly(*command), end="")
    return Version(redocly(*command, "--format=next-version").strip())


def breaks_python(base: Path, revision: Path) -> bool:
    """Print what changed in the Python interface that breaks callers, and return whether anything did."""
    old, new = load_package(base), load_package(revision)
    breakages = list(griffe.find_breaking_changes(old, new)) if old and new else []
    for breakage in breakages:
        print(breakage.explain(griffe.ExplanationStyle.MARKDOWN))
    print(f"{len(breakages)} breaking.")
    return bool(breakages)


def load_package(root: Path) -> griffe.Object | griffe.Alias | None:
    """Read the package's source without importing it, and what it re-exports of the runtime; None if it is missing."""
    paths = [root / "generated", root / "src"]
    if not (paths[0] / PACKAGE).is_dir():
        return None
    return griffe.load(PACKAGE, search_paths=paths, allow_inspection=False, resolve_aliases=True, resolve_external=True)


def read_version(root: Path) -> Version:
    """The contract's info.version.

    Raises:
        ComparisonError: If it has none, or something else than a version.
    """
    try:
        text = yaml.safe_load((root / CONTRACT).read_text("utf-8"))["info"]["version"]
        return Version(str(text))
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ComparisonError(f"cannot read info.version of {CONTRACT}: {' '.join(str(error).split())}") from error


def ask_git(root: Path, *arguments: str) -> str:
    """What a git command prints; nothing if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ComparisonError("git is not installed; it has the revisions") from None
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
