from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from realtimekit import RealtimeKitError
from realtimekit_runtime.models import Model
from tests.clients import Api, AsyncApi, MadeUp, SyncApi

from .calls import sample_call
from .contract import SERVER, Response, operations
from .judge import is_same

Outcome = Any
REQUEST_ID = "230b030023ae2822-SJC"


class Both:
    """Both clients of one made-up service, which records the requests and always has the same response."""

    def __init__(self) -> None:
        service = MadeUp(self._respond, base_url=SERVER)
        self.apis: list[Api] = [kind(service, max_retries=0) for kind in (SyncApi, AsyncApi)]
        self.requests: list[httpx.Request] = []
        self.response: tuple[int, bytes, dict[str, str]] = (500, b"", {})

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body, headers = self.response
        return httpx.Response(status, content=body, headers=headers)

    def receive(self, response: Response, body: bytes, status: int = 200) -> list[Outcome]:
        """What both clients make of a response."""
        self.response = (status, body, {"content-type": response.media_type, "cf-ray": REQUEST_ID})
        return self.call(response.operation, sample_call(response.operation).arguments)

    def call(self, operation_id: str, arguments: Mapping[str, Any]) -> list[Outcome]:
        """Call an operation with both clients. An error of the SDK is an outcome too."""
        self.requests.clear()
        return [_outcome(api, operation_id, arguments) for api in self.apis]


def _outcome(api: Api, operation_id: str, arguments: Mapping[str, Any]) -> Outcome:
    try:
        return api.call(operation_id, arguments)
    except RealtimeKitError as error:
        return error


def check_read(response: Response, value: Any, outcome: Any) -> None:
    """Check that a call returned what a response has, and that nothing is lost when it is written."""
    assert not isinstance(outcome, BaseException), outcome
    if isinstance(outcome, Model):
        written = outcome.to_dict()
        assert is_same(response.schema, value, written)
        assert type(outcome).from_dict(json.loads(json.dumps(written))) == outcome


@pytest.fixture(scope="session")
def clients() -> Iterator[Both]:
    # Made up before the tests, because hypothesis cannot do it within a test of its own.
    for operation in operations():
        sample_call(operation.id)
    both = Both()
    with ExitStack() as stack:
        for api in both.apis:
            stack.push(api)
        yield both
