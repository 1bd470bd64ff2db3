"""The order of the checks: authentication, permission, validation, app."""

from __future__ import annotations

import json
import re
import socket
from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator, EmulatorError


def code(response: httpx.Response) -> int:
    body = response.json()
    assert body["success"] is False
    assert (body["messages"], body["result"]) == ([], None)
    return int(body["errors"][0]["code"])


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "TRACE", "QUERY"])
@pytest.mark.parametrize("query", ["", "?page_no=AAA"])
def test_a_missing_token_is_401_before_any_other_check(get: Any, method: str, query: str) -> None:
    response = get(query, method=method, headers={})
    assert response.status_code == 401
    assert code(response) == 10000
    assert response.headers["www-authenticate"] == "Bearer"


def test_an_unknown_token_is_401(get: Any) -> None:
    response = get("?page_no=AAA", headers={"Authorization": "Bearer nobody"})
    assert (response.status_code, code(response)) == (401, 9109)


@pytest.mark.parametrize("sent", ["Bearer", "Bearer a b", 'Bearer "x"', "Basic dTpw", "token"])
def test_a_malformed_authorization_header_is_400(get: Any, sent: str) -> None:
    response = get(headers={"Authorization": sent})
    assert (response.status_code, code(response)) == (400, 6003)
    assert response.json()["errors"][0]["error_chain"][0]["code"] == 6111


def test_the_scheme_is_not_case_sensitive(emulator: Emulator, get: Any) -> None:
    assert get(headers={"Authorization": f"bearer {emulator.api_token}"}).status_code == 200


@pytest.mark.parametrize(
    ("permissions", "status"),
    [(["Realtime"], 200), (["Realtime Admin", "Realtime"], 200), ([], 403)],
)
def test_a_token_needs_one_of_the_permissions(emulator: Emulator, get: Any, permissions: Any, status: int) -> None:
    token = emulator.add_token("other-token", permissions=permissions)
    assert get(headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_an_unknown_permission_is_refused(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match=r"permissions: Realtme\. Known are: Realtime, Realtime Admin"):
        emulator.add_token("other-token", permissions=["Realtme"])


def test_a_token_needs_the_account(emulator: Emulator, get: Any) -> None:
    token = emulator.add_token("other-token", accounts=["f" * 32])
    response = get("?page_no=AAA", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, code(response)) == (403, 10000)


def test_a_wrong_request_is_400_before_the_app_is_looked_for(emulator: Emulator, get: Any) -> None:
    at = f"/accounts/{emulator.account_id}/realtime/kit/nowhere/meetings"
    wrong, right = get("?page_no=AAA", at=at), get(at=at)
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["source"]["pointer"] == "/query/page_no"
    assert right.status_code == 404
    assert right.json() == {"success": False, "error": {"code": 404, "message": "App not found"}}


def test_the_app_of_another_account_is_not_found(emulator: Emulator, get: Any) -> None:
    emulator.add_app("theirs", account_id="f" * 32)
    assert get(at=f"/accounts/{emulator.account_id}/realtime/kit/theirs/meetings").status_code == 404


def test_another_app_of_the_account_has_its_own_meetings(emulator: Emulator, get: Any) -> None:
    emulator.add_meetings(3, app_id=emulator.add_app("second"))
    assert get().json()["paging"]["total_count"] == 0
    at = f"/accounts/{emulator.account_id}/realtime/kit/second/meetings"
    assert get(at=at).json()["paging"]["total_count"] == 3


def test_an_app_added_again_after_a_reset_is_empty(emulator: Emulator, get: Any) -> None:
    at = f"/accounts/{emulator.account_id}/realtime/kit/second/meetings"
    for count in (3, 2):
        emulator.reset()
        emulator.add_meetings(count, app_id=emulator.add_app("second"))
        assert len(get(at=at).json()["data"]) == count


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY"])
def test_a_wrong_method_is_405_with_allow(get: Any, method: str) -> None:
    response = get(method=method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("at", ["/", "", "/accounts", "/accounts//realtime/kit/x/meetings", "/accounts/a/b%00"])
def test_an_unknown_route_is_404(get: Any, at: str) -> None:
    response = get(at=at)
    assert (response.status_code, code(response)) == (404, 7003)


def test_path_values_arrive_percent_encoded(emulator: Emulator, get: Any, path: str) -> None:
    emulator.add_app("a/b ü")
    account = "".join(f"%{ord(char):02X}" for char in emulator.account_id)
    at = f"/accounts/{account}/realtime/kit/a%2Fb%20%C3%BC/%6deetings"
    assert get(at=at).status_code == 200
    assert get(at=path.replace("/realtime", "%2Frealtime")).status_code == 404


def test_a_path_value_that_is_too_long_is_400(emulator: Emulator, get: Any) -> None:
    response = get(at=f"/accounts/{emulator.account_id}/realtime/kit/{'x' * 37}/meetings")
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"] == "/path/app_id"


def test_every_response_has_its_own_request_id(get: Any) -> None:
    rays = [response.headers["cf-ray"] for response in (get(), get(headers={}), get(at="/x"), get("?page_no=x"))]
    assert all(re.fullmatch(r"[0-9a-f]{16}-[A-Z]{3}", ray) for ray in rays)
    assert len(set(rays)) == len(rays)


def test_a_request_that_is_not_http_gets_json_too(emulator: Emulator) -> None:
    url = httpx.URL(emulator.base_url)
    with socket.create_connection((url.host, url.port or 0), timeout=10) as connection:
        connection.sendall(b"NONSENSE / HTTP/1.1\r\n\r\n")
        head, body = connection.makefile("rb").read().split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["success"] is False
