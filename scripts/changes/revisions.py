"""What a git revision holds, unpacked into a folder."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

from .rating import ComparisonError

__all__ = ["CONTRACT", "default_base", "find", "unpack"]

CONTRACT = "openapi.yaml"


def default_base(repository: Path) -> str | None:
    """What to compare with where nobody says: what callers have had so far.

    The newest tag; without one, the commit before the contract's last change, or HEAD where that is not committed yet.
    None where there is no such revision.
    """
    tag = _ask(repository, "describe", "--tags", "--abbrev=0")
    if tag:
        return tag
    if _ask(repository, "status", "--porcelain", "--untracked-files=no", "--", CONTRACT):
        return "HEAD"
    last = _ask(repository, "log", "-1", "--first-parent", "--format=%H", "--", CONTRACT)
    return f"{last}^" if last and find(repository, f"{last}^") else None


def find(repository: Path, revision: str) -> str | None:
    """The commit that a revision names, None if there is none."""
    return _ask(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") or None


def unpack(repository: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit to a folder.

    Raises:
        ComparisonError: If git cannot read it.
    """
    done = subprocess.run(["git", "archive", "--format=zip", commit], cwd=repository, capture_output=True, check=False)
    if done.returncode:
        raise ComparisonError(f"git cannot read {commit}: {done.stderr.decode(errors='replace').strip()}")
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)


def _ask(repository: Path, *arguments: str) -> str:
    """What git prints, nothing where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ComparisonError("git is not installed, and the revisions are in it") from None
    return done.stdout.strip() if done.returncode == 0 else ""
