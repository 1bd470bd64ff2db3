"""What a test can set: faults, latency and quotas; and the recorded requests."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from realtimekit_emulator import Emulator, Failures
from realtimekit_emulator.controls import Quota

from .conftest import CONTRACT


def test_the_next_requests_fail_in_the_order_scripted(emulator: Emulator, get: Any) -> None:
    emulator.fail_next(status=429, retry_after=1, times=2)
    emulator.fail_next(status=503, body="<html>down</html>")
    responses = [get() for _ in range(4)]
    assert [response.status_code for response in responses] == [429, 429, 503, 200]
    assert responses[0].headers["retry-after"] == "1"
    assert responses[0].json()["success"] is False
    assert responses[2].headers["content-type"].startswith("text/html")
    assert all("cf-ray" in response.headers for response in responses)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500, 502, 520, 527, 530, 599])
def test_any_error_status_can_be_asked_for(emulator: Emulator, get: Any, status: int) -> None:
    headers = {"Authorization": f"Bearer {emulator.api_token}", "Prefer": f"wait=1, code={status}"}
    response = get("?page_no=AAA", headers=headers)
    assert response.status_code == status
    assert response.headers["preference-applied"] == f"code={status}"
    is_edge = status in {520, 527, 530}
    assert response.headers["content-type"].startswith("text/html" if is_edge else "application/json")


def test_a_preferred_429_says_when_to_come_back_and_needs_a_token(emulator: Emulator, get: Any) -> None:
    headers = {"Authorization": f"Bearer {emulator.api_token}", "Prefer": 'code="429"'}
    assert get(headers=headers).headers["retry-after"] == "1"
    assert get(headers={"Prefer": "code=429"}).status_code == 401


@pytest.mark.parametrize("sent", ["code=999", "code=abc", "code=301", "code=4290", "xcode=429", "429"])
def test_a_preference_that_makes_no_sense_is_ignored(emulator: Emulator, get: Any, sent: str) -> None:
    headers = {"Authorization": f"Bearer {emulator.api_token}", "Prefer": sent}
    assert get(headers=headers).status_code == 200


def test_a_200_can_be_a_failure_or_cut_off_or_never_come(emulator: Emulator, get: Any) -> None:
    emulator.fail_next(status=200, body={"success": False})
    assert (get().status_code, get().json()["success"]) == (200, True)
    emulator.fail_next(status=200, body={"success": True}, cut_after=4)
    with pytest.raises(httpx.RemoteProtocolError):
        get()
    emulator.fail_next(disconnect=True)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        get()
    assert get().status_code == 200
    with pytest.raises(ValueError, match="199"):
        emulator.fail_next(status=199)


def test_a_share_of_the_requests_fails_the_same_ones_for_the_same_seed(emulator: Emulator, get: Any) -> None:
    def statuses(failures: Failures | None) -> list[int]:
        emulator.failures = failures
        return [get().status_code for _ in range(40)]

    found = statuses(Failures(0.25, (503, 429)))
    assert found == statuses(Failures(0.25, (503, 429)))
    assert found != statuses(Failures(0.25, (503, 429), random_seed=1))
    assert {*found} == {200, 429, 503}
    assert 4 <= 40 - found.count(200) <= 16
    assert {*statuses(Failures(1, [500]))} == {500}
    assert {*statuses(Failures(0))} == {*statuses(None)} == {200}


def test_random_failures_start_anew_at_a_reset_and_let_scripted_ones_go_first(get: Any) -> None:
    with Emulator(contract=CONTRACT, failures=Failures(0.5)) as failing:
        found = [get(of=failing).status_code for _ in range(12)]
        failing.failures = None
        failing.reset()
        failing.fail_next(status=404)
        assert [get(of=failing).status_code for _ in range(13)] == [404, *found]
        assert failing.failures == Failures(0.5)


@pytest.mark.parametrize(("share", "statuses"), [(1.1, [503]), (-0.1, [503]), (0.1, []), (0.1, [200])])
def test_failures_that_make_no_sense_are_refused(share: float, statuses: list[int]) -> None:
    with pytest.raises(ValueError, match="must be from"):
        Failures(share, statuses)


def test_latency_can_be_set(emulator: Emulator, get: Any) -> None:
    emulator.latency = 0.03
    assert get().elapsed.total_seconds() >= 0.03
    emulator.latency = 0
    assert emulator.latency == 0


def test_a_quota_counts_down_refuses_and_starts_anew() -> None:
    now = [100.0]
    quota = Quota(2, 30, clock=lambda: now[0])
    assert [quota.spend("a") for _ in range(3)] == [(True, 1, 30), (True, 0, 30), (False, 0, 30)]
    now[0] += 29.5
    assert quota.spend("a") == (False, 0, 1)
    assert quota.spend("b") == (True, 1, 30)
    now[0] += 0.5
    assert quota.spend("a") == (True, 1, 30)


def test_a_rate_limit_shows_in_the_headers(get: Any) -> None:
    assert "ratelimit" not in get().headers
    with Emulator(contract=CONTRACT, rate_limit=(1, 60)) as limited:
        within, beyond = get(of=limited), get(of=limited)
    assert (within.status_code, beyond.status_code) == (200, 429)
    assert within.headers["ratelimit"] == '"default";r=0;t=60'
    assert beyond.headers["ratelimit-policy"] == '"default";q=1;w=60'
    assert 1 <= int(beyond.headers["retry-after"]) <= 60


def test_a_rate_limit_can_be_set_and_ends_with_the_test(emulator: Emulator, get: Any) -> None:
    assert emulator.rate_limit is None
    emulator.rate_limit = (1, 60)
    assert emulator.rate_limit == (1, 60)
    assert [get().status_code for _ in range(2)] == [200, 429]
    emulator.rate_limit = None
    assert get().status_code == 200
    emulator.rate_limit = (0, 60)
    emulator.reset()
    assert get().status_code == 200


def test_requests_are_recorded_without_the_token(emulator: Emulator, get: Any, path: str) -> None:
    get("?page_no=2&start_time=2024-01-01T00%3A00%3A00Z")
    get("?page_no=AAA", headers={"Authorization": "secret", "X-Auth-Key": "key"})
    first, second = emulator.requests
    assert (first.method, first.path, first.status) == ("GET", f"/client/v4{path}", 200)
    assert first.query == {"page_no": "2", "start_time": "2024-01-01T00:00:00Z"}
    assert (first.headers["authorization"], second.headers["authorization"]) == ("Bearer ***", "***")
    assert second.headers["x-auth-key"] == "***"
    assert second.status == 400
    assert first.time <= second.time
    assert emulator.api_token not in repr(first) + repr(emulator)
    emulator.clear_requests()
    assert emulator.requests == []
