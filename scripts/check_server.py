"""Send a running server requests that the contract allows and forbids, and judge its responses by the contract.

    python scripts/check_server.py                       an emulator of its own, the same requests every time
    python scripts/check_server.py --minutes 5           random requests for that long; --seed repeats them
    python scripts/check_server.py --base-url URL        any server, with GET only and within the service's quota

The last one needs CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID and REALTIMEKIT_APP_ID in the environment. JUnit and HTML
reports go to build/contract/. Exit codes: 0 the server keeps the contract, 1 it does not, 2 usage.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import tomlkit
import yaml
from emulator_process import emulator
from urls import is_loopback

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "contract"
VARIABLES = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "REALTIMEKIT_APP_ID")
# More than one page of any size that the emulator serves.
MEETINGS = 250
# Of each run; the operations of the contract share them.
EXAMPLES = 500
READ_ONLY_EXAMPLES = 100
# 900 in the five minutes for which the quota is 1,200, and never many at once.
RATE = "3/s"

# The settings of the repository take the credentials from the environment, and pin the account and the app, so that the
# response to nearly every valid request is a page of meetings.
PINNED: dict[str, Any] = tomllib.loads((ROOT / "schemathesis.toml").read_text("utf-8"))
# Sends only GET, and the token to no other server.
READ_ONLY: dict[str, Any] = PINNED | {
    "phases": PINNED["phases"] | {"coverage": {"unexpected-methods": []}},
    "rate-limit": RATE,
    "max-redirects": 0,
}
RANDOM: dict[str, Any] = {"generation": PINNED["generation"] | {"deterministic": False}}


def free(values: Mapping[str, str]) -> dict[str, Any]:
    """Settings that make up the path too, with known values most of the time: all others give a 403 or 404."""
    return PINNED | {
        "dictionaries": {
            "accounts": {"values": [values["CLOUDFLARE_ACCOUNT_ID"]]},
            "apps": {"values": [values["REALTIMEKIT_APP_ID"]]},
        },
        "parameters": {
            "path.account_id": {"dictionary": "accounts", "probability": 0.75},
            "path.app_id": {"dictionary": "apps", "probability": 0.75},
        },
    }


def run(name: str, values: Mapping[str, str], settings: Mapping[str, Any], *options: str) -> bool:
    """Run schemathesis once, print what it says, and say whether it found nothing wrong."""
    print(f"\n== {name}: {values['CLOUDFLARE_BASE_URL']}", flush=True)
    file = REPORTS / f"{name}.toml"
    file.write_text(tomlkit.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "--no-color"]
    command += ["run", str(ROOT / "openapi.yaml"), *options]
    command += ["--report-junit-path", str(REPORTS / f"{name}.xml"), "--report-html-path", str(REPORTS / name)]
    # A .netrc file would replace the token, and a proxy would see it.
    environment = {**os.environ, **values, "NETRC": os.devnull}
    if is_loopback(values["CLOUDFLARE_BASE_URL"]):
        environment["NO_PROXY"] = "*"
    token = values["CLOUDFLARE_API_TOKEN"]
    secret = True
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in cast("IO[str]", process.stdout):
            secret = secret and token not in line
            print(line.replace(token, "[the token]"), end="", flush=True)
    if not secret:
        print("error: schemathesis printed the token (replaced above)", file=sys.stderr)
    return process.returncode == 0 and secret


def examples(count: int) -> list[str]:
    """The option that makes all operations of the contract have so many examples together."""
    paths = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["paths"].values()
    operations = sum("operationId" in operation for path in paths for operation in path.values())
    return ["--max-examples", str(max(1, count // operations))]


def leaks(token: str) -> list[Path]:
    """Delete the reports that have the token in them; return their paths."""
    found = [path for path in sorted(REPORTS.rglob("*")) if path.is_file() and token.encode() in path.read_bytes()]
    for path in found:
        path.unlink()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _options(arguments)
    seed = options.seed
    if options.minutes is not None and seed is None:
        seed = random.SystemRandom().randrange(2**32)
    REPORTS.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {} if seed is None else RANDOM
    common = [] if seed is None else ["--seed", str(seed)]
    if options.minutes is not None:
        # Each of the two runs has half of the time, and sends other requests until then.
        common += ["--max-time", str(max(1, round(options.minutes * 30)))]
        print(f"Seed {seed}. To repeat this: make fuzz MINUTES={options.minutes:g} SEED={seed}")
    if options.base_url is not None:
        values = {name: os.environ[name] for name in VARIABLES} | {"CLOUDFLARE_BASE_URL": options.base_url}
        common += ["--include-method", "GET", *examples(READ_ONLY_EXAMPLES)]
        passed = [run("read-only", values, READ_ONLY | settings, *common)]
    else:
        with emulator("--seed", str(MEETINGS)) as values:
            if options.minutes is None:
                common += examples(EXAMPLES)
            passed = [
                run("free", values, free(values) | settings, *common),
                run("pinned", values, PINNED | settings, *common),
            ]
    leaked = leaks(values["CLOUDFLARE_API_TOKEN"])
    for path in leaked:
        print(f"error: the token was in {path}, which is deleted", file=sys.stderr)
    print(f"\nReports: {REPORTS}")
    return 0 if all(passed) and not leaked else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--base-url", type=_url, metavar="URL", help="ask this server, with GET only")
    parser.add_argument("--minutes", type=_minutes, metavar="M", help="random requests for that long")
    parser.add_argument("--seed", type=int, metavar="N", help="the random seed")
    options = parser.parse_args(arguments)
    if options.base_url is None:
        return options
    if options.minutes is not None:
        parser.error("--minutes is for the emulator; leave it out with --base-url")
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if missing:
        parser.error(f"--base-url needs {', '.join(missing)} in the environment; export it first")
    return options


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
    except ValueError:
        usable = False
    if not usable or any(mark in text for mark in "?#@"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL such as https://host/client/v4")
    if urlsplit(text).scheme == "http" and not is_loopback(text):
        raise argparse.ArgumentTypeError("over http others could read the token on its way; give an https URL")
    return text


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0
    if not 0 < minutes <= 24 * 60:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes, up to a day")
    return minutes


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
