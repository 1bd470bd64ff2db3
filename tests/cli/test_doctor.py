"""`realtimekit doctor` names what is wrong, sends one request at the most, and shows no secret."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pytest

from realtimekit.api import TAGS
from realtimekit_cli import exits
from realtimekit_cli.doctor import _smallest
from realtimekit_emulator import Emulator
from realtimekit_runtime.models import Meta
from realtimekit_runtime.operations import Operation, Pagination, Parameter
from tests.runtime.scripted import Server, response, send

from .conftest import Cli

VARIABLES = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "REALTIMEKIT_APP_ID")
# In this order, a request meets them.
NAMES = [
    "versions", "profile", "base URL", "proxy", "certificates", "service", "token", "permission", "account", "app",
]  # fmt: skip
SECRET = "pass-word"


class Report(NamedTuple):
    """What was printed."""

    code: int
    words: dict[str, str]
    texts: dict[str, str]
    err: str

    @property
    def at_fault(self) -> list[str]:
        """What is wrong."""
        return [name for name, word in self.words.items() if word == "error"]


class Doctor:
    """Runs the command."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def __call__(self, *arguments: str) -> Report:
        code, out, err = self._cli("doctor", *arguments)
        assert SECRET not in out + err
        words, texts = {}, {}
        for line in out.splitlines():
            word, name, text = re.split(" {2,}", line, maxsplit=2)
            words[name], texts[name] = word, text
        assert list(words) == NAMES
        assert set(words.values()) <= {"ok", "error", "-"}
        return Report(code, words, texts, err)


