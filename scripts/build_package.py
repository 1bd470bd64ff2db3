"""Build the sdist, the wheel and the SBOM of the package in dist/, and see that a second build gives the same bytes.

The second build starts from the sdist, in another folder. The SBOM lists what the wheel installs with its extras on
this Python and system, in the versions of requirements/run.txt, which `make build` downloads. The extra `spark` is left
out, since PySpark is a source archive of 450 MB; `make test-spark` installs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
# `make build` downloads into its own environment, since each Python needs other wheels.
PACKAGES = Path(sys.prefix) / "packages"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = [extra for extra in PROJECT["optional-dependencies"] if extra != "spark"]


def main() -> None:
    """Run the command."""
    with TemporaryDirectory(prefix="realtimekit-") as folder:
        sdist, wheel = build(ROOT, DIST)
        rebuild(sdist, wheel, Path(folder))
        sbom = wheel.with_name(f"{'-'.join(wheel.name.split('-')[:2])}.cdx.json")
        write_sbom(wheel, sbom, Path(folder))
    for file in (sdist, wheel, sbom):
        print(sha256(file.read_bytes()).hexdigest(), file.name)


def build(source: Path, dist: Path) -> tuple[Path, Path]:
    """Build the sdist and the wheel of a source tree into an empty folder."""
    shutil.rmtree(dist, ignore_errors=True)
    # hatchling gives every file the same time: SOURCE_DATE_EPOCH, or else one of its own.
    run(sys.executable, "-m", "hatchling", "build", "--directory", dist, folder=source)
    return next(dist.glob("*.tar.gz")), next(dist.glob("*.whl"))


def rebuild(sdist: Path, wheel: Path, folder: Path) -> None:
    """Build both anew from the sdist, and exit with an error if one of the two has other bytes than before."""
    run("tar", "-xzf", sdist, folder=folder)
    again = build(folder / sdist.name.removesuffix(".tar.gz"), folder / "dist")
    for file, other in zip((sdist, wheel), again, strict=True):
        if file.read_bytes() != other.read_bytes():
            kept = shutil.copy(other, file.with_name(f"second-{file.name}"))
            raise SystemExit(f"error: {file} built from the sdist has other bytes; compare it with {kept}")


def write_sbom(wheel: Path, sbom: Path, folder: Path) -> None:
    """Install the wheel with its extras, and write the SBOM of that environment with the wheel as its subject."""
    # Installed by name, since the SBOM would tell the path of an installed file.
    uv = (sys.executable, "-m", "uv", "--quiet", "--no-config", "--offline")
    run(*uv, "venv", "--python", sys.executable, "venv", folder=folder)
    found = ("--no-index", "--find-links", PACKAGES, "--find-links", wheel.parent)
    run(*uv, "pip", "install", "--python", "venv", *found, f"realtimekit[{','.join(EXTRAS)}]", folder=folder)
    made = run(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "venv", folder=folder)
    document = json.loads(made)
    [subject] = [component for component in document["components"] if component["name"] == "realtimekit"]
    document["components"].remove(subject)
    document["metadata"]["component"] = subject
    sbom.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command in a folder, with this environment alone if there is one; return what it prints.

    If the command fails, exit with its output.
    """
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}error: {' '.join(map(str, command))} failed; its output is above")
    return done.stdout


if __name__ == "__main__":
    main()
