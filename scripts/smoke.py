"""Build the package, install the wheel into an empty environment, and use it in a folder without the source.

    python scripts/smoke.py DIST

The wheel and the sdist are written to DIST.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("realtimekit", "realtimekit_cli", "realtimekit_emulator", "realtimekit_runtime")


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    if len(arguments) != 1:
        print("usage: smoke.py DIST", file=sys.stderr)
        return 2
    try:
        with TemporaryDirectory(prefix="realtimekit-") as folder:
            smoke(Path(arguments[0]).resolve(), Path(folder))
    except subprocess.CalledProcessError as error:
        print(f"error: {' '.join(map(str, error.cmd))} ended with exit code {error.returncode}", file=sys.stderr)
        return 1
    except AssertionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def smoke(dist: Path, folder: Path) -> None:
    """Build into `dist`, and use the wheel in `folder`.

    Raises:
        AssertionError: If something is missing.
        CalledProcessError: If something fails.
    """
    wheel, sdist = build(ROOT, dist)
    names = files_in(wheel)
    missing = {f"{package}/py.typed" for package in PACKAGES} | {"realtimekit/openapi.json"}
    expect(missing <= names, f"{wheel.name} lacks {', '.join(sorted(missing - names))}")
    (folder / "sdist").mkdir()
    run(folder / "sdist", "tar", "-xzf", sdist)
    again, _ = build(next((folder / "sdist").iterdir()), folder / "dist")
    expect(files_in(again) == names, f"the wheel built from {sdist.name} has other files than {wheel.name}")

    python = install(wheel, folder / "venv")
    empty = folder / "elsewhere"
    empty.mkdir()
    shutil.copy(ROOT / "scripts" / "demo.py", empty)
    command = python.with_name("realtimekit")
    version = run(empty, command, "--version")
    expect(
        wheel.name.split("-")[1] in version, f"realtimekit --version says {version!r}, and the wheel is {wheel.name}"
    )
    expect("--app-id" in run(empty, command, "meetings", "list", "--help"), "the command line has no --app-id")
    # The installed package reads from its emulator; the demo fails unless every meeting arrives.
    last = run(empty, python, "demo.py").splitlines()[-1]
    print(f"{wheel.name}: {version}; {last}")


def build(source: Path, dist: Path) -> tuple[Path, Path]:
    """Build the wheel and the sdist of a source tree into an empty folder."""
    shutil.rmtree(dist, ignore_errors=True)
    run(source, sys.executable, "-m", "hatchling", "build", "--directory", str(dist))
    return next(dist.glob("*.whl")), next(dist.glob("*.tar.gz"))


def files_in(wheel: Path) -> set[str]:
    """The names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel with its extras into a new environment; return the environment's Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    run(folder, *pip, "--require-hashes", "--requirement", str(ROOT / "requirements" / "run.txt"))
    run(folder, *pip, "--no-deps", str(wheel))
    run(folder, python, "-m", "pip", "--quiet", "--disable-pip-version-check", "check")
    return python


def run(folder: Path, *command: str | Path) -> str:
    """Run a command in a folder, and return what it prints."""
    # Without packages from other folders, and without credentials.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CLOUDFLARE_", "REALTIMEKIT_")) and name != "VIRTUAL_ENV"
    }
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def expect(condition: bool, otherwise: str) -> None:
    """Raise an error with the message `otherwise` unless the condition is true."""
    if not condition:
        raise AssertionError(otherwise)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
