"""The generated packages under the eyes of type checkers, all in one run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USER = """
from datetime import date, datetime, timezone
from uuid import UUID

import small_sdk
import vendor_sdk


def use(client: small_sdk.Client) -> None:
    things: list[small_sdk.Thing] = client.things.list(str_=["a"])
    days: date | None | small_sdk.Unset = things[0].date
    one: small_sdk.Thing | None | small_sdk.Unset = client.things.get("c", UUID(int=1), url_query="u").thing
    client.things.get("c", UUID(int=1), url_query="u", status="on", since=datetime.now(timezone.utc))
    client.things.get("c", UUID(int=1), url_query="u", status=small_sdk.Status.ON)
    client.things.get("c", UUID(int=1), url_query="u", status="lost")  # type: ignore[arg-type]
    client.things.get("c", UUID(int=1))  # type: ignore[call-arg]
    small_sdk.Cat()  # type: ignore[call-arg]
    small_sdk.nothing  # type: ignore[attr-defined]
    print(days, one)


async def use_async(client: small_sdk.AsyncClient) -> None:
    text: str = await client.things.text()
    print(text)


def vendor(client: vendor_sdk.Client) -> UUID:
    return client.meetings.get_by_id("app", UUID(int=1)).data.id
"""


def test_mypy(packages: Path, tmp_path: Path) -> None:
    (packages / "user.py").write_text(USER)
    options = ["--strict", "--warn-unreachable", "--config-file=", f"--cache-dir={tmp_path}"]
    command = [sys.executable, "-m", "mypy", *options, "-m", "user", "-p", "small_sdk", "-p", "vendor_sdk"]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(packages), str(ROOT / "src")])}
    done = subprocess.run(command, cwd=packages, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
