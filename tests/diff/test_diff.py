"""`make diff`: which revision it compares with, and which version the changes need. Redocly is replaced here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import diff
import pytest

CONTRACT = "openapi: 3.1.0\ninfo:\n  title: t\n  version: {version}\npaths: {{}}\n"
PACKAGE = "generated/realtimekit/__init__.py"
RUNTIME = "src/realtimekit_runtime/__init__.py"
SOURCES = {
    PACKAGE: (
        'from realtimekit_runtime import Pager\n\n__all__ = ["Pager", "read"]\n\n'
        "def read(limit: int = 1) -> None: ...\n"
    ),
    RUNTIME: "class Pager:\n    def pages(self) -> None: ...\n    def _private(self) -> None: ...\n",
}


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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

    def diff(self, *arguments: str) -> int:
        return diff.main([*arguments], self.folder)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    # A hook that runs the tests sets these, and git would look at another repository.
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Repository(tmp_path)


@pytest.fixture
def redocly(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make Redocly ask for this version."""

    def asks_for(version: str) -> None:
        def compare(base: Path, revision: Path) -> diff.Version:
            assert base.read_text() == CONTRACT.format(version="1.0.0")
            assert revision.is_file()
            return diff.parse_version(version)

        monkeypatch.setattr(diff, "compare_contracts", compare)

    return asks_for


def test_without_an_older_contract_there_is_nothing_to_compare(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert repository.diff() == 0
    first = repository.commit({"README.md": "x"})
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    assert repository.diff("--base", first) == 0
    assert "Nothing to compare with: openapi.yaml is not in" in capsys.readouterr().out


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-x", "HEAD~5", "HEAD:openapi.yaml"])
def test_an_unknown_revision_is_an_error_of_one_line(
    repository: Repository, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    assert repository.diff(f"--base={revision}") == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: git does not know the revision")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("required", "version", "code"),
    [
        ("2.0.0", "2.0.0", 0),
        ("2.0.0", "1.9.0", 1),
        ("1.9.0", "1.10.0", 0),
        ("1.1.0", "1.0.1", 1),
        ("1.0.0", "1.0.0", 0),
        ("1.0.0", "1.1.0", 0),
        ("1.0.0", "0.9.0", 1),
    ],
)
def test_the_version_must_be_what_redocly_asks_for_or_newer(
    repository: Repository,
    redocly: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    required: str,
    version: str,
    code: int,
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    repository.git("tag", "v1.0.0")
    repository.write({"openapi.yaml": CONTRACT.format(version=version)})
    redocly(required)
    assert repository.diff("--base", "HEAD") == code
    assert capsys.readouterr().err == (f"error: raise info.version in openapi.yaml to {required}\n" if code else "")


@pytest.mark.parametrize("base", [[], ["--base", "HEAD"]])
def test_without_a_tag_the_changes_are_shown_and_any_version_will_do(
    base: list[str], repository: Repository, redocly: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0"), **SOURCES})
    repository.write({"openapi.yaml": CONTRACT.format(version="0.9.0"), PACKAGE: "__all__ = []\n"})
    redocly("2.0.0")
    assert repository.diff(*base) == 0
    captured = capsys.readouterr()
    assert "`read`" in captured.out
    assert captured.out.endswith("Nothing is released yet (no tag): any version will do.\n")
    assert captured.err == ""
    repository.git("tag", "v1.0.0")
    assert repository.diff(*base) == 1


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
    repository: Repository,
    redocly: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    shown: str | None,
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0"), **SOURCES})
    repository.git("tag", "v1.0.0")
    assert old in SOURCES[file]
    repository.write({file: SOURCES[file].replace(old, new)})
    redocly("1.0.0")
    assert repository.diff("--base", "HEAD") == (0 if shown is None else 1)
    captured = capsys.readouterr()
    assert ("0 breaking." in captured.out) == (shown is None)
    if shown is not None:
        assert f"`{shown}`" in captured.out
        assert captured.err == "error: raise info.version in openapi.yaml to 2.0.0\n"


@pytest.mark.parametrize(
    "contract",
    ["", "[]", "info: {}", "a: [", "info: 1"]
    + [f"info: {{version: '{text}'}}" for text in ("1.0", "v1.0.0", "1.0.0-rc.1", "01.0.0", "1.0.\u0660")],
)
def test_a_contract_without_a_version_is_an_error_of_one_line(
    repository: Repository, capsys: pytest.CaptureFixture[str], contract: str
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    repository.write({"openapi.yaml": contract})
    assert repository.diff("--base", "HEAD") == 2
    captured = capsys.readouterr()
    assert "info.version" in captured.err
    assert captured.err.count("\n") == 1


class TestDefaultBase:
    def test_the_newest_tag(self, repository: Repository) -> None:
        repository.commit({"openapi.yaml": "1"})
        repository.git("tag", "v1.0.0")
        repository.commit({"openapi.yaml": "2"})
        repository.git("tag", "v1.1.0")
        repository.commit({"README.md": "x"})
        assert diff.default_base(repository.folder) == "v1.1.0"

    def test_the_commit_before_the_contracts_last_change(self, repository: Repository) -> None:
        first = repository.commit({"openapi.yaml": "1"})
        repository.commit({"openapi.yaml": "2"})
        repository.commit({"generated/x": "made of 2"})
        assert diff.default_base(repository.folder) == first

    def test_head_if_the_contracts_change_is_not_committed(self, repository: Repository) -> None:
        repository.commit({"openapi.yaml": "1"})
        repository.commit({"openapi.yaml": "2"})
        repository.write({"openapi.yaml": "3"})
        assert diff.default_base(repository.folder) == "HEAD"

    def test_no_base(self, repository: Repository) -> None:
        assert diff.default_base(repository.folder) is None
        repository.commit({"openapi.yaml": "1"})
        assert diff.default_base(repository.folder) is None
