"""Several processes that serve on one socket and share a database. One that dies is replaced.

uvicorn has such workers too, but for its own server class only, and it looks after them twice a second.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from multiprocessing.connection import Connection, wait
from typing import Any

from .asgi import Application
from .errors import EmulatorError
from .server import _Server, address, silence_uvicorn

__all__ = ["MakeApp", "serve_with_workers"]

MakeApp = Callable[[str], AbstractContextManager[Application]]
"""Makes the application of a worker, which is at this origin. It must be possible to pickle it."""

_PAUSE_SECONDS = 1
_STOP_SECONDS = 10
_log = logging.getLogger(__name__)
# A worker starts anew, without the connections and threads of this process.
_spawn = multiprocessing.get_context("spawn")


def serve_with_workers(make_app: MakeApp, listening: socket.socket, count: int, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        make_app: Called in each worker.
        listening: The socket that all of them accept connections on.
        count: How many workers.
        on_ready: Called when all of them serve.

    Raises:
        EmulatorError: If one of them cannot start.
    """
    with _stop_signals() as stop:
        workers: list[_Worker] = []
        try:
            workers += (_Worker(make_app, listening) for _ in range(count))
            for worker in workers:
                if stop in wait([stop, worker.report]):
                    return
                if worker.failure:
                    raise EmulatorError(worker.failure)
            on_ready()
            while stop not in wait([stop, *(worker.process.sentinel for worker in workers)]):
                for place, worker in enumerate(workers):
                    if worker.process.is_alive():
                        continue
                    reason = worker.failure or f"exit code {worker.process.exitcode}"
                    _log.warning("A worker has ended (%s): another one takes its place.", reason)
                    worker.report.close()
                    # What keeps a worker from starting, such as a database that is away, may take a while.
                    if worker.failure and stop.poll(_PAUSE_SECONDS):
                        return
                    workers[place] = _Worker(make_app, listening)
        finally:
            for worker in workers:
                worker.process.terminate()
            for worker in workers:
                worker.stop()


class _Worker:
    """A process that serves, as its parent sees it."""

    def __init__(self, make_app: MakeApp, listening: socket.socket) -> None:
        self.report, report = _spawn.Pipe(duplex=False)
        # Daemon: if this process ends in an unforeseen way, Python ends the worker.
        self.process = _spawn.Process(target=_work, args=(make_app, listening, report), daemon=True)
        # Ctrl-C reaches all processes of a terminal. A worker inherits that it ignores that until it serves.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.process.start()
        signal.signal(signal.SIGINT, handler)
        # Only the worker's end is open then, and its death is the end of what can be read.
        report.close()

    @cached_property
    def failure(self) -> str:
        """Why it does not serve; empty if it does, or did. Waits until that is known."""
        try:
            return str(self.report.recv())
        except EOFError:
            self.process.join()
            return f"A worker ended before it served: exit code {self.process.exitcode}"

    def stop(self) -> None:
        """Wait for its end, and enforce it if that takes too long."""
        self.process.join(_STOP_SECONDS)
        self.process.kill()
        self.process.join()
        self.report.close()


def _work(make_app: MakeApp, listening: socket.socket, report: Connection) -> None:
    """What a worker does."""
    silence_uvicorn()
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - this runs in a child
    try:
        with listening, make_app(address(listening)) as app:
            server = _Server(app)

            def watch() -> None:
                server.ready.wait()
                with contextlib.suppress(OSError):
                    report.send("")
                # The parent may be killed, and then nobody stops the worker.
                parent.join()
                server.should_exit = True

            threading.Thread(target=watch, daemon=True).start()
            server.run(sockets=[listening])
    except EmulatorError as error:
        report.send(str(error))


@contextlib.contextmanager
def _stop_signals() -> Iterator[Connection]:
    """A connection that can be read from once SIGINT or SIGTERM came."""
    stop, stopper = multiprocessing.Pipe(duplex=False)

    def handle(*_: Any) -> None:
        stopper.send(None)

    with stop, stopper:
        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield stop
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
