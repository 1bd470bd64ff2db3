"""The token is sent in the Authorization header to the configured origin, and is shown nowhere else."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from realtimekit import AsyncClient, Client, ConfigurationError, RealtimeKitError
from realtimekit_runtime.call import Call
from realtimekit_runtime.settings import Secret
from tests.clients import ACCOUNT, APP, TOKEN, AsyncApi, Connect

from .scripted import PAGE, Act, Serve, close, page, response, send

ECHO = {
    "success": False,
    "errors": [{"code": 1, "message": f"Bearer {TOKEN} is unknown", "source": {"pointer": TOKEN}}],
}

FAULTS: dict[str, Act] = {
    "an error that echoes the token": send(response(401, ECHO, cf_ray=TOKEN)),
    "an error that echoes it in capitals": send(response(401, json.dumps(ECHO).replace(TOKEN, TOKEN.upper()).encode())),
    "an error page that echoes it where the message is cut": send(response(502, b"x" * 60 + TOKEN.encode())),
    "a 200 without success that echoes it": send(response(200, ECHO)),
    "a response that breaks the contract with it": send(response(200, {**PAGE, "success": TOKEN, "data": [TOKEN]})),
    "an encoding named like it": send(response(200, PAGE, content_encoding=TOKEN)),
    "HTML named like it": send(response(200, b"<html>", content_type=f"text/{TOKEN}")),
    "a broken response that echoes it": close(f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()),
    "no response": close(),
    "a redirect that carries it away": send(response(302, b"", location=f"https://elsewhere.example/{TOKEN}")),
    "a redirect that is no URL": send(response(302, b"", location=f"javascript:{TOKEN}")),
    "a response that is too large": send(response(200, TOKEN.encode(), 10**12)),
    "no end": send(response(200, b"", 10)),
}


def chain(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        if exc.__cause__ is not None:
            yield from chain(exc.__cause__)
        exc = exc.__context__


def everything_said(error: BaseException) -> str:
    """All that a log, a crash report or a debugger would show of an error."""
    said = [*traceback.format_exception(error)]
    for exc in chain(error):
        said += [str(exc), repr(exc), repr(exc.args), repr(vars(exc)), repr(pickle.dumps(exc))]
        said += [repr(detail.pointer) for detail in getattr(exc, "errors", ())]
        for captured in (
            traceback.TracebackException.from_exception(exc, capture_locals=True),
            traceback.TracebackException(type(exc), exc, exc.__traceback__, capture_locals=True),
        ):
            # Frames of this folder hold the token on purpose.
            said += [repr(frame.locals) for frame in captured.stack if str(Path(__file__).parent) not in frame.filename]
    return "\n".join(said)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_error_shows_the_token(serve: Serve, connect: Connect, fault: Act, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = connect(serve(fault).url, max_retries=1, timeout=0.2)
    with pytest.raises(RealtimeKitError) as caught:
        api.first_page()
    said = everything_said(caught.value)
    # Half a token is a leak as well.
    assert TOKEN[:12].lower() not in said.lower()
    assert "[redacted]" in said or TOKEN not in str(vars(caught.value))
    ours = [record for record in caplog.records if record.name.startswith("realtimekit")]
    assert ours
    assert TOKEN[:12] not in repr([vars(record) for record in ours])


def test_nothing_shows_the_token_when_all_goes_well(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = serve(page())
    api = connect(server.url)
    api.first_page()
    client = api.client
    pager: Any = client.meetings.list(APP)
    request = pager._source.request(1)
    call = Call(request, client._settings, client._quota)
    shown: list[object] = [
        client,
        client.meetings,
        pager,
        pager.pages(),
        iter([pager]),
        request,
        call,
        client._settings,
        client._http,
    ]
    shown += [
        vars(client),
        vars(pager),
        vars(pager._source),
        vars(call),
        client._settings.api_token,
        call.url,
        dir(client),
    ]
    shown += [getattr(client._settings, name) for name in client._settings._fields]
    assert TOKEN not in " ".join(f"{entry!r} {entry}" for entry in shown)
    assert {record.name.split(".")[0] for record in caplog.records} >= {"realtimekit", "httpx", "httpcore"}
    assert TOKEN not in repr([vars(record) for record in caplog.records])
    assert TOKEN not in caplog.text
    assert TOKEN not in server.requests[0].target
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert [name for name, value in server.requests[0].headers.items() if TOKEN in value] == ["authorization"]


def test_the_log_shows_only_what_it_lists(serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "realtimekit")
    api = connect(serve(page(cf_ray="8f1-AMS", set_cookie="session=1234")).url)
    api.first_page(page_no=3, per_page=7)
    (record,) = [record for record in caplog.records if record.name == "realtimekit"]
    said = record.getMessage()
    for fact in ("GET", "/accounts/{account_id}/", "page_no=3", "per_page=7", "200", "8f1-AMS", "attempt 1"):
        assert fact in said
    for private in (ACCOUNT, APP, "session", "Monday", "uthorization"):
        assert private not in said


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_objects_with_the_token_cannot_be_copied(connect: Connect, copied: Callable[[object], object]) -> None:
    client = connect("http://127.0.0.1:1").client
    holders: list[Any] = [client, client._settings.api_token]
    if copied is not copy.copy:
        holders += [client.meetings, client.meetings.list(APP), client._settings]
    for holder in holders:
        with pytest.raises(TypeError, match="cannot be pickled or copied") as caught:
            copied(holder)
        assert TOKEN not in str(caught.value)


# --- broken tokens -------------------------------------------------------------------------------------------

BAD = [
    "",
    " ",
    f"{TOKEN}\n",
    f" {TOKEN}",
    f"Bearer {TOKEN}",
    f"{TOKEN}\r\nX-Evil: 1",
    f"{TOKEN}é",
    f"{TOKEN}\0",
    "\ud800",
]
ODD: list[Any] = [TOKEN.encode(), [TOKEN], {"token": TOKEN}]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("index", range(len(BAD) + len(ODD)))
def test_a_broken_token_is_refused_and_not_shown(
    kind: type[Client | AsyncClient], index: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (BAD + ODD)[index]
    with pytest.raises(ConfigurationError, match="API token") as caught:
        kind(api_token=token)
    assert TOKEN[:12] not in everything_said(caught.value)
    # The environment cannot hold every character.
    if isinstance(token, str) and not {"\0", "\ud800"}.intersection(token):
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", token)
        with pytest.raises(ConfigurationError, match="API token") as caught:
            kind()
        assert TOKEN[:12] not in everything_said(caught.value)


def test_another_setting_that_is_wrong_does_not_show_the_token() -> None:
    wrong: dict[str, Any]
    for wrong in ({"timeout": 0}, {"base_url": "http://elsewhere.example"}, {"http_client": 1}, {"max_retries": -1}):
        with pytest.raises(ConfigurationError) as caught:
            Client(api_token=TOKEN, **wrong)
        assert TOKEN[:12] not in everything_said(caught.value)


@pytest.mark.parametrize(
    "url", [f"https://api.example/{TOKEN}", f"http://api.example/{TOKEN}", f"https://user:{TOKEN}@api.example"]
)
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_base_url_with_a_secret_in_it_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, url: str, by: str
) -> None:
    if by == "environment":
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", url)
    with pytest.raises(ConfigurationError, match="base URL must not carry") as caught:
        Client(api_token=TOKEN, base_url=url if by == "argument" else None)
    assert TOKEN[:12] not in everything_said(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.cloudflare.com/client/v4",
        "http://127.0.0.1.elsewhere.example",
        "http://localhost.elsewhere.example",
        "http://192.168.0.1",
        "http://0.0.0.0",
        "http://127.0.0.1@elsewhere.example",
        "http://127.0.0.1\\.elsewhere.example",
        "HTTP://elsewhere.example",
        "ftp://127.0.0.1",
        "//127.0.0.1",
    ],
)
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_the_token_is_not_sent_over_plain_http(monkeypatch: pytest.MonkeyPatch, url: str, by: str) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", url)
    with pytest.raises(ConfigurationError):
        Client(api_token=TOKEN, base_url=url if by == "argument" else None)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://127.1.2.3", "http://localhost:8080/v4/", "http://[::1]:1"]
)
def test_plain_http_is_allowed_to_this_machine(url: str) -> None:
    assert Client(api_token=TOKEN, base_url=url)._settings.base_url == url.rstrip("/")


class Stuck(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """A transport that is interrupted while it writes the head of a request."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        head = request.headers["authorization"]
        raise KeyboardInterrupt(len(head))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        head = request.headers["authorization"]
        raise asyncio.CancelledError(len(head))


