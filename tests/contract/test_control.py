"""The control endpoints ↔ control.json: schemathesis sends what it allows and forbids, and judges the responses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from schemathesis import Case, openapi

from realtimekit_emulator import Emulator
from realtimekit_emulator.control import ControlledApp
from realtimekit_emulator.control_operations import OPERATIONS

from .configuration import configuration, one_test_each

DOCUMENT = json.loads(resources.files("realtimekit_emulator").joinpath("control.json").read_bytes())
IDS = [node["operationId"] for path in DOCUMENT["paths"].values() for node in path.values()]
EMULATOR = Emulator()
CONTROLLED = ControlledApp(EMULATOR, "token-of-the-control-endpoints")

statuses: Counter[int] = Counter()


def schema() -> Any:
    config = configuration(
        max_examples=8,
        base_url="http://localhost/_emulator",
        token="token-of-the-control-endpoints",
        likely={"query.app_id": [EMULATOR.app_id], "query.page_no": [1, 2]},
        scheme="emulator_token",
    )
    found = openapi.from_dict(CONTROLLED.document, config=config)
    found.app = CONTROLLED
    return found


ALLOWED = schema()


@pytest.fixture(autouse=True, scope="module")
def _close() -> Iterator[None]:
    yield
    EMULATOR.close()


def test_every_operation_has_code() -> None:
    assert sorted(IDS) == sorted(OPERATIONS)


@one_test_each({operation: ALLOWED.include(operation_id=operation) for operation in IDS})
def test_the_control_endpoints_keep_their_contract(case: Case[Any]) -> None:
    statuses[case.call_and_validate().status_code] += 1


def test_there_were_good_and_bad_requests() -> None:
    if not statuses:
        pytest.skip("only together with the test before it")
    assert {200, 201, 204, 400, 401, 404, 405} <= statuses.keys(), statuses
    assert not any(status >= 500 for status in statuses), statuses
