"""How long the client waits: backing off, `Retry-After`, `Ratelimit`. The tests note the waits instead of waiting."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from realtimekit import ConfigurationError, RateLimitError
from realtimekit_runtime.quota import Quota
from realtimekit_runtime.retries import Backoff, is_retryable_status, retry_after
from tests.clients import Connect, SyncApi

from .scripted import Serve, page, reset, response, send


class Clock:
    """A clock that only moves when a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


# --- over the wire --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", ["0", "1", "120", "300", "2.5", " 7 "])
def test_retry_after_is_obeyed(serve: Serve, connect: Connect, status: int, seconds: str) -> None:
    api = connect(serve(send(response(status, b"", retry_after=seconds)), page()).url)
    api.first_page()
    assert api.waits == [0, pytest.approx(float(seconds), abs=0.5)]


def test_of_two_headers_the_longer_wait_counts(serve: Serve, connect: Connect) -> None:
    data = response(429, b"", retry_after="1").replace(b"\r\n\r\n", b"\r\nRetry-After: 120\r\n\r\n")
    api = connect(serve(send(data), page()).url)
    api.first_page()
    assert api.waits == [0, pytest.approx(120, abs=0.5)]


def test_each_retry_and_each_wait_is_logged(serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "realtimekit")
    server = serve(send(response(503, b"", retry_after="3")), reset(), page(ratelimit='"default";r=0;t=30'), page())
    api = connect(server.url)
    api.first_page()
    api.first_page()
    messages = [record.getMessage() for record in caplog.records if record.name == "realtimekit"]
    assert [record.levelname for record in caplog.records if record.name == "realtimekit"] == ["INFO"] * 3
    assert "status 503 in attempt 1 of 5; trying again in 3.0 s" in messages[0]
    assert "ConnectError in attempt 2 of 5" in messages[1]
    assert "the rate limit is used up; waiting 30.0 s" in messages[2]


@pytest.mark.parametrize(
    ("asked", "limit", "waited"), [("100000", 300, False), ("301", 300, False), ("120", 60, False), ("120", 120, True)]
)
def test_a_longer_wait_than_allowed_is_an_error_at_once(
    serve: Serve, connect: Connect, asked: str, limit: float, waited: bool
) -> None:
    server = serve(send(response(429, b"", retry_after=asked)), page())
    api = connect(server.url, max_retry_after=limit)
    if waited:
        api.first_page()
        return
    with pytest.raises(RateLimitError) as caught:
        api.first_page()
    assert caught.value.retry_after == float(asked)
    assert caught.value.attempts == len(server.requests) == 1
    assert f"asked to wait {asked} s" in str(caught.value)
    assert "max_retry_after" in str(caught.value)
    # The next call does not wait either: the response decides.
    api.first_page()
    assert api.waits == [0, 0]


def test_after_a_429_every_request_waits(serve: Serve, connect: Connect) -> None:
    server = serve(send(response(429, b"", retry_after="120")), page())
    api = connect(server.url, max_retries=0)
    with pytest.raises(RateLimitError):
        api.first_page()
    api.first_page()
    assert api.waits == [0, pytest.approx(120, abs=2)]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ('"default";r=0;t=1', 1),
        ('"default";r=0;t=30', 30),
        ('"default";r=1;t=30', 0),
        ('"burst";r=40;t=2, "default";r=0;t=30', 30),
        ('"default";r=0;t=30, "burst";r=40;t=2', 30),
        ('"burst";r=0;t=2, "default";r=0;t=30', 30),
        ('"default"; r=0; t=30', 30),
        ('"default";r=0;t=100000', 0),
        ('"default";r=0', 0),
        ("nonsense", 0),
    ],
)
def test_an_exhausted_quota_delays_the_next_request(
    serve: Serve, connect: Connect, header: str, seconds: float
) -> None:
    api = connect(serve(page(ratelimit=header)).url)
    api.first_page()
    api.first_page()
    assert api.waits == [0, pytest.approx(seconds, abs=0.9)]


