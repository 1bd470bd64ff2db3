"""The generated packages under the eyes of type checkers, all in one run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USER = """
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

import modern_sdk
import names_sdk
import schemas_sdk
import vendor_sdk


def use(client: modern_sdk.Client) -> None:
    pager = client.events.list(before=datetime.now(timezone.utc), per_page=5)
    events: list[modern_sdk.Event] = list(pager)
    page: modern_sdk.EventPage = pager.first_page()
    one: modern_sdk.Event = client.events.get("e", account_id="a")
    source: modern_sdk.SourcePerson | modern_sdk.SourceMachine | None = one.source
    client.events.delete("e")
    print(events, page, source)


async def use_async(client: modern_sdk.AsyncClient) -> None:
    async for event in client.events.list(before=datetime.now(timezone.utc)):
        found: modern_sdk.Event = event
    one: modern_sdk.Event = await client.events.get(5)
    print(found, one)


def shadows(client: names_sdk.Client) -> None:
    day: date = client.client.date()
    shadowed: list[names_sdk.Shadow] = client.client.list(str=["a"])
    by_name: dict[str, names_sdk.Shadow] = client.client.models()
    texts: list[str] = shadowed[0].list
    print(day, by_name, texts)


def enums(client: schemas_sdk.Client) -> None:
    client.responses.scalars(ids=[UUID(int=1)], status="on", level=3)
    client.responses.scalars(ids=[UUID(int=1)], status=schemas_sdk.Status.ON)
    client.responses.scalars(ids=[UUID(int=1)], status="lost")  # type: ignore[arg-type]
    client.responses.scalars()  # type: ignore[call-arg]
    schemas_sdk.models.Cat()  # type: ignore[call-arg]
    schemas_sdk.nothing  # type: ignore[attr-defined]


def vendor(client: vendor_sdk.Client) -> UUID:
    meeting = client.meetings.get_by_id("app", UUID(int=1)).data
    return meeting.id
"""


def test_mypy(packages: Path, tmp_path: Path) -> None:
    (packages / "user.py").write_text(USER)
    names = [arg for name in ("empty", "modern", "names", "schemas", "vendor") for arg in ("-p", f"{name}_sdk")]
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--warn-unreachable",
        "--config-file=",
        f"--cache-dir={tmp_path}",
        "-m",
        "user",
        *names,
    ]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(packages), str(ROOT / "src")])}
    done = subprocess.run(command, cwd=packages, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
