"""All or nothing: a package is rendered beside the old one, formatted, checked, and only then put in its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from pydantic import BaseModel, ConfigDict, Field

from .contract import Contract, ContractError
from .project import TEMPLATES, RealtimeKitProject

__all__ = ["generate", "read", "render"]

ROOT: Final = Path(__file__).resolve().parents[2]
RUNTIME: Final = ROOT / "src"

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
import msgspec
from realtimekit_runtime.decoding import codec
from realtimekit_runtime.wire_types import sent_type
for tag in package.api.TAGS:
    for operation in importlib.import_module(f"{package.api.__name__}.{tag}").OPERATIONS.values():
        types = [operation.response, *[each.type for each in (*operation.parameters, operation.body) if each]]
        for kind in types:
            try:
                codec(kind())
                msgspec.json.Decoder(sent_type(kind()))
            except Exception as exc:
                sys.exit(f"{operation.id}: {kind()} cannot be read or sent: {exc}")
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
    with _beside(output) as temporary:
        package = _build(contract, settings, temporary)
        _swap(package, output / package.name, temporary / "old")


def read(contract: Contract, settings: Path, directory: Path) -> RealtimeKitProject:
    """Read a contract; nothing is written yet.

    Args:
        contract: The contract.
        settings: The settings.
        directory: Where the package's directory would go.

    Raises:
        ContractError: Something is wrong with the input.
    """
    stated = Contract(settings).structure(Settings)
    config = Config.from_sources(
        ConfigFile(package_name_override=stated.package_name_override, class_overrides=stated.class_overrides),
        MetaType.NONE,
        document_source=contract.file,
        file_encoding="utf-8",
        overwrite=True,
        output_path=directory / stated.package_name_override,
    )
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
    _run([*isolated, str(directory), str(RUNTIME), package.name], contract)
    return package


def _run(command: list[str], contract: Contract) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUFF_", "PYTHON"))}
    done = subprocess.run(command, capture_output=True, check=False, env={**environment, "NO_COLOR": "1"})
    if done.returncode:
        printed = (done.stderr + done.stdout).decode(errors="replace").strip()
        reason = printed.splitlines()[-1] if printed else f"exit code {done.returncode}"
        raise contract.error(f"what it describes cannot be generated: {reason}")


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """A temporary directory on the same file system, which is gone in the end."""
    parent = next(directory for directory in (output, *output.parents) if directory.exists())
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".generating-", dir=parent))
    except OSError as exc:
        raise ContractError(f"cannot be written: {exc.strerror}", file=parent) from None
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _swap(new: Path, target: Path, old: Path) -> None:
    """Put the new directory in the place of the target; put the old one back if that fails."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    except OSError as exc:
        raise ContractError(f"cannot be replaced: {exc.strerror}", file=target) from None
