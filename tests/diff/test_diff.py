"""`make diff`: which revision it compares with, and which version the changes need. Redocly is replaced here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import diff
import pytest
from packaging.version import Version

CONTRACT = "openapi: 3.1.0\ninfo:\n  title: t\n  version: {version}\npaths: {{}}\n"
PACKAGE = "generated/realtimekit/__init__.py"
RUNTIME = "src/realtimekit_runtime/__init__.py"
RELEASED = {
    "openapi.yaml": CONTRACT.format(version="1.0.0"),
    PACKAGE: (
        'from realtimekit_runtime import Pager\n\n__all__ = ["Pager", "read"]\n\n'
        "def read(limit: int = 1) -> None: ...\n"
    ),
    RUNTIME: "class Pager:\n    def pages(self) -> None: ...\n    def _private(self) -> None: ...\n",
}


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def commit(self, files: dict[str, str]) -> str:
        self.write(files)
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def diff(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command; return its exit code and what it prints on stdout and stderr."""
        code = diff.main([*arguments], self.folder)
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    # A hook that runs the tests sets these, and git would look at another repository.
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Repository(tmp_path, capsys)


@pytest.fixture
def redocly(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make Redocly ask for this version."""

    def asks_for(version: str) -> None:
        def compare(base: Path, revision: Path) -> Version:
            assert base.read_text() == RELEASED["openapi.yaml"]
            assert revision.is_file()
            return Version(version)

        monkeypatch.setattr(diff, "compare_contracts", compare)

    return asks_for


def test_without_an_older_contract_there_is_nothing_to_compare(repository: Repository) -> None:
    assert repository.diff()[0] == 0
    first = repository.commit({"README.md": "x"})
    repository.commit(RELEASED)
    code, out, _ = repository.diff("--base", first)
    assert code == 0
    assert "Nothing to compare with: openapi.yaml is not in" in out


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-x", "HEAD~5", "HEAD:openapi.yaml"])
def test_an_unknown_revision_is_an_error_of_one_line(repository: Repository, revision: str) -> None:
    repository.commit(RELEASED)
    code, _, err = repository.diff(f"--base={revision}")
    assert code == 2
    assert err.startswith("error: git does not know the revision")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("required", "version", "is_enough"),
    [
        ("2.0.0", "2.0.0", True),
        ("2.0.0", "1.9.0", False),
        ("1.9.0", "1.10.0", True),
        ("1.1.0", "1.0.1", False),
        ("1.0.0", "1.1.0", True),
        ("1.0.0", "0.9.0", False),
    ],
)
def test_the_version_must_be_what_redocly_asks_for_or_newer(
    repository: Repository, redocly: Callable[[str], None], required: str, version: str, is_enough: bool
) -> None:
    repository.commit(RELEASED)
    repository.git("tag", "v1.0.0")
    repository.write({"openapi.yaml": CONTRACT.format(version=version)})
    redocly(required)
    code, _, err = repository.diff()
    expected = (0, "") if is_enough else (1, f"error: raise info.version in openapi.yaml to {required}\n")
    assert (code, err) == expected


def test_without_a_tag_the_changes_are_shown_and_any_version_will_do(
    repository: Repository, redocly: Callable[[str], None]
) -> None:
    repository.commit(RELEASED)
    repository.write({"openapi.yaml": CONTRACT.format(version="0.9.0"), PACKAGE: "__all__ = []\n"})
    redocly("2.0.0")
    code, out, err = repository.diff()
    assert (code, err) == (0, "")
    assert "`read`" in out
    assert out.endswith("Nothing is released yet (no tag): any version will do.\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        (PACKAGE, "limit: int = 1", "", "read(limit)"),
        (PACKAGE, "def read", "def write", "read"),
        (RUNTIME, "def pages", "def first", "Pager.pages"),
        (PACKAGE, ") -> None", ", more: int = 2) -> None", None),
        (RUNTIME, "    def _private(self) -> None: ...\n", "", None),
    ],
)
def test_a_change_that_breaks_python_callers_needs_a_major_version(
    repository: Repository, redocly: Callable[[str], None], file: str, old: str, new: str, shown: str | None
) -> None:
    repository.commit(RELEASED)
    repository.git("tag", "v1.0.0")
    assert old in RELEASED[file]
    repository.write({file: RELEASED[file].replace(old, new)})
    redocly("1.0.0")
    code, out, err = repository.diff()
    if shown is None:
        assert (code, err) == (0, "")
        assert "0 breaking." in out
    else:
        assert (code, err) == (1, "error: raise info.version in openapi.yaml to 2.0.0\n")
        assert f"`{shown}`" in out


@pytest.mark.parametrize(
    "contract",
    ["", "[]", "info: {}", "a: [", "info: 1", "info: {version: next}"],
)
def test_a_contract_without_a_version_is_an_error_of_one_line(repository: Repository, contract: str) -> None:
    repository.commit(RELEASED)
    repository.write({"openapi.yaml": contract})
    code, _, err = repository.diff("--base", "HEAD")
    assert code == 2
    assert "info.version" in err
    assert err.count("\n") == 1


def test_the_default_base_is_what_callers_have(repository: Repository) -> None:
    assert diff.default_base(repository.folder) is None
    first = repository.commit({"openapi.yaml": "1"})
    assert diff.default_base(repository.folder) is None
    repository.commit({"openapi.yaml": "2"})
    repository.commit({"generated/x": "made of 2"})
    # The commit before the contract's last change.
    assert diff.default_base(repository.folder) == first
    repository.write({"openapi.yaml": "3"})
    assert diff.default_base(repository.folder) == "HEAD"
    for tag in ("v1.0.0", "v1.1.0"):
        repository.commit({"openapi.yaml": tag})
        repository.git("tag", tag)
    repository.commit({"README.md": "x"})
    assert diff.default_base(repository.folder) == "v1.1.0"
