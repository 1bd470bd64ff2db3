"""The entry point. A missing extra is one line and not a traceback, so nothing else is imported here."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]

_EXTRA = frozenset({"click", "dateutil", "rich"})


def main() -> int:
    """Run the command with the arguments of this process, and return its exit code (see `exits`)."""
    # A closed stream is None in Python, and its number would become that of the next connection.
    is_closed = sys.stdout is None
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_WRONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            stream = open(os.open(os.devnull, flags), mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    if is_closed:
        sys.stderr.write("error: stdout is closed: redirect it to a file, or to /dev/null\n")
        return 1
    try:
        from .app import run

        return run(sys.argv[1:])
    except ModuleNotFoundError as exc:
        missing = (exc.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
    except KeyboardInterrupt:
        return 130
    sys.stderr.write(
        f"error: the command line needs {missing}, which is not installed: run `pip install 'realtimekit[cli]'`\n"
    )
    return 1
