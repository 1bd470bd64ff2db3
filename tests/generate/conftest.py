"""The packages that the tests look at, each generated once: the nasty contracts of `specs/`, and a vendor's."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECS = Path(__file__).parent / "specs"
sys.path.insert(0, str(ROOT / "scripts"))

from generation.output import generate  # noqa: E402  # found through the line above

from . import vendor  # noqa: E402

NAMES = ("empty", "modern", "names", "schemas", "vendor")


@pytest.fixture(scope="session")
def warnings() -> dict[str, list[str]]:
    """The warnings of each generation, by the name of the contract."""
    return {}


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory, warnings: dict[str, list[str]]) -> Iterator[Path]:
    """A directory with the packages `empty_sdk`, `modern_sdk`, …, importable."""
    directory = tmp_path_factory.mktemp("packages")
    for name in NAMES:
        spec = SPECS / f"{name}.yaml"
        if name == "vendor":
            spec = directory / "vendor.json"
            spec.write_text(json.dumps(vendor.document()))
        settings = directory / f"{name}.yml"
        settings.write_text(f"package_name_override: {name}_sdk\n")
        warnings[name] = generate(spec, directory, settings)
    sys.path.insert(0, str(directory))
    yield directory
    sys.path.remove(str(directory))


@pytest.fixture
def sdk(packages: Path) -> Callable[[str], ModuleType]:
    """Import a generated package by the name of its contract."""
    return lambda name: importlib.import_module(f"{name}_sdk")


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], list[str]]:
    """Generate from the text of a contract into `tmp_path / "output"`; return the warnings."""

    def generate_from(text: str, name: str = "contract.yaml") -> list[str]:
        spec = tmp_path / name
        spec.write_text(text)
        return generate(spec, tmp_path / "output", ROOT / "generator-config.yml")

    return generate_from