# --- the parts ------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_delay_is_drawn_from_a_bound_that_doubles(draws: list[float]) -> None:
    rest = iter(draws)
    backoff = Backoff(lambda low, high: low + (high - low) * next(rest))
    for retry, draw in enumerate(draws):
        assert backoff.delay() == pytest.approx(draw * min(0.5 * 2**retry, 8))


@given(st.integers(100, 999))
def test_statuses_that_may_pass_are_retried(status: int) -> None:
    assert is_retryable_status(status) == (status in (408, 429) or 500 <= status <= 599)


@given(st.text() | st.integers().map(str) | st.floats().map(str))
def test_any_retry_after_gives_seconds_or_nothing(header: str) -> None:
    seconds = retry_after(header, lambda: 0.0)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)


@given(
    st.integers(86_400, 253_402_214_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(-(10**6), 10**6),
)
def test_a_date_is_read_as_the_time_until_then(at: datetime, ahead: int) -> None:
    now = at.timestamp() - ahead
    assert retry_after(format_datetime(at, usegmt=True), lambda: now) == pytest.approx(max(0, ahead))


@given(st.permutations(["20", "7", "Thu, 01 Jan 1970 00:00:10 GMT", "Thursday, 01-Jan-70 00:00:30 GMT", "soon"]))
def test_of_several_waits_the_longest_counts(headers: list[str]) -> None:
    assert retry_after(", ".join(headers), lambda: 0.0) == 30


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1e9", "٣", "Mon, 99 Nov 2026 03:49:00 GMT", "0x10", "nan"])
def test_without_a_header_that_makes_sense_there_is_no_wait(header: str | None) -> None:
    assert retry_after(header) is None


def test_a_quota_that_was_not_reported_has_no_limit(clock: Clock) -> None:
    quota = Quota(clock)
    quota.learn(None)
    assert quota.delay() == 0
    assert quota.room() == math.inf


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_window_limits_requests_until_it_resets(left: int, seconds: int) -> None:
    clock = Clock()
    quota = Quota(clock)
    quota.learn(f'"default";r={left};t={seconds}')
    assert quota.delay() == (0 if left else seconds)
    assert quota.room() == left
    assert quota.rate_limit() == (left, seconds, None, None)
    clock.now += seconds
    assert quota.rate_limit() == (left, 0, None, None)
    assert quota.delay() == 0
    assert quota.room() == math.inf


@given(st.lists(st.floats(0, 10**6), min_size=1))
def test_the_longest_block_counts(blocks: list[float]) -> None:
    quota = Quota(Clock())
    for seconds in blocks:
        quota.block(seconds)
    assert quota.delay() == pytest.approx(max(blocks))


@given(st.text(), st.text())
@example('"default";r=1;t=2', '"default";w=0.5;q=1.0')
def test_any_ratelimit_header_can_be_read(header: str, policies: str) -> None:
    quota = Quota(Clock())
    quota.learn(header, policies)
    assert quota.delay() >= 0
    assert quota.room() >= 0
    assert quota.rate_limit() in (None, (1, 2, None, None))


def test_the_policy_is_that_of_the_limit_with_the_fewest_requests_left() -> None:
    quota = Quota(Clock())
    policies = '"burst";q=200;w=1, "default"; w=300; q=1200'
    quota.learn('"burst";r=40;t=1, "default";r=7;t=30', policies)
    assert quota.rate_limit() == (7, 30, 1200, 300)
    # A response that comes late changes nothing.
    quota.learn('"burst";r=41;t=1, "default";r=8;t=30')
    assert quota.rate_limit() == (7, 30, 1200, 300)
    quota.learn('"burst";r=0;t=1, "default";r=6;t=30', policies)
    assert quota.rate_limit() == (0, 1, 200, 1)
    assert quota.delay() == 1


def test_a_client_closed_while_a_call_waits_says_so(serve: Serve) -> None:
    api = SyncApi(serve(send(response(503, b"")), page()).url)

    def close(seconds: float, abandoned: threading.Event) -> bool:
        if api.waits:
            api.close()
        api.waits.append(seconds)
        return False

    api.client._wait = close  # type: ignore[method-assign]
    with pytest.raises(ConfigurationError, match="closed"):
        api.first_page()
