"""Client → requests: for any arguments, the request is what the contract says, or nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtimekit import ArgumentError
from tests.clients import TOKEN

from .calls import Call, calls, just_inside, just_outside, python_names, sample_call
from .conftest import Both
from .contract import Documented, operations
from .request_judges import meaning, meaning_for_schemathesis, validate


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
@given(data=st.data())
@settings(max_examples=60)
def test_requests_are_what_the_contract_says(operation: Documented, clients: Both, data: st.DataObject) -> None:
    call = data.draw(calls(operation))
    outcomes = clients.call(operation.id, call.arguments)
    assert not any(isinstance(outcome, ArgumentError) for outcome in outcomes), outcomes
    assert len(clients.requests) == 2
    expected = meaning_of(call)
    for request in clients.requests:
        assert request.headers.get_list("authorization") == [f"Bearer {TOKEN}"]
        assert TOKEN not in str(request.url)
        validate(operation, request)
        assert meaning(request) == expected


def meaning_of(call: Call) -> Any:
    """What schemathesis would send for a call; for a list with the page's number, which the SDK always sends."""
    pages = call.operation.pagination
    if pages is not None and call.values.get(pages["page"]) is None:
        call = call.with_value(pages["page"], 1)
    return meaning_for_schemathesis(call.case())


@pytest.mark.parametrize(
    ("operation", "parameter"),
    [
        pytest.param(operation, parameter, id=f"{operation.id}-{parameter['name']}")
        for operation in operations()
        for parameter in operation.parameters
    ],
)
def test_limits_and_types_are_those_of_the_contract(
    operation: Documented, parameter: dict[str, Any], clients: Both
) -> None:
    call = sample_call(operation.id)
    for value in just_inside(parameter):
        clients.call(operation.id, call.with_value(parameter["name"], value).arguments)
        assert len(clients.requests) == 2, value
    for value in just_outside(parameter):
        arguments = call.with_value(parameter["name"], value).arguments
        for outcome in clients.call(operation.id, arguments):
            assert type(outcome) is ArgumentError, f"{outcome!r} for {arguments}"
            assert outcome.attempts == 0
            assert python_names(operation.id)[parameter["name"]] in str(outcome)
        assert clients.requests == []
