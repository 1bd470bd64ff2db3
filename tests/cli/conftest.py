"""The command, run in this process against a live emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from realtimekit_cli.app import run
from realtimekit_emulator import Emulator


class Result(NamedTuple):
    """The result of a run of the command."""

    code: int
    out: str
    err: str

    @property
    def items(self) -> list[dict[str, Any]]:
        """The lines of NDJSON."""
        return [json.loads(line) for line in self.out.split("\n")[:-1]]


Cli = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[str]]

COMMAND = [sys.executable, "-W", "error", "-m", "realtimekit_cli"]


@pytest.fixture
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file for profiles, which is not there yet."""
    return tmp_path_factory.mktemp("config") / "realtimekit.toml"


@pytest.fixture
def environment(realtimekit_emulator: Emulator, profiles: Path) -> dict[str, str]:
    """What `realtimekit emulator serve` prints to export, and where a profile would be."""
    return {
        "XDG_CONFIG_HOME": str(profiles.parent),
        "CLOUDFLARE_BASE_URL": realtimekit_emulator.base_url,
        "CLOUDFLARE_API_TOKEN": realtimekit_emulator.api_token,
        "CLOUDFLARE_ACCOUNT_ID": realtimekit_emulator.account_id,
        "REALTIMEKIT_APP_ID": realtimekit_emulator.app_id,
    }


@pytest.fixture
def cli(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    """Run `realtimekit` with these arguments, and check that it does not show the token."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> Result:
        code = run(arguments)
        captured = capsysbinary.readouterr()
        result = Result(code, captured.out.decode(), captured.err.decode())
        assert environment["CLOUDFLARE_API_TOKEN"] not in result.out + result.err
        return result

    return call


@pytest.fixture
def process(environment: dict[str, str]) -> Process:
    """Run `realtimekit` with these arguments in a process of its own; options are those of `subprocess.run`."""

    def call(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.run([*COMMAND, *arguments], env=os.environ | environment, text=True, check=False, **streams)

    return call
