"""A client with other settings over the same connections, and what a client and its pages know of the responses."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from realtimekit import AsyncClient, Client, ConfigurationError, DecodeError, MeetingPage, RateLimit
from tests.clients import ACCOUNT, TOKEN, Api, Connect, SyncApi

from .scripted import PAGE, Connection, Serve, page, response, send

LIMIT = {"ratelimit": '"default";r=7;t=30', "ratelimit_policy": '"burst";q=200;w=1, "default";q=1200;w=300'}


def with_options(api: Api, **options: Any) -> Any:
    """The same, around a client that `with_options` made."""
    derived: Any = copy.copy(api)
    derived.client = api.client.with_options(**options)
    return derived


# --- other settings -------------------------------------------------------------------------------------------------


def test_other_settings_hold_for_the_new_client_alone(serve: Serve, connect: Connect) -> None:
    server = serve(send(response(503, b"")))
    api = connect(server.url, max_retries=1)
    derived = with_options(api, max_retries=3, account_id="another")
    assert type(derived.client) is type(api.client)
    for each, attempts in ((api, 2), (derived, 4), (api, 2)):
        server.requests.clear()
        with pytest.raises(Exception, match=f"{attempts} attempts"):
            each.first_page()
        account = "another" if each is derived else ACCOUNT
        assert [f"/accounts/{account}/" in request.target for request in server.requests] == [True] * attempts


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_is_left_out_stays(kind: type[Client | AsyncClient]) -> None:
    given: dict[str, Any] = {
        "account_id": "account",
        "timeout": 3.0,
        "max_retries": 0,
        "max_retry_after": 0.0,
        "prefetch": 1,
        "max_response_bytes": 9,
        "invalid_items": "skip",
    }
    client = kind(api_token="token")
    changed = client.with_options(**given)
    assert {name: getattr(changed._settings, name) for name in given} == given
    assert changed.with_options()._settings == changed._settings
    for name, value in given.items():
        assert client.with_options(**{name: value})._settings == client._settings._replace(**{name: value})


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    "wrong",
    [{"timeout": 0}, {"max_retries": -1}, {"prefetch": 0}, {"invalid_items": "ignore"}, {"max_retry_after": "1"}],
)
def test_a_wrong_setting_is_refused_by_name(kind: type[Client | AsyncClient], wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigurationError, match=name):
        kind(api_token="token").with_options(**wrong)


def test_what_belongs_to_the_connections_cannot_be_changed() -> None:
    client = Client(api_token="token")
    for name in ("api_token", "base_url", "allow_http", "http_client"):
        with pytest.raises(TypeError, match=name):
            client.with_options(**{name: "https://other.example"})  # type: ignore[arg-type]


def test_a_subclass_keeps_its_class_and_what_it_added() -> None:
    class Ours(Client):
        def __init__(self, team: str) -> None:
            super().__init__(api_token=TOKEN, account_id=ACCOUNT)
            self.team = team

    ours = Ours("video")
    assert ours.meetings
    derived = ours.with_options(timeout=1)
    assert type(derived) is Ours
    assert derived.team == "video"
    assert derived.meetings._client is derived
    assert ours.meetings._client is ours


def test_the_token_of_the_new_client_shows_nowhere_either() -> None:
    derived = Client(api_token=TOKEN, account_id=ACCOUNT).with_options(timeout=1)
    assert TOKEN not in f"{derived!r} {vars(derived)}"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(derived)


# --- the same connections -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["original", "derived"])
def test_both_use_the_same_connections(serve: Serve, connect: Connect, first: str) -> None:
    connections: list[Connection] = []

    def answer(connection: Connection) -> None:
        connections.append(connection)
        page()(connection)

    api = connect(serve(answer).url)
    derived = with_options(with_options(api, timeout=9), prefetch=1)
    for each in (api, derived, api) if first == "original" else (derived, api, derived):
        each.first_page()
    assert len(connections) == 3
    assert len(set(connections)) == 1


@pytest.mark.parametrize("own", [False, True], ids=["made here", "http_client"])
def test_closing_the_new_client_leaves_the_connections_open(serve: Serve, connect: Connect, own: bool) -> None:
    server = serve(page())
    http: Any = {"http_client": connect(server.url).http()} if own else {}
    api = connect(server.url, **http)
    derived = with_options(api, timeout=9)
    other = with_options(derived, timeout=8)
    derived.first_page()
    derived.close()
    with pytest.raises(ConfigurationError, match="closed; make a new one"):
        derived.first_page()
    api.first_page()
    other.first_page()
    api.close()
    for each in (api, other, with_options(other)):
        with pytest.raises(ConfigurationError, match="closed; make a new one"):
            each.first_page()
    if own:
        assert not http["http_client"].is_closed
        api.close(http["http_client"])


# --- the rate limit and the request id ------------------------------------------------------------------------------


def test_the_rate_limit_is_the_one_seen_last_by_either_client(serve: Serve, connect: Connect) -> None:
    api = connect(serve(page(), page(**LIMIT), page(ratelimit='"default";r=6;t=30')).url)
    derived = with_options(api, timeout=9)
    assert api.client.rate_limit is None
    api.first_page()
    assert api.client.rate_limit is None
    derived.first_page()
    for each in (api, derived):
        found = each.client.rate_limit
        assert found
        assert 0 < found.reset_after <= 30
        assert found._replace(reset_after=30) == RateLimit(7, 30, 1200, 300)
        assert pickle.loads(pickle.dumps(found)) == found
    api.first_page()
    found = derived.client.rate_limit
    assert found
    assert (found.remaining, found.limit, found.window) == (6, None, None)


def test_a_new_client_waits_for_the_quota_that_the_other_used_up(serve: Serve, connect: Connect) -> None:
    api = connect(serve(page(ratelimit='"default";r=0;t=30')).url)
    derived = with_options(api, max_retries=0)
    api.first_page()
    derived.first_page()
    assert api.waits == [0, pytest.approx(30, abs=25)]


@pytest.mark.parametrize("method", ["first_page", "pages"])
def test_a_page_knows_its_request_id(serve: Serve, connect: Connect, method: str) -> None:
    first = {**PAGE, "paging": {"start_offset": 1, "end_offset": 1, "total_count": 2}}
    second = {**PAGE, "data": [{**PAGE["data"][0], "id": "00000000-0000-4000-8000-000000000002"}]}
    second["paging"] = {"start_offset": 2, "end_offset": 2, "total_count": 2}
    last = {**first, "data": [], "paging": {"start_offset": 0, "end_offset": 0, "total_count": 2}}
    script = (send(response(200, each, cf_ray=f"ray-{at}")) for at, each in enumerate([first, second, last], 1))
    found: Any = getattr(connect(serve(*script).url, prefetch=1), method)()
    pages: list[MeetingPage] = [found] if method == "first_page" else found
    assert [each.request_id for each in pages] == [f"ray-{at}" for at in range(1, len(pages) + 1)]
    assert all(meeting.request_id is None for each in pages for meeting in each.data)


def test_a_page_whose_bad_items_were_left_out_knows_it_too(serve: Serve, connect: Connect) -> None:
    body = {**PAGE, "data": [*PAGE["data"], 7], "paging": {"start_offset": 1, "end_offset": 2, "total_count": 2}}
    found = connect(serve(send(response(200, body, cf_ray="8f1-AMS"))).url, invalid_items="skip").first_page()
    assert (found.request_id, len(found.invalid)) == ("8f1-AMS", 1)
    for again in (pickle.loads(pickle.dumps(found)), copy.copy(found)):
        assert again.request_id == "8f1-AMS"
        assert isinstance(again.invalid[0], DecodeError)


def test_a_request_id_is_no_field(serve: Serve) -> None:
    with SyncApi(serve(page(cf_ray="8f1-AMS"), page(cf_ray=f"it is {TOKEN}"), page()).url) as api:
        found, redacted, without = api.first_page(), api.first_page(), api.first_page()
    assert found.request_id == "8f1-AMS"
    assert redacted.request_id == "it is [redacted]"
    assert without.request_id is None
    assert found == without == MeetingPage.from_dict(found.to_dict())
    assert found.to_dict() == without.to_dict() == MeetingPage.from_dict(PAGE).to_dict()
    assert "8f1-AMS" not in repr(found)
