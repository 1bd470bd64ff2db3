"""Publish the package to an index on this machine, and use it from there as its users do.

The index has the sdist and the wheel of dist/, and what `make build` downloaded of their dependencies; nothing else is
reached. The package is installed from it into empty environments: alone, and with each extra but `spark` (see
build_package.py). In each, the README's first Python block reads the meetings of the emulator, which the extra
`emulator` installed.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from tempfile import TemporaryDirectory
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pypiserver  # type: ignore[import-untyped]
from build_package import DIST, EXTRAS, PACKAGES, ROOT, run
from emulator_process import emulator

MEETINGS = 45


def main() -> None:
    """Run the command."""
    [sdist], [wheel] = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    version = wheel.name.split("-")[1]
    with TemporaryDirectory(prefix="realtimekit-") as place, serve_index(Path(place)) as index:
        folder = Path(place)
        anyone = ("--username", "anyone", "--password", "anything")
        uv(folder, "publish", "--publish-url", index, *anyone, "--trusted-publishing", "never", sdist, wheel)
        requirements = {"none": f"realtimekit=={version}"}
        requirements |= {extra: f"realtimekit[{extra}]=={version}" for extra in EXTRAS}
        for extra, requirement in requirements.items():
            uv(folder, "venv", "--python", sys.executable, extra)
            uv(folder, "pip", "install", "--python", extra, "--default-index", f"{index}/simple/", requirement)
            print(f"{requirement}: installed from {index}")
        use(folder, list(requirements), version)


def use(folder: Path, environments: list[str], version: str) -> None:
    """Read an emulator's meetings with the command line, and with the README's first block in each environment."""
    readme = (ROOT / "README.md").read_text("utf-8")
    block = readme.split("```python\n")[1].split("```\n")[0]
    command = folder / "cli" / "bin" / "realtimekit"
    expect(run(command, "--version", folder=folder, environment={}), rf"realtimekit {re.escape(version)}\n")
    with emulator("--seed", str(MEETINGS), python=str(folder / "emulator" / "bin" / "python")) as settings:
        listed = run(command, "meetings", "list", "-o", "ndjson", folder=folder, environment=settings)
        expect(listed, rf"(.+\n){{{MEETINGS}}}")
        ids = "|".join(json.loads(line)["id"] for line in listed.splitlines())
        for name in environments:
            python = folder / name / "bin" / "python"
            printed = run(python, "-W", "error", "-c", block, folder=folder, environment=settings)
            # The block filters by time.
            expect(printed, rf"(({ids}) .*\n)+")
            print(f"{name}: the README's first block read {len(printed.splitlines())} of {MEETINGS} meetings")


def expect(output: str, pattern: str) -> None:
    """Exit with an error unless the whole output is as the pattern says."""
    if not re.fullmatch(pattern, output):
        raise SystemExit(f"{output}error: the output above is not as expected: {pattern}")


def uv(folder: Path, *arguments: str | Path) -> None:
    """Run uv without its configuration and its cache, both of which may know other indexes."""
    environment = {"UV_CACHE_DIR": str(folder / "cache")}
    run(sys.executable, "-m", "uv", "--no-config", *arguments, folder=folder, environment=environment)


@contextmanager
def serve_index(folder: Path) -> Iterator[str]:
    """Serve a package index on a free port, where anyone may publish; yield its URL."""
    (folder / "published").mkdir()
    anyone = {"authenticate": [], "password_file": "."}
    app: Any = pypiserver.app(roots=[folder / "published", PACKAGES], disable_fallback=True, **anyone)
    with make_server("127.0.0.1", 0, app, ThreadedServer, QuietHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Serves several requests at a time."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    """Logs no requests."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the class above
        """Log nothing."""


if __name__ == "__main__":
    main()
