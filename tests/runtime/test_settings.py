"""Where a client's settings come from, and the errors when one is missing or unusable."""

from __future__ import annotations

import math
from typing import Any

import pytest

from realtimekit import ArgumentError, AsyncClient, Client, ConfigurationError

KINDS = pytest.mark.parametrize("kind", [Client, AsyncClient])
Kind = type[Client] | type[AsyncClient]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "environment-token")
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "environment-account")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://environment.example/v4/")


@KINDS
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("environment-token", "environment-account", "https://environment.example/v4")),
        ({"api_token": "t", "account_id": "a", "base_url": "https://x.example"}, ("t", "a", "https://x.example")),
    ],
)
def test_an_argument_beats_the_environment(kind: Kind, given: dict[str, Any], expected: tuple[str, str, str]) -> None:
    settings = kind(**given)._settings
    assert (settings.api_token.reveal(), settings.account_id, settings.base_url) == expected


@KINDS
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("name", ["api_token", "account_id", "base_url"])
def test_an_empty_argument_is_not_filled_from_the_environment(kind: Kind, name: str) -> None:
    given: dict[str, Any] = {name: ""}
    with pytest.raises((ConfigurationError, ArgumentError)):
        kind(**given).meetings.list("app")


@KINDS
def test_empty_variables_count_as_none(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_BASE_URL"):
        monkeypatch.setenv(name, "")
    with pytest.raises(ConfigurationError, match="CLOUDFLARE_API_TOKEN"):
        kind()
    settings = kind(api_token="token")._settings
    assert settings.account_id is None
    assert settings.base_url == "https://api.cloudflare.com/client/v4"


@KINDS
def test_a_missing_setting_is_named_with_its_remedy(kind: Kind) -> None:
    with pytest.raises(ConfigurationError, match=r"api_token=.*CLOUDFLARE_API_TOKEN"):
        kind()
    with pytest.raises(ConfigurationError, match=r"account_id=.*CLOUDFLARE_ACCOUNT_ID"):
        kind(api_token="token").meetings.list("app")
    # A call that names its account needs no other.
    kind(api_token="token").meetings.list("app", account_id="account")


@KINDS
@pytest.mark.parametrize(
    "url",
    [
        "api.cloudflare.com", "https://", "https:///v4", "https://user:pass@api.example", "https://api.example?x=1",
        "https://api.example#x", "https://api.example/a b", "https://api.example/\n", "https://api.example:99999",
        "https://[", "https://[::1", f"https://{'a' * 64}.example", "https://a..b", "https://xn--a",
        "https://api.example/v4?", "https://api.example/v4#", "https://api.example/v4/..", "https://api.example/./v4",
        "https://api.example/%2e%2E/v4", "https://api.example\\v4", 5, b"https://api.example",
    ],
)  # fmt: skip
def test_a_base_url_that_is_not_a_plain_url_is_refused(kind: Kind, url: Any) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        kind(api_token="token", base_url=url)


WRONG: list[Any] = [None, "1", True, -1, math.nan, math.inf, 1e300, [1]]


@KINDS
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("timeout", wrong) for wrong in [*WRONG, 0]),
        *(("max_retry_after", wrong) for wrong in WRONG),
        *(("max_retries", wrong) for wrong in [*WRONG, 1.0]),
        *(("prefetch", wrong) for wrong in [*WRONG, 0, 1.0]),
        *(("max_response_bytes", wrong) for wrong in [*WRONG, 0, 1.0]),
    ],
)
def test_a_number_out_of_range_is_refused_by_name(kind: Kind, name: str, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        kind(api_token="token", **{name: wrong})


@KINDS
def test_the_repr_of_a_client_has_its_base_url(kind: Kind) -> None:
    shown = repr(kind(api_token="token", account_id="account"))
    assert shown == f"{kind.__name__}(base_url='https://api.cloudflare.com/client/v4', account_id='account')"


def test_http_beyond_this_machine_has_to_be_allowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = "http://emulator:8790/client/v4"
    with pytest.raises(ConfigurationError, match=r"allow_http=True or REALTIMEKIT_ALLOW_HTTP=1"):
        Client(api_token="token", base_url=url)
    assert Client(api_token="token", base_url=url, allow_http=True)._settings.base_url == url
    monkeypatch.setenv("REALTIMEKIT_ALLOW_HTTP", "1")
    assert Client(api_token="token", base_url=url)._settings.base_url == url
    warnings = [record.getMessage() for record in caplog.records]
    assert [url in warning for warning in warnings] == [True, True]
    assert Client(api_token="token", base_url="http://127.0.0.1:1")
    assert len(caplog.records) == 2
