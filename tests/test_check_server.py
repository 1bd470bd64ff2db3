"""`scripts/check_server.py`, which `make contract` and `make fuzz` run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import check_server
import pytest

from realtimekit_emulator import Emulator

MEETING = {"created_at": "2025-01-31T12:00:00Z", "updated_at": "2025-01-31T12:00:00Z", "title": "a", "status": "ACTIVE"}


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "reports"
    monkeypatch.setattr(check_server, "REPORTS", folder)
    return folder


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator() as emulator:
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", emulator.api_token)
        monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", emulator.account_id)
        monkeypatch.setenv("REALTIMEKIT_APP_ID", emulator.app_id)
        # A higher rate, so that the test is short; the real one has a test below.
        monkeypatch.setitem(check_server.READ_ONLY, "rate-limit", "100/s")
        monkeypatch.setattr(check_server, "READ_ONLY_EXAMPLES", 10)
        yield emulator


def test_a_service_gets_only_get(service: Emulator, reports: Path, capfd: pytest.CaptureFixture[str]) -> None:
    service.add_meetings([MEETING] * 45)
    code = check_server.main(["--base-url", service.base_url])
    captured = capfd.readouterr()
    assert code == 0, captured.out
    assert {request.method for request in service.requests} == {"GET"}
    assert {200, 400, 401} <= {request.status for request in service.requests}
    assert service.api_token not in captured.out + captured.err
    written = [path for path in reports.rglob("*") if path.is_file()]
    assert {path.name for path in written} == {"read-only.toml", "read-only.xml", "index.html"}
    assert not any(service.api_token in path.read_text("utf-8") for path in written)


@pytest.mark.parametrize(
    ("broken", "reported"),
    [
        ({"status": "PAUSED"}, "PAUSED"),
        # The SDK reads such a value, so only this command reports it.
        ({"session_keep_alive_time_in_secs": 0}, "0 is less than the minimum of 60"),
    ],
)
def test_what_breaks_the_contract_is_reported(
    service: Emulator,
    reports: Path,
    capfd: pytest.CaptureFixture[str],
    broken: dict[str, Any],
    reported: str,
) -> None:
    service.add_meetings([MEETING | broken])
    assert check_server.main(["--base-url", service.base_url]) == 1
    assert reported in capfd.readouterr().out
    assert reports.is_dir()


def test_the_rate_is_within_the_quota() -> None:
    number, _, unit = check_server.RATE.partition("/")
    assert unit == "s"
    assert int(number) * 300 <= 0.8 * 1200


def test_a_report_with_the_token_is_deleted(reports: Path) -> None:
    (reports / "free").mkdir(parents=True)
    leaky, clean = reports / "free" / "index.html", reports / "free.xml"
    leaky.write_text("<b>0123-secret</b>")
    clean.write_text("<b>nothing</b>")
    assert check_server.leaks("0123-secret") == [leaky]
    assert not leaky.exists()
    assert clean.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--minutes", "x"], "not a number of minutes"),
        (["--minutes", "0"], "not a number of minutes"),
        (["--minutes", "nan"], "not a number of minutes"),
        (["--seed", "x"], "invalid int value"),
        (["--base-url", ""], "not a URL"),
        (["--base-url", "https://[x"], "not a URL"),
        (["--base-url", "https://host:x"], "not a URL"),
        (["--base-url", "https://user@host"], "not a URL"),
        (["--base-url", "ftp://host"], "not a URL"),
        (["--base-url", "http://api.example.com"], "over http others could read the token"),
        (
            ["--base-url", "https://api.example.com"],
            "needs CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID",
        ),
        (["--base-url", "http://localhost", "--minutes", "1"], "--minutes is for the emulator"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        check_server.main(arguments)
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err.splitlines()[-1]
