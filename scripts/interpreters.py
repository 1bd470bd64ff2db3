"""Print where the interpreter of a Python version is, such as 3.12: on PATH, from pyenv, or from uv.

    python scripts/interpreters.py 3.12

Exit code 1, and nothing on stdout, where there is none.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

ASK = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def find(version: str) -> str | None:
    """The path of an interpreter of that version which starts, None if there is none."""
    for candidate in _candidates(version):
        # What pyenv puts on PATH for versions that are not chosen is found, and does not start.
        found, _, path = _ask(candidate, "-c", ASK).partition(" ")
        if found == version:
            return path
    return None


def _candidates(version: str) -> Iterator[str]:
    for name in (f"python{version}", "python3", "python"):
        path = shutil.which(name)
        if path:
            yield path
    release = _ask("pyenv", "latest", version)
    if release:
        yield _ask("pyenv", "prefix", release) + "/bin/python"
    managed = _ask("uv", "python", "find", "--managed-python", "--no-python-downloads", version)
    if managed:
        yield managed


def _ask(*command: str) -> str:
    """What a program answers, nothing where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    if len(arguments) != 1 or not re.fullmatch(r"[0-9]+\.[0-9]+", arguments[0]):
        print("usage: interpreters.py VERSION, such as 3.12", file=sys.stderr)
        return 2
    path = find(arguments[0])
    if path is None:
        print(f"no Python {arguments[0]} here", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
