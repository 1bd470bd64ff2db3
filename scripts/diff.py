"""Say what changed for callers since a revision, in the contract and in Python, and whether the version says so too.

    python scripts/diff.py                 since the newest tag, or since before the contract's last change
    python scripts/diff.py --base REV      since that revision

What is not committed yet counts. A change that breaks callers takes a new major version, an addition a minor one, any
other change of the contract a patch. Exit codes: 0 the version is right, 1 it is not, 2 the two cannot be compared.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from changes.contracts import compare_contracts
from changes.interfaces import FOLDERS, PACKAGE, compare_interfaces
from changes.rating import Change, ComparisonError, Impact, Version, required_version
from changes.revisions import CONTRACT, default_base, find, unpack

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--base", metavar="REV", help="the git revision to compare with")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to look at (default: this one)")
    options = parser.parse_args(arguments)
    try:
        return compare(options.root.resolve(), options.base)
    except ComparisonError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def compare(root: Path, base: str | None) -> int:
    """Compare a repository with a revision of it and print the result; return the exit code.

    Raises:
        ComparisonError: If that cannot be done.
    """
    revision = base or default_base(root)
    if revision is None:
        print("Nothing to compare with: no tag, and no commit before the contract's last change.")
        return 0
    commit = find(root, revision)
    if commit is None:
        raise ComparisonError(f"git knows no revision {revision!r}; name a commit, branch or tag that is fetched")
    with TemporaryDirectory(prefix="realtimekit-") as folder:
        old = Path(folder)
        unpack(root, commit, old)
        if not (old / CONTRACT).is_file():
            print(f"Nothing to compare with: {CONTRACT} is not in {revision}.")
            return 0
        before, after = _version(old, revision), _version(root, "the working tree")
        print(f"Since {revision} ({commit[:9]}), version {before}:")
        changes = _report("The contract", compare_contracts(old / CONTRACT, root / CONTRACT, ROOT))
        if all(any((side / name / PACKAGE).is_dir() for name in FOLDERS) for side in (old, root)):
            changes += _report("The Python interface", compare_interfaces(old, root))
    return _judge(before, after, changes)


def _report(title: str, changes: list[Change]) -> list[Change]:
    print(f"\n{title}:" if changes else f"\n{title}: no changes")
    for change in sorted(changes, key=lambda change: (-change.impact, change.place, change.what)):
        print(f"  {change}")
    return changes


def _judge(before: Version, after: Version, changes: list[Change]) -> int:
    required = required_version(before, changes)
    counts = ", ".join(f"{sum(change.impact is impact for change in changes)} {impact}" for impact in reversed(Impact))
    print(f"\n{counts}. That takes {required}{' or newer' if changes else ''}; info.version is {after}.")
    if after < required:
        print(f"error: raise info.version in {CONTRACT} to {required}", file=sys.stderr)
        return 1
    return 0


def _version(folder: Path, name: str) -> Version:
    try:
        document = yaml.safe_load((folder / CONTRACT).read_text("utf-8"))
        text = document["info"]["version"]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        problem = " ".join(str(error).split())
        raise ComparisonError(f"{CONTRACT} of {name} has no info.version to read: {problem}") from error
    return Version.parse(str(text))


if __name__ == "__main__":
    sys.exit(main())
