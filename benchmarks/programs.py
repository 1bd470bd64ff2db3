"""How long programs take: the starts that users wait for, and the commands of whoever changes the code."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from .figures import Figure, Group, Run, ratio
from .server import serve

__all__ = ["measure_commands", "measure_starts"]

ROOT = Path(__file__).parent.parent
_OURS = "from realtimekit import Client; Client(api_token='made-up', account_id='made-up', base_url='{}').meetings"
_VENDOR = """
import sys
sys.path.append('build/vendor')
from cloudflare import Cloudflare
Cloudflare(api_token='made-up', base_url='{}').realtime_kit.meetings"""


def measure_starts(run: Run) -> None:
    """Start clients and the command line."""
    with serve(20, 20) as url:
        samples = _starts(run, _OURS.format(url), _VENDOR.format(url))
    text = (
        "CPU time of a program over that of an empty one. The clients are made and their `meetings` looked up; then, "
        "where it says so, a page of 20 is read."
    )
    run.groups.append(Group("start", "Start", text, "ms", samples))
    what = "Start to a client with its `meetings`, over bare Python"
    faster = ratio(samples, "cloudflare.Cloudflare", "realtimekit.Client")
    run.budgets += [
        Figure(what, faster, "times as fast as the vendor's SDK", 3, is_least=True),
        Figure(what, ratio(samples, "realtimekit.Client", "import httpx"), "times as long as `import httpx`", 1.25),
        Figure("`import realtimekit`, over bare Python", samples["import realtimekit"], "ms", 10),
        Figure("`realtimekit --help`, over bare Python", samples["realtimekit --help"], "ms", 80),
    ]


def _starts(run: Run, ours: str, vendor: str) -> dict[str, list[float]]:
    programs = {
        "import realtimekit": "import realtimekit",
        "realtimekit.Client": ours,
        "realtimekit.Client, a page read": f"{ours}.list('made-up').first_page()",
        "import httpx": "import httpx",
    }
    if run.has_vendor:
        programs["cloudflare.Cloudflare"] = vendor
        programs["cloudflare.Cloudflare, a page read"] = f"{vendor}.get('made-up', account_id='made-up')"
    commands = {name: [sys.executable, "-c", program] for name, program in programs.items()}
    commands["realtimekit --help"] = [str(Path(sys.executable).with_name("realtimekit")), "--help"]
    for command in commands.values():
        # The first start compiles.
        _cpu_milliseconds(command)
    bare = [sys.executable, "-c", "pass"]
    measures = {
        name: lambda c=command: _cpu_milliseconds(c) - _cpu_milliseconds(bare) for name, command in commands.items()
    }
    return run.in_turns(measures, rounds=15)


def measure_commands(run: Run) -> None:
    """Generate and test."""
    if run.is_quick:
        # CI does both anyway.
        return
    # `make generate` itself would change the tree.
    generate = [sys.executable, "scripts/generate.py", "--output", str(run.folder / "generated")]
    generation = run.in_turns({"s": lambda: _seconds(["make", "lint-contract"]) + _seconds(generate)}, rounds=3)["s"]
    run.budgets += [
        Figure("`make generate`", generation, "s", 4),
        Figure("`make test`", [_seconds(["make", "test"])], "s", 90),
    ]


def _cpu_milliseconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    # Without the options of the make that runs this.
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-5000:]}{done.stderr[-5000:]}")
    return time.perf_counter() - started
