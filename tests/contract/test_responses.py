"""Responses → client: schemathesis makes up valid and invalid ones of each kind, and both clients read them."""

from __future__ import annotations

import itertools
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import Case

import realtimekit
from realtimekit import DecodeError, UnsuccessfulError
from realtimekit_runtime.models import Model

from .calls import sample_call
from .clients import Both
from .configuration import one_test_each
from .contract import Response, responses
from .judge import complaints, is_beyond_python, is_same
from .tolerances import is_tolerated
from .turned import NAMES, body_of, response_of, turned
from .values import response_values

REQUEST_ID = "230b030023ae2822-SJC"
CLASSES: dict[int, type[realtimekit.APIError]] = {
    401: realtimekit.AuthenticationError,
    403: realtimekit.PermissionDeniedError,
    404: realtimekit.NotFoundError,
    429: realtimekit.RateLimitError,
}

SUCCESSES = [response for response in responses() if response.is_success and response.is_json]
SCHEMA = turned(max_examples=40)
seen: Counter[tuple[bool, str]] = Counter()


@pytest.fixture(scope="module")
def clients() -> Iterator[Both]:
    # Made up before the tests, because hypothesis cannot do it within a test of its own.
    for response in responses():
        sample_call(response.operation)
    with Both(account_id="account") as both:
        yield both


@one_test_each(SCHEMA, NAMES)
def test_every_response_is_read_or_refused_as_documented(case: Case[Any], clients: Both) -> None:
    response = response_of(case)
    body, value = body_of(case)
    if not response.is_success:
        # One status for each body, the same one in every run; all statuses would take a minute.
        status = response.statuses[zlib.crc32(body) % len(response.statuses)]
        check_error(clients, response, status, body, value)
    elif response.is_json:
        check_success(clients, response, body, value)
        if isinstance(value, dict) and value.get("success") is False:
            # Most of what schemathesis makes up says that it failed. The same response with success is tried too.
            value = {**value, "success": True}
            check_success(clients, response, json.dumps(value).encode(), value)


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
@given(data=st.data())
@settings(max_examples=40)
def test_odd_responses_are_read_whole(response: Response, clients: Both, data: st.DataObject) -> None:
    value = data.draw(response_values(response))
    check_success(clients, response, json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode(), value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(
            {"errors": [{"code": 1, "message": "a"}, {"code": 2, "message": "b"}]}, [(1, "a"), (2, "b")], id="gateway"
        ),
        pytest.param({"error": {"code": 404, "message": "é"}}, [(404, "é")], id="service"),
        pytest.param({"errors": [], "error": {"code": 3, "message": "c"}}, [(3, "c")], id="service with no errors"),
        pytest.param(
            {"errors": [{"code": 4, "message": "d"}], "error": {"code": 5, "message": "e"}}, [(4, "d")], id="both"
        ),
        pytest.param({"errors": [{"code": 1e4, "message": ""}]}, [(10000, "")], id="a code spelled 10000.0"),
        pytest.param({"errors": [], "messages": [], "result": None}, [], id="neither"),
    ],
)
def test_what_an_error_says_is_read_from_either_shape(clients: Both, body: Any, said: Any) -> None:
    for response in responses():
        if not response.is_success and response.is_json:
            for status in response.statuses:
                value = {"success": False, **body}
                for error in serve(clients, response, status, json.dumps(value).encode()):
                    assert [(detail.code, detail.message) for detail in error.errors] == said


def test_valid_and_invalid_responses_were_both_made_up() -> None:
    if not seen:
        pytest.skip("only together with the test before it")
    for is_success, what in itertools.product((True, False), ("valid", "invalid")):
        assert seen[is_success, what] > 50, seen
    assert seen[True, "read"] > 50, seen


def serve(clients: Both, response: Response, status: int, body: bytes) -> tuple[Any, Any]:
    headers = {"content-type": response.media_type, "cf-ray": REQUEST_ID}
    clients.handler = lambda _: httpx.Response(status, content=body, headers=headers)
    return clients.one(response.operation, sample_call(response.operation).arguments)


def check_error(clients: Both, response: Response, status: int, body: bytes, value: Any) -> None:
    """The class of an error depends on the status alone; it has the codes and messages of a valid body."""
    is_valid = value is not ... and not complaints(response.schema, value)
    seen[False, "valid" if is_valid else "invalid"] += 1
    expected = CLASSES.get(status) or (realtimekit.ServerError if status >= 500 else realtimekit.BadRequestError)
    for error in serve(clients, response, status, body):
        assert type(error) is expected
        assert (error.status, error.request_id, error.attempts, error.body) == (status, REQUEST_ID, 1, body)
        if is_valid:
            said = list(what_it_says(value))
            assert [(detail.code, detail.message) for detail in error.errors] == said
            assert list(error.codes) == [code for code, _ in said]
            # Control characters are escaped.
            assert all(message in str(error) for _, message in said if message.isprintable())


def what_it_says(body: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Codes and messages of a valid error body; if it has both shapes, the gateway's, unless that has no entry."""
    for entry in body.get("errors") or [body.get("error")]:
        if isinstance(entry, dict):
            yield entry["code"], entry["message"]


def check_success(clients: Both, response: Response, body: bytes, value: Any) -> None:
    """A valid response is read whole; an invalid one is refused with the place of the error, unless it is tolerated."""
    found = [] if value is ... else complaints(response.schema, value)
    wrong = [complaint for complaint in found if not is_tolerated(response.schema, complaint)]
    seen[True, "invalid" if found or value is ... else "valid"] += 1
    outcomes = serve(clients, response, 200, body)
    assert type(outcomes[0]) is type(outcomes[1])
    for outcome in outcomes:
        if isinstance(value, dict) and value.get("success") is False:
            assert type(outcome) is UnsuccessfulError
            assert (outcome.status, outcome.request_id) == (200, REQUEST_ID)
        elif value is ... or wrong or is_beyond_python(response.schema, value):
            assert type(outcome) is DecodeError, f"{outcome!r} in spite of {[w.message for w in wrong]}"
            assert (outcome.status, outcome.request_id, outcome.body) == (200, REQUEST_ID, body)
            assert outcome.path in str(outcome)
            if wrong:
                assert names_one_of(outcome.path, [complaint.absolute_path for complaint in wrong])
        else:
            check_read(response, value, outcome)


def check_read(response: Response, value: Any, outcome: Any) -> None:
    seen[True, "read"] += 1
    assert not isinstance(outcome, BaseException), outcome
    if isinstance(outcome, Model):
        written = outcome.to_dict()
        assert is_same(response.schema, value, written)
        assert type(outcome).from_dict(json.loads(json.dumps(written))) == outcome


def names_one_of(path: str, places: list[Any]) -> bool:
    """Whether a JSON path is one of some places, or one contains the other."""
    for place in places:
        theirs = spelled(place)
        if (
            path == theirs
            or path.startswith((f"{theirs}.", f"{theirs}["))
            or theirs.startswith((f"{path}.", f"{path}["))
        ):
            return True
    return False


def spelled(place: Any) -> str:
    """A place as the SDK spells it, with the names of the contract."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
