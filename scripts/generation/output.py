"""All or nothing: a package is rendered beside the old one, formatted, checked, and only then put in its place."""

from __future__ import annotations

import ast
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from openapi_python_client.config import Config, ConfigFile, MetaType
from pydantic import ValidationError

from .contract import Contract, ContractError, read_mapping
from .project import RealtimeKitProject

__all__ = ["Generation", "check", "generate"]

ROOT: Final = Path(__file__).resolve().parents[2]
RUNTIME: Final = ROOT / "src"

# What a settings file may say: the keys of openapi-python-client that have an effect here.
_SETTINGS: Final = ("class_overrides", "package_name_override")

# Other releases write other bytes, and openapi-python-client promises nothing of what is used of it here.
PINNED: Final = {"openapi-python-client": "0.29.1", "ruff": "0.17.6"}

_RUFF: Final = (
    "--isolated",
    "--no-cache",
    "--quiet",
    "--config",
    "line-length=100",
    "--config",
    "target-version='py311'",
)
_LINT: Final = (
    "--select=F401,I,RUF022",
    "--fix-only",
    "--config",
    "lint.isort.known-first-party=['realtimekit_runtime']",
    "--config",
    "lint.isort.combine-as-imports=true",
    "--config",
    "lint.isort.split-on-trailing-comma=false",
)

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
models = importlib.import_module(package.__name__ + ".models")
def usable(what, kind):
    try:
        codec(kind)
        msgspec.json.Decoder(sent_type(kind))
    except Exception as exc:
        sys.exit(f"{what} cannot be read or sent: {exc}")
for name in models.__all__:
    usable(name, getattr(models, name))
api = importlib.import_module(package.__name__ + ".api")
clients = package.Client, package.AsyncClient
for tag in api.TAGS:
    for client in clients:
        for base in client.__mro__[1:]:
            if hasattr(base, tag):
                sys.exit(f"the tag {tag} hides {base.__name__}.{tag} of the runtime")
    for operation in importlib.import_module(f"{api.__name__}.{tag}").OPERATIONS.values():
        usable(f"the response of {operation.id}", operation.response())
        if operation.body is not None:
            usable(f"the body of {operation.id}", operation.body.type())
        for parameter in operation.parameters:
            usable(f"the parameter {parameter.name} of {operation.id}", parameter.type())
"""


class Generation:
    """One run: from a contract and settings to a package in a temporary directory."""

    def __init__(self, contract: Contract, settings: Path) -> None:
        for package, wanted in PINNED.items():
            if (found := version(package)) != wanted:
                raise ContractError(f"needs {package}=={wanted}, found {found}", file=Path(__file__).name)
        self._settings = settings
        self._contract = contract
        self._spec = contract.file

    def render(self, directory: Path) -> Path:
        """Render the package, unformatted, in an empty directory; return the package's."""
        config = read_settings(self._settings, self._spec, directory)
        try:
            names, doc = _errors()
            project = RealtimeKitProject(self._contract, config, errors=names, errors_doc=doc)
            project.render()
        except RecursionError:
            raise self._contract.error("schemas are nested too deeply, or contain themselves") from None
        return project.package_dir

    def build(self, directory: Path) -> Path:
        """Render, format and check the package in an empty directory; return the package's."""
        package = self.render(directory)
        _run([sys.executable, "-m", "ruff", "check", *_RUFF, *_LINT, str(directory)], self._spec)
        _run([sys.executable, "-m", "ruff", "format", *_RUFF, str(directory)], self._spec)
        _run(
            [sys.executable, "-I", "-B", "-W", "error", "-c", _CHECK, str(directory), str(RUNTIME), package.name],
            self._spec,
        )
        return package


def generate(spec: Path, output: Path, config: Path) -> None:
    """Generate the package of a contract into a directory, replacing the one that is there.

    Args:
        spec: The contract.
        output: Where the package's directory goes.
        config: The settings.

    Raises:
        ContractError: Something is wrong with the input. What was there before is untouched.
    """
    generation = Generation(Contract.read(spec), config)
    with _beside(output) as temporary:
        package = generation.build(temporary)
        _swap(package, output / package.name, temporary / "old")


def check(spec: Path, output: Path, config: Path) -> list[str]:
    """Compare a generated package with what the contract says now.

    Returns:
        What differs, a line each; nothing where all is the same, byte for byte.
    """
    with tempfile.TemporaryDirectory(prefix="realtimekit-") as temporary:
        package = Generation(Contract.read(spec), config).build(Path(temporary))
        wanted, found = _files(package.parent), _files(output)
    differences = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    differences += [f"{name} should not be there" for name in found.keys() - wanted.keys()]
    differences += [
        f"{name} differs, first at line {_first_difference(wanted[name], found[name])}"
        for name in wanted.keys() & found.keys()
        if wanted[name] != found[name]
    ]
    return sorted(differences)


def read_settings(file: Path, spec: Path, directory: Path) -> Config:
    """Read openapi-python-client's settings; unlike there, a key that means nothing is an error."""
    data, root = read_mapping(file)
    located = Contract(file, data, root)
    for key in data:
        if key not in _SETTINGS:
            close = difflib.get_close_matches(key, _SETTINGS, 1)
            meant = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(_SETTINGS)}"
            raise located.error(f"unknown key {key!r}{meant}", (key,))
    name = data.get("package_name_override")
    if not isinstance(name, str) or not name.isidentifier():
        raise located.error(f"`package_name_override` must be a name for a package, not {name!r}")
    try:
        settings = ConfigFile(**data)
    except ValidationError as exc:
        first = exc.errors()[0]
        raise located.error(f"{first['msg']} ", tuple(first["loc"])) from None
    return Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=spec,
        file_encoding="utf-8",
        overwrite=True,
        output_path=directory / name,
    )


def _errors() -> tuple[list[str], str]:
    """The public names of the runtime's errors and the docstring that draws their tree, without importing them."""
    tree = ast.parse((RUNTIME / "realtimekit_runtime" / "errors.py").read_bytes())
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return sorted(ast.literal_eval(node.value)), ast.get_docstring(tree) or ""
    raise AssertionError("realtimekit_runtime.errors has no __all__")


def _run(command: list[str], spec: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUFF_", "PYTHON"))}
    done = subprocess.run(command, capture_output=True, check=False, env={**environment, "NO_COLOR": "1"})
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        reason = said.splitlines()[-1] if said else f"exit code {done.returncode}"
        raise ContractError(f"what it describes cannot be generated: {reason}", file=spec)


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """A temporary directory on the same file system, which is gone in the end."""
    parent = output
    while not parent.exists():
        parent = parent.parent
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
    missing = [directory for directory in target.parents if not directory.exists()]
    had_one = target.exists() or target.is_symlink()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if had_one:
            target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            if had_one:
                old.rename(target)
            raise
    except BaseException as exc:
        for directory in missing:
            with suppress(OSError):
                directory.rmdir()
        if isinstance(exc, OSError):
            raise ContractError(f"cannot be replaced: {exc.strerror}", file=target) from None
        raise


def _files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _first_difference(wanted: bytes, found: bytes) -> int:
    pairs = zip(wanted.splitlines(), found.splitlines(), strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
    return 1 + (same if same is not None else min(len(wanted.splitlines()), len(found.splitlines())))