@pytest.fixture
def doctor(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Doctor(cli)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_everything_works_and_one_request_is_sent(doctor: Doctor, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(45)
    report = doctor()
    assert (report.code, set(report.words.values()), report.err) == (0, {"ok"}, "")
    assert [request.query for request in realtimekit_emulator.requests] == [{"page_no": "1", "per_page": "1"}]
    assert "45 items" in report.texts["service"]
    assert report.texts["token"] == "from CLOUDFLARE_API_TOKEN"
    assert report.texts["app"] == f"{realtimekit_emulator.app_id}, from REALTIMEKIT_APP_ID"
    assert report.texts["base URL"].startswith(realtimekit_emulator.base_url)


def test_all_that_is_missing_is_named_at_once(
    doctor: Doctor, realtimekit_emulator: Emulator, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name)
    report = doctor()
    assert (report.code, report.at_fault) == (exits.USAGE, ["token", "account", "app"])
    for name, variable in zip(report.at_fault, VARIABLES, strict=True):
        assert f"set {variable}" in report.texts[name]
        assert f"into {profiles}" in report.texts[name]
    assert report.words["service"] == "-"
    assert not realtimekit_emulator.requests


def test_all_that_is_wrong_is_named_at_once(
    doctor: Doctor, realtimekit_emulator: Emulator, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles.write_text("nonsense")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", f"{SECRET} of two words")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"https://me:{SECRET}@host")
    monkeypatch.setattr(
        "realtimekit_cli.doctor_local.requires", lambda _: ["httpx>=999", 'none; extra == "x"', "no>=1"]
    )
    report = doctor("--app-id", "x" * 1000)
    assert report.code == exits.USAGE
    assert report.at_fault == ["versions", "profile", "base URL", "token", "app"]
    assert "run `pip install 'httpx>=999'`" in report.texts["versions"]
    assert "is no TOML" in report.texts["profile"]
    assert "(CLOUDFLARE_BASE_URL)" in report.texts["base URL"]
    assert "(CLOUDFLARE_API_TOKEN)" in report.texts["token"]
    assert report.texts["app"].startswith("from --app-id: ")
    assert not realtimekit_emulator.requests


@pytest.mark.parametrize(
    ("fault", "at_fault", "code", "words"),
    [
        ({"status": 401}, "token", 3, ("from CLOUDFLARE_API_TOKEN", "401")),
        ({"status": 403}, "permission", 4, ("403", "the token needs one of the permissions")),
        ({"status": 404}, "app", 5, ("from REALTIMEKIT_APP_ID", "check the identifiers")),
        (
            {"status": 404, "body": "<html>", "content_type": "text/html"},
            "base URL",
            5,
            ("the contract's base URL is",),
        ),
        (
            {"status": 200, "body": "<html>", "content_type": "text/html"},
            "base URL",
            8,
            ("the contract's base URL is",),
        ),
        ({"status": 200, "body": {"other": 1}}, "base URL", 8, ("the contract's base URL is",)),
        ({"status": 302, "headers": {"Location": "https://other/"}}, "base URL", 8, ("another origin",)),
        ({"status": 429, "retry_after": 7}, "service", 6, ("try again in 7 s",)),
        ({"status": 503}, "service", 8, ("503", "try again later")),
        ({"disconnect": True}, "service", 7, ("check the base URL and the network",)),
    ],
)
def test_one_request_says_what_is_at_fault(
    doctor: Doctor,
    realtimekit_emulator: Emulator,
    fault: dict[str, Any],
    at_fault: str,
    code: int,
    words: tuple[str, ...],
) -> None:
    realtimekit_emulator.fail_next(**fault)
    report = doctor()
    assert (report.code, report.at_fault) == (code, [at_fault])
    for word in words:
        assert word in report.texts[at_fault]
    # What the request met before works; how the rest is, nobody knows.
    place = NAMES.index(at_fault)
    assert [report.words[name] for name in NAMES] == ["ok"] * place + ["error"] + ["-"] * (len(NAMES) - place - 1)
    assert len(realtimekit_emulator.requests) == 1


def test_an_item_that_breaks_the_contract_is_no_fault_of_the_settings(
    doctor: Doctor, realtimekit_emulator: Emulator
) -> None:
    paging = {"start_offset": 1, "end_offset": 1, "total_count": 1}
    realtimekit_emulator.fail_next(status=200, body={"data": [{"id": 1}], "paging": paging, "success": True})
    assert doctor().code == 0


def test_a_service_that_is_not_there(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"http://127.0.0.1:{_closed_port()}")
    report = doctor()
    assert (report.code, report.at_fault) == (7, ["service"])
    assert "No connection" in report.texts["service"]


def test_a_service_that_does_not_respond(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        report = doctor("--timeout", "0.05")
    assert (report.code, report.at_fault) == (7, ["service"])


def test_a_certificate_that_is_not_trusted(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with Server(tls=True) as server:
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", server.url)
        report = doctor()
    assert (report.code, report.at_fault) == (7, ["certificates"])
    assert "SSL_CERT_FILE names another authority" in report.texts["certificates"]


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_are_not_there(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, "/nowhere")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://localhost:1")
    report = doctor()
    assert (report.code, report.at_fault) == (exits.USAGE, ["certificates"])
    assert report.texts["certificates"] == f"those in /nowhere, from {variable}: No such file or directory"


@pytest.mark.parametrize(
    ("proxy", "code", "words"),
    [
        ("http://me:{secret}@127.0.0.1:{port}", 7, ("http://127.0.0.1:", "No connection", "NO_PROXY")),
        ("socks5://me:{secret}@127.0.0.1:{port}", exits.USAGE, ("socks",)),
        ("http://me:{secret}/@127.0.0.1:{port}", exits.USAGE, ("not a URL", "correct HTTPS_PROXY")),
        ("nonsense://me:{secret}@127.0.0.1:{port}", exits.USAGE, ("scheme", "correct HTTPS_PROXY")),
    ],
)
def test_a_proxy_that_does_not_work_is_named_without_its_password(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, proxy: str, code: int, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://api.invalid")
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(secret=SECRET, port=_closed_port()))
    report = doctor()
    assert (report.code, report.at_fault) == (code, ["proxy"])
    for word in words:
        assert word in report.texts["proxy"]
    assert {report.words[name] for name in NAMES[NAMES.index("service") : 7]} <= {"-", "ok"}


def test_a_proxy_that_refuses(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://api.invalid")
    with Server(send(response(407, b""))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{SECRET}@127.0.0.1:{proxy.port}")
        report = doctor()
    assert (report.code, report.at_fault) == (7, ["proxy"])
    assert "refused the connection" in report.texts["proxy"]
    assert "407" in report.texts["proxy"]


def test_http_beyond_this_machine(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://api.invalid")
    report = doctor()
    assert (report.code, report.at_fault) == (exits.USAGE, ["base URL"])
    assert "REALTIMEKIT_ALLOW_HTTP=1" in report.texts["base URL"]


def test_what_comes_from_the_profile_and_what_beats_it(
    doctor: Doctor, realtimekit_emulator: Emulator, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REALTIMEKIT_APP_ID")
    profiles.write_text(
        f"[mine]\napi_token = 'other'\napp_id = {realtimekit_emulator.app_id!r}\naccount_id = 'other'\n"
    )
    profiles.chmod(0o600)
    report = doctor("--profile", "mine")
    assert report.code == 0
    assert report.texts["profile"] == f"[mine] in {profiles}"
    assert report.texts["app"].endswith(", from app_id of the profile 'mine'")
    assert report.texts["token"] == "from CLOUDFLARE_API_TOKEN, which beats the profile"
    assert report.texts["account"].endswith(", from CLOUDFLARE_ACCOUNT_ID, which beats the profile")


def test_verbose_shows_the_request(doctor: Doctor) -> None:
    assert doctor("-v").err.startswith("debug: GET ")


def test_a_contract_without_a_list_gives_nothing_to_ask_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for tag in list(TAGS):
        monkeypatch.delitem(TAGS, tag)
    result = cli("doctor")
    assert result.code == exits.USAGE
    assert "The contract has no list" in result.err


@pytest.mark.parametrize(
    ("limits", "smallest"),
    [(Meta(), 1), (Meta(ge=0), 1), (Meta(ge=10, le=100), 10), (Meta(gt=4), 5), (Meta(gt=-9, le=3), 1)],
)
def test_the_smallest_page_that_the_contract_allows_is_asked_for(limits: Meta, smallest: int) -> None:
    size = Parameter("pageSize", "query", lambda: Annotated[int, limits], renamed="page_size")
    pagination = Pagination(page="page", size="pageSize", items="items")
    operation = Operation("op", "GET", "/", lambda: None, parameters=(size,), pagination=pagination)
    assert _smallest(operation) == {"page_size": smallest}
    assert _smallest(operation._replace(pagination=Pagination(page="page", items="items"))) == {}
