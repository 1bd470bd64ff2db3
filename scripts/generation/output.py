"""All or nothing: a package is rendered beside the old one, formatted, checked, and only then put in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from pydantic import BaseModel, ConfigDict, Field

from .contract import Contract, ContractError
from .project import TEMPLATES, RealtimeKitProject

__all__ = ["generate", "read", "render"]

ROOT: Final = Path(__file__).resolve().parents[2]
_RUFF: Final = ("--no-cache", "--quiet", "--config", str(TEMPLATES / "ruff.toml"))
# Runs in an interpreter of its own: with the new package, this runtime and nothing else in the way.
_CHECK: Final = """
import importlib, pkgutil, sys
sys.path[:0] = sys.argv[1:3]
package = importlib.import_module(sys.argv[3])
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
for name in package.__all__:
    getattr(package, name)
"""


class Settings(BaseModel):
    """The settings of openapi-python-client that have an effect here."""

    model_config = ConfigDict(extra="forbid")

    package_name_override: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]
    class_overrides: dict[str, ClassOverride] = {}


def generate(spec: Path, output: Path, settings: Path) -> None:
    """Generate the package of a contract into a directory, replacing the one that is there.

    Args:
        spec: The contract.
        output: Where the package's directory goes.
        settings: The settings.

    Raises:
        ContractError: Something is wrong with the input. What was there before is untouched.
    """
    contract = Contract.read(spec)
    try:
        # On the same file system as the output.
        parent = next(directory for directory in (output, *output.parents) if directory.exists())
        with TemporaryDirectory(prefix=".generating-", dir=parent, ignore_cleanup_errors=True) as temporary:
            package = _build(contract, settings, Path(temporary))
            _swap(package, output / package.name, Path(temporary, "old"))
    except OSError as exc:
        raise ContractError(f"cannot be written: {exc.strerror}", file=output) from None


def read(contract: Contract, settings: Path, directory: Path) -> RealtimeKitProject:
    """Read a contract for a package in a directory; nothing is written yet.

    Raises:
        ContractError: Something is wrong with the input.
    """
    stated = Contract(settings).structure(Settings)
    file, target = ConfigFile(**stated.model_dump()), directory / stated.package_name_override
    config = Config.from_sources(file, MetaType.NONE, contract.file, "utf-8", overwrite=True, output_path=target)
    try:
        return RealtimeKitProject(contract, config)
    except RecursionError:
        raise contract.error("schemas are nested too deeply, or contain themselves") from None


def render(contract: Contract, settings: Path, directory: Path) -> Path:
    """Render the package, unformatted, in an empty directory; return the package's."""
    project = read(contract, settings, directory)
    project.render()
    return project.package_dir


def _build(contract: Contract, settings: Path, directory: Path) -> Path:
    """Render, format and check the package in an empty directory; return the package's."""
    package = render(contract, settings, directory)
    ruff = [sys.executable, "-m", "ruff"]
    _run([*ruff, "check", "--fix-only", *_RUFF, str(directory)], contract)
    _run([*ruff, "format", *_RUFF, str(directory)], contract)
    isolated = [sys.executable, "-I", "-B", "-W", "error", "-c", _CHECK]
    _run([*isolated, str(directory), str(ROOT / "src"), package.name], contract)
    return package


def _run(command: list[str], contract: Contract) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUFF_", "PYTHON"))}
    done = subprocess.run(command, capture_output=True, check=False, env={**environment, "NO_COLOR": "1"})
    if done.returncode:
        printed = (done.stderr + done.stdout).decode(errors="replace").strip()
        reason = printed.splitlines()[-1] if printed else f"exit code {done.returncode}"
        raise contract.error(f"what it describes cannot be generated: {reason}")


def _swap(new: Path, target: Path, old: Path) -> None:
    """Put the new directory in the place of the target; put the old one back if that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
