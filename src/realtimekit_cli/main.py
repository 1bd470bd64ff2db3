"""The entry point. A missing extra is one line and not a traceback, so nothing else is imported here."""

from __future__ import annotations

import sys

__all__ = ["main"]

_EXTRA = frozenset({"click", "dateutil", "rich"})


def main() -> int:
    """Run the command with the arguments of this process, and return its exit code (see `exits`)."""
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
