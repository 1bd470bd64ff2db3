"""The control endpoints: what they do to the endpoint, and whom they let in."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator
from realtimekit_emulator.control import ControlledApp
from realtimekit_emulator.server import LiveServer

from .conftest import CONTRACT

TOKEN = "token-of-the-control-endpoints"
Control = Callable[..., httpx.Response]
Read = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def controlled() -> Iterator[tuple[Emulator, httpx.Client]]:
    emulator = Emulator(contract=CONTRACT)
    server = LiveServer(ControlledApp(emulator, TOKEN))
    with httpx.Client(base_url=server.origin, trust_env=False) as client:
        yield emulator, client
    server.close()
    emulator.close()


@pytest.fixture
def control(controlled: tuple[Emulator, httpx.Client]) -> Control:
    """Send a request to a control endpoint, with its token unless other headers are given."""
    emulator, client = controlled
    emulator.reset()

    def send(method: str, name: str, body: Any = None, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": f"Bearer {TOKEN}"})
        return client.request(method, f"/_emulator/{name}", json=body, **options)

    return send


@pytest.fixture
def read(controlled: tuple[Emulator, httpx.Client]) -> Read:
    """Read a page of meetings as a client of the API does."""
    emulator, client = controlled

    def get(query: str = "", *, account: str = "", app_id: str = "", token: str = "") -> httpx.Response:
        account, app_id = account or emulator.account_id, app_id or emulator.app_id
        headers = {"Authorization": f"Bearer {token or emulator.api_token}"}
        return client.get(f"/client/v4/accounts/{account}/realtime/kit/{app_id}/meetings{query}", headers=headers)

    return get


def total(response: httpx.Response) -> int:
    return int(response.json()["paging"]["total_count"])


def test_meetings_are_added_listed_and_removed(control: Control, read: Read) -> None:
    assert len(control("POST", "meetings", {"meetings": 30}).json()["data"]) == 30
    given = {"title": "Paper moon", "colour": "red", "status": "INACTIVE"}
    added = control("POST", "meetings", {"meetings": [given]})
    assert (added.status_code, added.json()["data"][0].items() >= given.items()) == (201, True)
    page = control("GET", "meetings?per_page=7&page_no=2").json()
    assert (len(page["data"]), page["paging"]["start_offset"]) == (7, 8)
    assert control("GET", "meetings?search=paper%20MOON&status=INACTIVE").json()["data"] == added.json()["data"]
    assert total(read()) == 31
    assert control("POST", "reset").status_code == 204
    assert total(read()) == 0


def test_all_meetings_are_added_or_none(control: Control, read: Read) -> None:
    twice = {"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "created_at": "2026-02-30T00:00:00Z"}
    response = control("POST", "meetings", {"meetings": [{"title": "a"}, twice]})
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"].startswith("/body/meetings")
    assert total(read()) == 0


def test_apps_and_tokens_are_added(control: Control, read: Read) -> None:
    other = "b" * 32
    assert control("POST", "apps", {"id": "rooms", "account_id": other}).json()["meetings"] == 0
    made_up = control("POST", "apps").json()["id"]
    control("POST", "meetings", {"meetings": 2, "app_id": "rooms"})
    listed = control("GET", "apps").json()["data"]
    assert [(each["id"], each["meetings"]) for each in listed[1:]] == [("rooms", 2), (made_up, 0)]
    token = control("POST", "tokens", {"accounts": [other], "permissions": ["Realtime"]}).json()["token"]
    assert total(read(account=other, app_id="rooms", token=token)) == 2
    assert read(token=token).status_code == 403
    powerless = control("POST", "tokens", {"token": "token-without-rights", "permissions": []}).json()["token"]
    assert read(token=powerless).status_code == 403


def test_what_is_not_there_or_taken_is_named(control: Control) -> None:
    assert control("POST", "apps", {"id": "rooms", "account_id": "b" * 32}).status_code == 201
    for method, name, body, status, words in [
        ("POST", "apps", {"id": "rooms"}, 409, "choose another id"),
        ("GET", "meetings?app_id=none", None, 404, "no app none"),
        ("POST", "meetings", {"meetings": 1, "app_id": "none"}, 404, "no app none"),
        ("POST", "tokens", {"permissions": ["Nothing"]}, 400, "Realtime Admin"),
        ("PATCH", "settings", {"latencies": 1}, 400, "latencies"),
        ("POST", "apps", {"id": "a/b"}, 400, "a/b"),
        ("GET", "none", None, 404, "openapi.json"),
    ]:
        response = control(method, name, body)
        assert (response.status_code, words in response.text) == (status, True), response.text


def test_settings_take_effect_and_are_restored(control: Control, read: Read) -> None:
    start = control("GET", "settings").json()
    control("POST", "meetings", {"meetings": 9})
    changed = control("PATCH", "settings", {"max_per_page": 4, "rate_limit": {"requests": 2, "seconds": 60}}).json()
    assert changed == {**start, "max_per_page": 4, "rate_limit": {"requests": 2, "seconds": 60}}
    assert len(read().json()["data"]) == 4
    assert [read().status_code for _ in range(2)] == [200, 429]
    control("PATCH", "settings", {"rate_limit": None, "latency": 0.03, "failures": {"share": 1}})
    failed = read()
    assert (failed.status_code, failed.elapsed.total_seconds() >= 0.03) == (503, True)
    # Nothing slows, fails or counts a control request.
    assert control("GET", "meetings").elapsed.total_seconds() < failed.elapsed.total_seconds() + 1
    control("POST", "reset")
    assert control("GET", "settings").json() == start
    assert read().status_code == 200


def test_the_next_requests_fail_until_the_faults_are_dropped(control: Control, read: Read) -> None:
    assert control("POST", "faults", {"status": 429, "retry_after": 3, "times": 2}).status_code == 204
    control("POST", "faults", {"status": 200, "body": {"success": False}, "headers": {"X-A": "b"}})
    control("POST", "faults", {"disconnect": True})
    assert [each["status"] for each in control("GET", "faults").json()["data"]] == [429, 429, 200, 500]
    first, _, third = (read() for _ in range(3))
    assert (first.status_code, first.headers["retry-after"]) == (429, "3")
    assert (third.json(), third.headers["x-a"]) == ({"success": False}, "b")
    assert control("GET", "faults").json()["data"] == [{"status": 500, "cut_after": -1}]
    assert control("DELETE", "faults").status_code == 204
    assert read().status_code == 200


def test_the_requests_of_the_api_are_listed_without_tokens(
    control: Control, read: Read, controlled: tuple[Emulator, httpx.Client]
) -> None:
    read("?page_no=1")
    read("?page_no=x")
    listed = control("GET", "requests")
    assert [(each["status"], each["query_string"]) for each in listed.json()["data"]] == [
        (200, "page_no=1"),
        (400, "page_no=x"),
    ]
    assert controlled[0].api_token not in listed.text
    assert TOKEN not in listed.text
    assert len(control("GET", "requests?last=1").json()["data"]) == 1
    control("DELETE", "requests")
    assert control("GET", "requests").json()["data"] == []


def test_each_token_opens_its_own_endpoints_only(
    control: Control, read: Read, controlled: tuple[Emulator, httpx.Client]
) -> None:
    document = control("GET", "openapi.json", headers={}).json()
    assert control("GET", "contract.json", headers={}).json()["openapi"]
    assert read(token=TOKEN).status_code == 401
    assert control("POST", "tokens", {"token": TOKEN}).status_code == 409
    for path, node in document["paths"].items():
        for method in node:
            for token in ("", controlled[0].api_token, TOKEN[:-1]):
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                assert control(method.upper(), path[1:], headers=headers).status_code == 401
    assert read(token=TOKEN).status_code == 401


def test_a_browser_gets_a_page_that_runs_no_script_of_others(
    control: Control, controlled: tuple[Emulator, httpx.Client]
) -> None:
    emulator, client = controlled
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    names = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(names) == 2
    for name in names:
        response = client.get(name)
        assert (response.status_code, response.headers["x-content-type-options"]) == (200, "nosniff")
        assert "default-src 'none'; script-src 'self'" in response.headers["content-security-policy"]
    assert (client.post("/").status_code, client.get("/", headers={"Host": "kit.test"}).status_code) == (405, 421)
    # Looking at the page is no request of the API, and costs no scripted fault.
    assert emulator.requests == []
    assert TOKEN not in page.text
    assert emulator.api_token not in page.text


def test_another_host_name_leads_nowhere(control: Control) -> None:
    def status(host: str) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}", "Host": host}
        return control("GET", "settings", headers=headers).status_code

    assert {status(host) for host in ("localhost:1", "127.0.0.1", "[::1]:80", "127.9.9.9:8790")} == {200}
    assert {status(host) for host in ("kit.test", "localhost.kit.test", "10.0.0.1", "[::2]", "[")} == {421}


@pytest.mark.parametrize(("remote", "expected"), [(False, 403), (True, 200)])
def test_other_machines_are_refused_unless_told_otherwise(remote: bool, expected: int) -> None:
    async def ask(app: ControlledApp) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/_emulator/settings",
            "query_string": b"",
            "headers": [(b"host", b"10.0.0.1:8790"), (b"authorization", f"Bearer {TOKEN}".encode())],
            "server": ("10.0.0.1", 8790),
        }
        await app(scope, receive, send)
        return sent

    emulator = Emulator(contract=CONTRACT)
    start, body = asyncio.run(ask(ControlledApp(emulator, TOKEN, remote=remote)))
    emulator.close()
    assert start["status"] == expected
    assert remote or "--remote-control" in json.loads(body["body"])["errors"][0]["message"]
