"""Measure realtimekit beside others, and write docs/benchmarks.md; `make bench` installs the others first.

With --quick: a little of everything that is installed, to show that it runs. Exit codes: 0 done; 1 a count is beyond
its limit, or something failed. A missed budget is shown and fails nothing, since the machine may be busy.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .clients import measure_lists, measure_pages, measure_reading
from .counts import count, measure_memory
from .emulators import measure_emulator, measure_large_database
from .figures import Run
from .programs import ROOT, measure_commands, measure_starts
from .report import write

VENDOR = ROOT / "build/vendor"
PRISM = ROOT / "build/prism/node_modules/@stoplight/prism-cli/dist/index.js"
STEPS = (
    measure_reading,
    measure_pages,
    measure_lists,
    measure_memory,
    measure_starts,
    measure_emulator,
    measure_large_database,
    measure_commands,
    count,
)


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="show that everything runs, and check the counts")
    is_quick = parser.parse_args().quick
    for name, path in (("the vendor's SDK", VENDOR), ("Prism", PRISM)):
        if not path.exists():
            print(f"Without {name}, which make bench installs unless QUICK=1 is set")
    # All requests stay on this machine.
    os.environ["NO_PROXY"] = "127.0.0.1"
    with TemporaryDirectory(prefix="realtimekit-") as place:
        folder = Path(place)
        run = Run(folder, is_quick, VENDOR.exists(), PRISM if PRISM.exists() else None)
        _make_stock_client(folder)
        sys.path += [str(folder), str(VENDOR)]
        for step in STEPS:
            print(step.__doc__, flush=True)
            step(run)
        write(run, folder if is_quick else ROOT / "docs")
    # One round says nothing about time.
    for figure in run.counts if is_quick else (*run.budgets, *run.counts):
        print(f"{figure.what}: {figure.value}; {figure.allowed}{' (missed)' if figure.is_missed else ''}")
    return 1 if any(figure.is_missed for figure in run.counts) else 0


def _make_stock_client(folder: Path) -> None:
    """Let openapi-python-client make the package `stock` of the contract, with its own templates."""
    config = folder / "stock.yml"
    config.write_text("package_name_override: stock\n", "utf-8")
    programs = Path(sys.executable).parent
    command = [str(programs / "openapi-python-client"), "generate", "--path", str(ROOT / "openapi.yaml")]
    command += ["--config", str(config), "--meta", "none", "--output-path", str(folder / "stock")]
    # It calls ruff.
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    # So that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    sys.exit(main())
