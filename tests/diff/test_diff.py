from __future__ import annotations

from typing import TYPE_CHECKING

import diff
import pytest
from changes.rating import Change, Impact
from changes.revisions import default_base

from .conftest import CONTRACT, Repository

if TYPE_CHECKING:
    from pathlib import Path


def _run(repository: Repository, *arguments: str) -> int:
    return diff.main(["--root", str(repository.folder), *arguments])


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    """What the contracts' comparison finds; `make diff` itself runs Redocly."""
    changes: list[Change] = []

    def compare(base: Path, revision: Path, _root: Path) -> list[Change]:
        assert base.is_file()
        assert revision.is_file()
        return changes

    monkeypatch.setattr(diff, "compare_contracts", compare)
    return changes


def test_where_nothing_was_before_there_is_nothing_to_compare(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(repository) == 0
    first = repository.commit({"README.md": "x"})
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    assert _run(repository, "--base", first) == 0
    assert "Nothing to compare with: openapi.yaml is not in" in capsys.readouterr().out


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-x", "HEAD~5", "HEAD:openapi.yaml"])
def test_a_revision_that_is_none_is_one_line(
    repository: Repository, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    assert _run(repository, f"--base={revision}") == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: git knows no revision")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("impact", "version", "code"),
    [
        (Impact.MAJOR, "2.0.0", 0),
        (Impact.MAJOR, "1.9.0", 1),
        (Impact.MINOR, "1.1.0", 0),
        (Impact.MINOR, "1.0.1", 1),
        (Impact.PATCH, "1.0.1", 0),
        (Impact.PATCH, "1.0.0", 1),
        (None, "1.0.0", 0),
        (None, "1.1.0", 0),
        (None, "0.9.0", 1),
    ],
)
def test_the_version_has_to_say_what_changed(
    repository: Repository,
    found: list[Change],
    capsys: pytest.CaptureFixture[str],
    impact: Impact | None,
    version: str,
    code: int,
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    repository.write({"openapi.yaml": CONTRACT.format(version=version)})
    if impact is not None:
        found.append(Change(impact, "/meetings", "something"))
    assert _run(repository, "--base", "HEAD") == code
    captured = capsys.readouterr()
    assert (f"{impact!s:<6} /meetings: something" in captured.out) == (impact is not None)
    assert captured.err.count("\n") == code


def test_python_counts_as_well(repository: Repository, found: list[Change], capsys: pytest.CaptureFixture[str]) -> None:
    assert found == []
    module = "generated/realtimekit/__init__.py"
    contract = CONTRACT.format(version="1.0.0")
    repository.commit({"openapi.yaml": contract, module: "def read(limit: int = 1) -> None: ...\n"})
    repository.write({module: "def read() -> None: ...\n"})
    assert _run(repository, "--base", "HEAD") == 1
    captured = capsys.readouterr()
    assert "major  realtimekit.read(limit): parameter was removed" in captured.out
    assert captured.err == "error: raise info.version in openapi.yaml to 2.0.0\n"


@pytest.mark.parametrize("contract", ["", "[]", "info: {}", "info: {version: 1.0}", "a: [", "info: 1"])
def test_a_contract_without_a_version_is_one_line(
    repository: Repository, capsys: pytest.CaptureFixture[str], contract: str
) -> None:
    repository.commit({"openapi.yaml": CONTRACT.format(version="1.0.0")})
    repository.write({"openapi.yaml": contract})
    assert _run(repository, "--base", "HEAD") == 2
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
        assert default_base(repository.folder) == "v1.1.0"

    def test_before_the_contracts_last_change(self, repository: Repository) -> None:
        first = repository.commit({"openapi.yaml": "1"})
        repository.commit({"openapi.yaml": "2"})
        repository.commit({"generated/x": "made of 2"})
        base = default_base(repository.folder)
        assert base is not None
        assert repository.git("rev-parse", base) == first

    def test_a_change_that_is_not_committed(self, repository: Repository) -> None:
        repository.commit({"openapi.yaml": "1"})
        repository.commit({"openapi.yaml": "2"})
        repository.write({"openapi.yaml": "3"})
        assert default_base(repository.folder) == "HEAD"

    def test_none(self, repository: Repository) -> None:
        assert default_base(repository.folder) is None
        repository.commit({"openapi.yaml": "1"})
        assert default_base(repository.folder) is None
