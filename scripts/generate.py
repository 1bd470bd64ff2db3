"""Generate the package `realtimekit` from its contract.

    python scripts/generate.py                                   openapi.yaml -> generated/
    python scripts/generate.py --spec other.yaml --output DIR    any other contract

All or nothing: where anything fails, the output stays as it was, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "src")]

from generation.contract import ContractError  # noqa: E402  # found through the line above
from generation.output import generate  # noqa: E402

__all__ = ["generate", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--spec", type=Path, default=ROOT / "openapi.yaml", help="the contract (default: openapi.yaml)")
    parser.add_argument("--output", type=Path, default=ROOT / "generated", help="where to (default: generated/)")
    parser.add_argument(
        "--config", type=Path, default=ROOT / "generator-config.yml", help="settings (default: generator-config.yml)"
    )
    options = parser.parse_args(arguments)
    try:
        generate(options.spec, options.output.resolve(), options.config)
    except ContractError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # So that what is half done is cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
