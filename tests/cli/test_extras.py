"""A missing package is one line with the command that installs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def _run(missing: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    hide = f"import sys; sys.modules[{missing!r}] = None; from realtimekit_cli.main import main; sys.exit(main())"
    environment = dict.fromkeys(("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "REALTIMEKIT_APP_ID"), "x") | {
        "CLOUDFLARE_BASE_URL": "http://127.0.0.1:9"
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", hide, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("click", ["--help"]),
        ("rich", ["meetings", "list", "-o", "table"]),
        ("dateutil", ["meetings", "list", "--start-time", "yesterday"]),
    ],
)
def test_without_the_extra_cli(missing: str, arguments: list[str]) -> None:
    done = _run(missing, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: the command line needs {missing}, which is not installed: run `pip install 'realtimekit[cli]'`\n"
    )


@pytest.mark.parametrize("missing", ["sqlalchemy", "uvicorn"])
def test_without_the_extra_emulator(missing: str) -> None:
    done = _run(missing, "emulator", "serve", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert missing in done.stderr
    assert "pip install 'realtimekit[emulator]'" in done.stderr


def test_a_missing_module_of_our_own_is_not_called_a_missing_extra() -> None:
    done = _run("realtimekit_emulator.commands", "emulator", "serve")
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize(
    ("missing", "out", "extra"),
    [
        ("pyarrow", "out.parquet", "parquet"),
        pytest.param(
            "backports.zstd",
            "out.csv.zst",
            "zstd",
            marks=pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has it"),
        ),
    ],
)
def test_without_the_extra_of_a_format(missing: str, out: str, extra: str, tmp_path: Path) -> None:
    done = _run(missing, "meetings", "export", str(tmp_path / out))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {missing} is not installed: run `pip install 'realtimekit[{extra}]'`\n"
    assert list(tmp_path.iterdir()) == []
