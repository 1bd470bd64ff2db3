"""Read made-up lists through everything that reads one, and see that nothing is lost, doubled or endless.

Each run has a list with a history (`histories.py`) and a reader: a loop of either client over items, pages or batches,
which goes on after every error; a loop that ends with an error, and another one that starts at `error.next_page`; or an
export that is killed and resumed. `make chaos RUNS=… SEED=…` prints what was tried. If a run fails, hypothesis looks
for the shortest history that fails, and prints it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from realtimekit.errors import IncompleteListError, RealtimeKitError
from realtimekit_runtime.settings import DEFAULT_PREFETCH
from tests.cli.exports import FORMATS, ids, spool
from tests.clients import ACCOUNT, APP, TOKEN, Api, AsyncApi, MadeUp, SyncApi
from tests.runtime.scripted import Connection, Server, response

from .histories import History, make_up
from .served_list import Fault, item_number, respond


@dataclass
class Plan:
    """How a list is read."""

    api: type[SyncApi | AsyncApi]
    start: int
    prefetch: int
    max_retries: int
    kills: set[int]
    format: str


@dataclass
class Reading:
    """What a reader gave."""

    items: list[int] = field(default_factory=list)
    failure: IncompleteListError | None = None
    errors: int = 0
    kills: int = 0


class _Service:
    """Serves a list; one request changes it at a time."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._lock = threading.Lock()

    def respond(self, page: int) -> tuple[httpx.Response, Fault]:
        with self._lock:
            # The exact bound is checked at the end.
            assert self.history.requests < 100 * self.history.bound, "the loop does not end"
            fault = self.history.fault(page)
            return respond(self.history.source, page, fault), fault


