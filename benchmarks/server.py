"""A server that does as little as possible, so that the clients are measured and not the server.

    python -m benchmarks.server MEETINGS PER_PAGE LATENCY

It makes the pages of a list, prints its URL, and sends the page that a request asks for after LATENCY seconds, until
its standard input ends.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

import uvloop

from .payloads import make_pages

__all__ = ["serve"]

_PAGE = re.compile(rb"[?&]page_no=(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def serve(meetings: int, per_page: int, latency: float = 0) -> Iterator[str]:
    """Run this server in a process of its own; yield its URL."""
    command = [sys.executable, "-m", "benchmarks.server", str(meetings), str(per_page), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield cast("IO[str]", process.stdout).readline().strip()
        finally:
            cast("IO[str]", process.stdin).close()


class _Connection(asyncio.Protocol):
    def __init__(self, responses: list[bytes], latency: float) -> None:
        self._responses = responses
        self._latency = latency

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        # The requests are small and come one after the other, each whole.
        found = _PAGE.search(data)
        response = self._responses[min(int(found[1]) if found else 1, len(self._responses)) - 1]
        asyncio.get_running_loop().call_later(self._latency, self._transport.write, response)


async def _main(meetings: str, per_page: str, latency: str) -> None:
    responses = [_HEAD % len(page) + page for page in make_pages(int(meetings), int(per_page))]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(responses, float(latency)), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
