"""What the tests of the generator share: a way to generate from text, and the package of a vendor's document."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from generation.output import generate  # noqa: E402  # found through the line above

from . import vendor  # noqa: E402


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., None]:
    """Generate from the text of a contract into `tmp_path / "output"`."""

    def generate_from(text: str, name: str = "contract.yaml") -> None:
        spec = tmp_path / name
        spec.write_text(text)
        generate(spec, tmp_path / "output", ROOT / "generator-config.yml")

    return generate_from


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with the packages `vendor_sdk` and `small_sdk`, importable."""
    directory = tmp_path_factory.mktemp("packages")
    vendor_spec = directory / "vendor.json"
    vendor_spec.write_text(json.dumps(vendor.document()))
    for name, spec in (("vendor", vendor_spec), ("small", Path(__file__).parent / "small.yaml")):
        settings = directory / f"{name}.yml"
        settings.write_text(f"package_name_override: {name}_sdk\n")
        generate(spec, directory, settings)
    sys.path.insert(0, str(directory))
    yield directory
    sys.path.remove(str(directory))


@pytest.fixture
def sdk(packages: Path) -> Callable[[str], ModuleType]:
    """Import a generated package by the name of its contract."""
    return lambda name: importlib.import_module(f"{name}_sdk")
