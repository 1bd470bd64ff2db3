"""The commands in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

__all__ = ["exported", "run", "served", "start"]


@contextmanager
def start(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start `realtimekit emulator …`; it is killed at the end of the block if it still runs."""
    code = "from realtimekit_emulator.commands import emulator; emulator()"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(*arguments: str) -> str:
    """Run `realtimekit emulator …` to its end, and return what it printed."""
    with start(*arguments) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def exported(process: subprocess.Popen[str]) -> dict[str, str]:
    """Wait for what a server prints; the value of each variable."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    found = [re.fullmatch(r"export (\w+)=(\S+)\n", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def served(process: subprocess.Popen[str]) -> Callable[..., httpx.Response]:
    """Wait for what a server prints; the result asks it for meetings with that, unless it is given other values."""
    names = exported(process)

    def get(query: str = "", *, account: str = "", app_id: str = "", token: str = "") -> httpx.Response:
        account = account or names["CLOUDFLARE_ACCOUNT_ID"]
        app_id = app_id or names["REALTIMEKIT_APP_ID"]
        url = f"{names['CLOUDFLARE_BASE_URL']}/accounts/{account}/realtime/kit/{app_id}/meetings{query}"
        headers = {"Authorization": f"Bearer {token or names['CLOUDFLARE_API_TOKEN']}"}
        return httpx.get(url, headers=headers, trust_env=False)

    return get
