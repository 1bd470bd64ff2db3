"""Responses → client: schemathesis makes up valid and invalid ones of each kind, and both clients read them."""

from __future__ import annotations

import itertools
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis import Case

import realtimekit
from realtimekit import DecodeError, UnsuccessfulError

from .configuration import one_test_each
from .conftest import REQUEST_ID, Both, check_read
from .contract import Response
from .judge import complaints, json_path
from .tolerances import is_tolerated
from .turned import NAMES, body_of, response_of, turned

CLASSES: dict[int, type[realtimekit.APIError]] = {
    401: realtimekit.AuthenticationError,
    403: realtimekit.PermissionDeniedError,
    404: realtimekit.NotFoundError,
    429: realtimekit.RateLimitError,
}

SCHEMA = turned(max_examples=40)
seen: Counter[tuple[bool, str]] = Counter()


@one_test_each({name: SCHEMA.include(path=path) for path, name in NAMES.items()})
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


def test_valid_and_invalid_responses_were_both_made_up() -> None:
    if not seen:
        pytest.skip("only together with the test before it")
    # How many depends on the code that is loaded: hypothesis also tries the constants in it.
    for is_success, what in itertools.product((True, False), ("valid", "invalid")):
        assert seen[is_success, what] > 25, seen
    assert seen[True, "read"] > 50, seen


def check_error(clients: Both, response: Response, status: int, body: bytes, value: Any) -> None:
    """The class of an error depends on the status alone; it has the codes and messages of a valid body."""
    is_valid = value is not ... and not complaints(response.schema, value)
    seen[False, "valid" if is_valid else "invalid"] += 1
    expected = CLASSES.get(status) or (realtimekit.ServerError if status >= 500 else realtimekit.BadRequestError)
    for error in clients.receive(response, body, status):
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
    outcomes = clients.receive(response, body)
    assert type(outcomes[0]) is type(outcomes[1])
    for outcome in outcomes:
        if isinstance(value, dict) and value.get("success") is False:
            assert type(outcome) is UnsuccessfulError
            assert (outcome.status, outcome.request_id) == (200, REQUEST_ID)
        elif value is ... or wrong:
            assert type(outcome) is DecodeError, f"{outcome!r} in spite of {[w.message for w in wrong]}"
            assert (outcome.status, outcome.request_id, outcome.body) == (200, REQUEST_ID, body)
            assert outcome.path in str(outcome)
            if wrong:
                assert names_one_of(outcome.path, [complaint.absolute_path for complaint in wrong])
        else:
            seen[True, "read"] += 1
            check_read(response, value, outcome)


def names_one_of(path: str, complained: list[Any]) -> bool:
    """Whether a JSON path is one of some paths, or one contains the other."""
    ours, *theirs = (each.replace("[", ".[") + "." for each in (path, *map(json_path, complained)))
    return any(ours.startswith(each) or each.startswith(ours) for each in theirs)