class _Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A service without a network."""

    def __init__(self, service: _Service) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response, fault = self._service.respond(int(request.url.params["page_no"]))
        time.sleep(fault.late)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response, fault = self._service.respond(int(request.url.params["page_no"]))
        await asyncio.sleep(fault.late)
        return response


@contextmanager
def _connect(history: History, plan: Plan) -> Iterator[Api]:
    transport = _Transport(_Service(history))
    http = plan.api.http(transport=transport)
    service = MadeUp(handler=lambda _: httpx.Response(500))
    with plan.api(service, http_client=http, prefetch=plan.prefetch, max_retries=plan.max_retries) as api:
        yield api
        api.close(http)


def _read(history: History, plan: Plan, loop: Callable[[Any], Any], meetings: Callable[[Any], list[Any]]) -> Reading:
    """Read through a loop over the list, and go on after every error; `meetings` says which it gave at a time."""
    reading = Reading()
    with _connect(history, plan) as api:
        elements = api.each(loop(api.pager(page_no=plan.start)))
        while True:
            try:
                for element in elements:
                    reading.items += [item_number(meeting.id) for meeting in meetings(element)]
            except IncompleteListError as exc:
                reading.failure = exc
            except RealtimeKitError:
                reading.errors += 1
                continue
            return reading


def read_items(history: History, plan: Plan) -> Reading:
    return _read(history, plan, lambda pager: pager, lambda meeting: [meeting])


def read_batches(history: History, plan: Plan) -> Reading:
    return _read(history, plan, lambda pager: pager.batches(), lambda batch: batch.items)


def read_pages(history: History, plan: Plan) -> Reading:
    reading = _read(history, plan, lambda pager: pager.pages(), lambda page: page.data)
    # Pages are as the service sent them.
    reading.items = list(dict.fromkeys(reading.items))
    return reading


def read_and_resume(history: History, plan: Plan) -> Reading:
    """Start another loop at the page that an error names, and store meetings by their ids."""
    reading, stored = Reading(), dict[int, None]()
    page: int | None = plan.start
    is_read = False
    while not is_read:
        assert page is not None, "the error does not say where to go on"
        with _connect(history, plan) as api:
            try:
                for meeting in api.each(api.pager(page_no=page)):
                    stored[item_number(meeting.id)] = None
                is_read = True
            except IncompleteListError as exc:
                reading.failure, is_read = exc, True
            except RealtimeKitError as exc:
                reading.errors += 1
                page = exc.next_page
    reading.items = list(stored)
    return reading


def export(history: History, plan: Plan) -> Reading:
    """Export the list with the command; kill it, and resume it until there is a file."""
    reading, service = Reading(), _Service(history)
    process: subprocess.Popen[str] | None = None

    def act(connection: Connection) -> None:
        page = int(parse_qs(urlsplit(connection.request.target).query)["page_no"][0])
        try:
            made, fault = service.respond(page)
        except httpx.TransportError:
            connection.reset()
            return
        if history.requests in plan.kills and process is not None:
            process.kill()
            # Nobody saw this response, nor, perhaps, those that were under way.
            del history.totals[-1 - DEFAULT_PREFETCH :]
        time.sleep(fault.late)
        headers = {name: value for name, value in made.headers.items() if name != "content-length"}
        connection.send(response(made.status_code, made.content, **headers))

    with tempfile.TemporaryDirectory() as folder, Server(act) as server:
        out = Path(folder, f"out.{plan.format}")
        command = [sys.executable, "-W", "error", "-m", "realtimekit_cli", "meetings", "export", str(out), "--resume"]
        # The command waits for real before it tries again.
        command += ["--max-retries", str(min(plan.max_retries, 1))]
        environment = {
            **os.environ,
            "CLOUDFLARE_BASE_URL": server.url,
            "CLOUDFLARE_API_TOKEN": TOKEN,
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
            "REALTIMEKIT_APP_ID": APP,
        }
        while not out.exists() or spool(out).exists():
            process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
            _, message = process.communicate(timeout=60)
            code = process.returncode
            if code == -signal.SIGKILL:
                reading.kills += 1
                continue
            assert out.exists() == (code == 0), message
            assert TOKEN not in message
            assert "Traceback" not in message, message
            if history.is_wrong_for_ever and "The list is incomplete" in message:
                reading.failure = IncompleteListError(message, missing=1, why="")
                return reading
            reading.errors += code != 0
            assert reading.errors <= len(history.events) + 1, message
        reading.items = [item_number(meeting) for meeting in ids(out)]
    return reading


READERS: tuple[Callable[[History, Plan], Reading], ...] = (
    read_items,
    read_batches,
    read_pages,
    read_and_resume,
    export,
)
PLANS = st.builds(
    Plan,
    api=st.sampled_from([SyncApi, AsyncApi]),
    start=st.sampled_from([1, 0]),
    prefetch=st.sampled_from([1, 4, 10]),
    max_retries=st.sampled_from([0, 4]),
    kills=st.sets(st.integers(1, 15), max_size=3),
    format=st.sampled_from(FORMATS),
)


class Tried:
    """What was tried."""

    def __init__(self) -> None:
        self.readers = {reader: Counter[str]() for reader in READERS}
        self.events: Counter[str] = Counter()

    def run(self, reader: Callable[[History, Plan], Reading], history: History, plan: Plan) -> None:
        counts = self.readers[reader]
        counts["runs"] += 1
        reading = reader(history, plan)
        counts["requests"] += history.requests
        counts["errors"] += reading.errors
        counts["kills"] += reading.kills
        counts["incomplete"] += reading.failure is not None
        self.events.update(history.happened)
        # Where items leave their places, another loop does not find at a page what the first one missed there.
        if reader is not read_and_resume or history.is_harmless:
            history.check(reading.items, reading.failure)
        # A break drops the pages that are under way.
        breaks = 2 + len(history.events) + reading.kills
        loops = 1 + reading.kills + reading.errors * (reader in {read_and_resume, export})
        assert history.requests <= history.bound * loops + plan.prefetch * breaks, "too many requests"

    def show(self, console: Console) -> None:
        columns = ("runs", "requests", "errors", "kills", "incomplete")
        table = Table("reader", *columns)
        for reader, counts in self.readers.items():
            table.add_row(reader.__name__.replace("_", " "), *(f"{counts[column]:,}" for column in columns))
        console.print(table)
        table = Table("what happened", "times")
        for kind, count in sorted(self.events.items()):
            table.add_row(kind, f"{count:,}")
        console.print(table)


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    tried, console = Tried(), Console()

    @seed(options.seed)
    @settings(
        max_examples=options.runs,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.too_slow],
    )
    @given(reader=st.sampled_from(READERS), history=st.randoms(use_true_random=False).map(make_up), plan=PLANS)
    def check(reader: Callable[[History, Plan], Reading], history: History, plan: Plan) -> None:
        tried.run(reader, history, plan)

    console.print(f"{options.runs} runs; once more: make chaos RUNS={options.runs} SEED={options.seed}")
    try:
        check()
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        tried.show(console)
    return 0


if __name__ == "__main__":
    for name in list(os.environ):
        if name.startswith(("CLOUDFLARE_", "REALTIMEKIT_")) or name.lower().endswith("_proxy"):
            del os.environ[name]
    sys.exit(main())
