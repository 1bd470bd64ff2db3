"""Client → requests: for any arguments, the request is what the contract says, or nothing is sent."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtimekit import ArgumentError

from .calls import Call, calls, just_inside, just_outside, outside, sample_call
from .clients import Both, python_names
from .contract import Documented, operations, resolve
from .judge import is_valid
from .places import whole_response
from .request_judges import meaning, meaning_for_schemathesis, validate
from .values import success_of

PAGES = 4


class Recorder:
    """Records every request and makes its response."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.operation: Documented | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.operation is None or self.operation.pagination is None:
            return httpx.Response(500)
        page = int(request.url.params[self.operation.pagination["page"]])
        return httpx.Response(200, json=page_of(self.operation, page, self.first_page))

    first_page = 1


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def clients(recorder: Recorder) -> Iterator[Both]:
    with Both(recorder, account_id="account") as both:
        yield both


every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
every_list = pytest.mark.parametrize(
    "operation", [operation for operation in operations() if operation.pagination], ids=lambda operation: operation.id
)

every_parameter = pytest.mark.parametrize(
    ("operation", "parameter"),
    [
        pytest.param(operation, parameter, id=f"{operation.id}-{parameter['name']}")
        for operation in operations()
        for parameter in operation.parameters
    ],
)


@every_operation
@given(data=st.data())
@settings(max_examples=60)
def test_requests_are_what_the_contract_says(
    operation: Documented, clients: Both, recorder: Recorder, data: st.DataObject
) -> None:
    call = data.draw(calls(operation))
    recorder.operation = None
    recorder.requests.clear()
    outcomes = clients.one(operation.id, call.arguments)
    assert not any(isinstance(outcome, ArgumentError) for outcome in outcomes), outcomes
    assert len(recorder.requests) == 2
    page = call.values.get(operation.pagination["page"], 1) if operation.pagination else 1
    expected = meaning_of(call, page=page)
    for request in recorder.requests:
        check(request, expected)


@every_list
@given(data=st.data())
@settings(max_examples=15)
def test_requests_for_later_pages_are_the_first_with_another_page(
    operation: Documented, clients: Both, recorder: Recorder, data: st.DataObject
) -> None:
    assert operation.pagination is not None
    page = operation.pagination["page"]
    schema = resolve(operation.parameter(page)["schema"])
    start = data.draw(st.sampled_from([number for number in range(50) if is_valid(schema, number)]))
    call = data.draw(calls(operation))
    # A loop refuses pages of no items.
    sizes = {name: 1 for name in (operation.pagination.get("size"),) if name and call.values.get(name) == 0}
    call = Call(operation, {**call.values, **sizes, page: start}, call.body)
    recorder.operation, recorder.first_page = operation, start
    recorder.requests.clear()
    for pages in clients.every(operation.id, call.arguments):
        assert len(pages) == PAGES
    # The last page is full, so both clients look for one more.
    assert len(recorder.requests) == 2 * (PAGES + 1)
    by_page = sorted(recorder.requests, key=lambda request: int(request.url.params[page]))
    for at, request in enumerate(by_page):
        check(request, meaning_of(call, page=start + at // 2))


@every_parameter
@given(data=st.data())
@settings(max_examples=30)
def test_arguments_outside_the_contract_are_refused_before_anything_is_sent(
    operation: Documented, parameter: dict[str, Any], clients: Both, recorder: Recorder, data: st.DataObject
) -> None:
    call = data.draw(calls(operation))
    check_refused(clients, recorder, call, parameter, data.draw(outside(parameter)))


@every_parameter
def test_limits_are_those_of_the_contract(
    operation: Documented, parameter: dict[str, Any], clients: Both, recorder: Recorder
) -> None:
    recorder.operation = None
    call = sample_call(operation.id)
    for value in just_inside(parameter):
        allowed = Call(operation, {**call.values, parameter["name"]: value}, call.body)
        recorder.requests.clear()
        clients.one(operation.id, allowed.arguments)
        assert len(recorder.requests) == 2, value
    for value in just_outside(parameter):
        check_refused(clients, recorder, call, parameter, value)


def check_refused(clients: Both, recorder: Recorder, call: Call, parameter: dict[str, Any], value: Any) -> None:
    broken = Call(call.operation, {**call.values, parameter["name"]: value}, call.body)
    recorder.requests.clear()
    for outcome in clients.one(call.operation.id, broken.arguments):
        assert type(outcome) is ArgumentError, f"{outcome!r} for {broken.arguments}"
        assert outcome.attempts == 0
        assert python_names(call.operation.id)[parameter["name"]] in str(outcome)
    assert recorder.requests == []


def check(request: httpx.Request, expected: Any) -> None:
    assert request.headers.get_list("authorization") == [f"Bearer {Both.TOKEN}"]
    assert Both.TOKEN not in str(request.url)
    validate(request)
    assert meaning(request) == expected


def meaning_of(call: Call, page: int) -> Any:
    """What schemathesis would send for a call; for a list with the page's number, which the SDK always sends."""
    if call.operation.pagination is None:
        return meaning_for_schemathesis(call.case())
    values = {call.operation.pagination["page"]: page}
    return meaning_for_schemathesis(Call(call.operation, call.values | values, call.body).case())


def page_of(operation: Documented, page: int, first_page: int) -> Any:
    """One page, with one item of its own, of a list with `PAGES` pages from the first that is read."""
    assert operation.pagination is not None
    documented = success_of(operation.id)
    assert documented is not None
    response = copy.deepcopy(whole_response(documented))
    at = page - first_page
    if at >= PAGES:
        _put(response, operation.pagination["items"], [])
    elif key := operation.pagination.get("key"):
        (item,) = _get(response, operation.pagination["items"])
        item[key] = f"{at:08x}{str(item[key])[8:]}" if isinstance(item[key], str) else at
    # The pages before the first that is read have one item each too; page 0 is another name of page 1.
    before = max(first_page - 1, 0)
    if total := operation.pagination.get("total"):
        _put(response, total, before + PAGES)
    if end := operation.pagination.get("end"):
        _put(response, end, before + at + 1)
    return response


def _get(response: Any, path: str) -> Any:
    for step in path.split("."):
        response = response[step]
    return response


def _put(response: Any, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        response = response[step]
    response[last] = value
