"""How much memory, how many requests and how many instructions reading takes."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

from realtimekit_emulator import Emulator

from .contenders import ACCOUNT, APP, OURS, STRUCTS, TOKEN, read_list, reader
from .figures import Figure, Run
from .server import serve

__all__ = ["count", "measure_memory"]

# Not from `resource`, where a process has at least the peak of the one that started it.
_PEAK = """
import re, sys
from pathlib import Path
from benchmarks.contenders import read_list
read_list(sys.argv[1])
kilobytes = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
print(int(kilobytes) / 1000)
"""
# valgrind counts the instructions of both processes: one ends before the pages are read.
_PAGES = 5
_FORKING = f"""
import os, sys
from benchmarks.contenders import reader
read = reader(sys.argv[1])
read()
if child := os.fork():
    os.waitpid(child, 0)
    for _ in range({_PAGES}):
        read()
"""
_INSTRUCTIONS = re.compile(r"I +refs: +([\d,]+)")


def measure_memory(run: Run) -> None:
    """See how much more memory a long list takes than a short one."""
    few, many = 2_000, 4_000 if run.is_quick else 200_000

    def peak(meetings: int) -> float:
        with serve(meetings, 100) as url:
            return float(subprocess.check_output([sys.executable, "-c", _PEAK, url]))

    samples = run.in_turns({"more": lambda: peak(many) - peak(few)}, rounds=3)["more"]
    run.budgets.append(Figure(f"Memory to read {many:,} meetings, over that for {few:,}", samples, "MB", 24))


def count(run: Run) -> None:
    """Count requests, bytes, blocks of memory and instructions."""
    # The limits leave some room for other versions of Python and of the libraries.
    few, _ = _requests(20)
    many, size = _requests(10_000)
    blocks, struct_blocks = _blocks(OURS), _blocks(STRUCTS)
    # What a meeting takes depends on the contract: the limits follow a Struct with the same fields.
    run.counts += [
        Figure("Requests for a list of one page", [few], "", 1),
        # The last page is full, so one more request finds out that nothing follows.
        Figure("Requests for 10,000 meetings, 100 a page", [many], "", 101),
        Figure("Size of a request, without its token", [size], "bytes", 500),
        Figure("Blocks of memory for a meeting", [blocks], "", 1.4 * struct_blocks),
        Figure("Blocks of memory for a Struct of msgspec", [struct_blocks]),
        Figure("Memory kept by one meeting of a page of 1,000", [_kept_bytes() / 1000], "KB", 400),
    ]
    if not shutil.which("valgrind"):
        print("valgrind is not installed, so instructions are not counted")
        return
    with ThreadPoolExecutor() as pool:
        ours, structs = pool.map(_instructions, (OURS, STRUCTS))
    run.counts += [
        Figure("Instructions to read a meeting", [ours], "", 2.4 * structs),
        Figure("Instructions to read it into a Struct of msgspec", [structs]),
    ]


def _requests(meetings: int) -> tuple[int, float]:
    """How many requests a list takes, and how large the last one is."""
    with Emulator() as emulator:
        emulator.add_token(TOKEN, accounts=[ACCOUNT])
        emulator.add_meetings(meetings, app_id=emulator.add_app(APP, account_id=ACCOUNT))
        read_list(emulator.base_url)
        requests = emulator.requests
    last = requests[-1]
    lines = [f"GET {last.path}?{last.query_string} HTTP/1.1", *map(": ".join, last.headers.items()), ""]
    return len(requests), len("\r\n".join(lines)) + 2


def _blocks(contender: str) -> float:
    """Blocks of memory that a meeting takes on a page of 1,000."""
    read = reader(contender)
    read()
    gc.collect()
    before = sys.getallocatedblocks()
    page = read()
    after = sys.getallocatedblocks()
    del page
    return (after - before) / 1000


def _kept_bytes() -> float:
    """Bytes that stay in memory with one meeting of a page of 1,000."""
    read = reader(OURS)
    read()
    gc.collect()
    tracemalloc.start()
    meeting = read().data[0]
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del meeting
    return size


def _instructions(contender: str) -> float:
    """Instructions to read a meeting on a page of 1,000."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command += [sys.executable, "-c", _FORKING, contender]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    nothing, pages = (int(number.replace(",", "")) for number in _INSTRUCTIONS.findall(done.stderr))
    return (pages - nothing) / _PAGES / 1000
