"""What the tests of the generator share: ways to generate from text, and packages of two documents."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from generation.output import generate  # noqa: E402  # found through the line above

# The kinds of things in the vendor's document, as its tags have them.
THINGS = [
    *("Meetings", "Participants", "Presets", "Sessions", "Recordings", "Livestreams", "Webhooks", "Active session"),
    *("Poll", "Chat-Messages", "Analytics & Usage", "Layouts"),
]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., None]:
    """Generate from the text of a contract into `tmp_path / "output"`."""

    def generate_from(text: str, name: str = "contract.yaml") -> None:
        spec = tmp_path / name
        spec.write_text(text)
        generate(spec, tmp_path / "output", ROOT / "generator-config.yml")

    return generate_from


def vendor_document() -> dict[str, Any]:
    """vendor.yaml for all kinds of things."""
    text = (HERE / "vendor.yaml").read_text()
    parts = []
    for tag in THINGS:
        words = re.findall(r"\w+", tag.lower())
        one = "_".join(words).removesuffix("s")
        model = "".join(word.title() for word in words).removesuffix("s")
        filled = text.replace("TAG", tag).replace("WORD", "-".join(words)).replace("ONE", one).replace("MODEL", model)
        parts.append(yaml.safe_load(filled))
    whole: dict[str, Any] = parts[0]
    for part in parts[1:]:
        whole["tags"] += part["tags"]
        whole["paths"] |= part["paths"]
        for kind, components in part["components"].items():
            whole["components"][kind] |= components
    return whole


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with the packages `vendor_sdk` and `small_sdk`, importable."""
    directory = tmp_path_factory.mktemp("packages")
    vendor = directory / "vendor.json"
    vendor.write_text(json.dumps(vendor_document()))
    for name, spec in (("vendor", vendor), ("small", HERE / "small.yaml")):
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