def test_an_interrupt_does_not_show_the_token(connect: Connect) -> None:
    http = connect("https://api.example").http(transport=Stuck())
    api = connect("https://api.example", http_client=http)
    with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)) as caught:
        api.first_page()
    captured = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in captured.stack if frame.name != "test_an_interrupt_does_not_show_the_token"]
    assert TOKEN[:12] not in repr([(frame.name, frame.locals) for frame in frames])
    assert "exchange" in repr([frame.name for frame in frames])


# --- the environment --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_proxies_do_not_see_requests_to_this_machine(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    proxy, server = serve(page()), serve(page())
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    connect(f"{scheme}://127.0.0.1:{server.port}").first_page()
    assert (len(server.requests), len(proxy.requests)) == (1, 0)


def test_nothing_in_the_environment_replaces_the_token(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLOUDFLARE_EMAIL", "somebody@elsewhere.example")
    monkeypatch.setenv("CLOUDFLARE_API_KEY", "c0ffee")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "another")
    server = serve(page())
    connect(server.url).first_page()
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert set(request.headers) == {"accept", "accept-encoding", "authorization", "connection", "host", "user-agent"}


# --- your own http client -------------------------------------------------------------------------------------------


def test_your_http_client_is_used_as_it_is_and_stays_yours(serve: Serve, connect: Connect) -> None:
    sent: list[str] = []

    def hook(request: httpx.Request) -> None:
        sent.append(request.method)

    async def async_hook(request: httpx.Request) -> None:
        hook(request)

    server = serve(page(), send(response(302, b"", location="/x")), page())
    api = connect(server.url)
    http = api.http(
        auth=("somebody", "secret"),
        headers={"X-Mine": "1", "Authorization": "Bearer another"},
        params={"mine": "2", "page_no": "7"},
        event_hooks={"request": [async_hook if isinstance(api, AsyncApi) else hook]},
        follow_redirects=True,
        timeout=77,
    )
    before = (dict(http.headers), http.auth, http.timeout, http.event_hooks, http.follow_redirects, dict(http.params))
    api = connect(server.url, http_client=http)
    api.first_page(per_page=3)
    api.first_page()
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert server.requests[0].headers["x-mine"] == "1"
    assert server.requests[0].target.endswith("?page_no=1&per_page=3&mine=2")
    assert sent == ["GET"] * 3
    api.close()
    assert not http.is_closed
    after = (dict(http.headers), http.auth, http.timeout, http.event_hooks, http.follow_redirects, dict(http.params))
    assert after == before
    api.close(http)


def test_an_http_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"httpx\.Client"):
        Client(api_token=TOKEN, http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"httpx\.AsyncClient"):
        AsyncClient(api_token=TOKEN, http_client=httpx.Client())  # type: ignore[arg-type]


def test_a_secret_is_shown_only_on_request() -> None:
    secret = Secret(TOKEN)
    assert secret.reveal() == TOKEN
    assert TOKEN not in f"{secret!r} {secret} {secret!s}"
    assert secret.redact(f"a {TOKEN} b") == "a [redacted] b"
    assert secret.redact_bytes(json.dumps([TOKEN]).encode()) == b'["[redacted]"]'
