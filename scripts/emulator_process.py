"""The emulator in a process of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

__all__ = ["emulator"]


@contextmanager
def emulator(*options: str, python: str = sys.executable) -> Iterator[dict[str, str]]:
    """Run `realtimekit emulator serve` with these options, and yield what it prints for its clients."""
    command = [python, "-m", "realtimekit_cli", "emulator", "serve", "--port", "0", *options]
    # Its own session: Ctrl-C reaches only this script, which then stops the server.
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    output = cast("IO[str]", server.stdout)
    try:
        exports: dict[str, str] = {}
        while len(exports) < 4 and (line := output.readline()):
            name, _, value = shlex.split(line)[1].partition("=")
            exports[name] = value
        if len(exports) < 4:
            raise SystemExit(f"error: the emulator ended with exit code {server.wait()}")
        yield exports
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        output.close()
