"""`Client` and `AsyncClient` without a network, called the same way, by the operation ids of the contract."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import httpx

import realtimekit
from realtimekit import AsyncClient, AsyncPager, Client, Pager
from realtimekit.api import TAGS
from realtimekit_runtime.operations import Operation

__all__ = ["Both", "python_names", "signature"]

Handler = Callable[[httpx.Request], httpx.Response]
Outcome = Any


def _find(operation_id: str) -> tuple[str, str, Operation]:
    for tag in TAGS:
        for method, operation in importlib.import_module(f"realtimekit.api.{tag}").OPERATIONS.items():
            if operation.id == operation_id:
                return tag, method, operation
    raise LookupError(f"The SDK has no operation {operation_id}")


def signature(operation_id: str) -> str:
    """How a user calls the operation."""
    tag, method, _ = _find(operation_id)
    return f"{tag}.{method}"


def python_names(operation_id: str) -> dict[str, str]:
    """The Python name of each of an operation's parameters, by the contract's name."""
    return {parameter.name: parameter.python_name for parameter in _find(operation_id)[2].parameters}


class Both:
    """Both clients; `handler`, which can be changed at any time, makes the responses."""

    TOKEN = "a-token-of-these-tests"

    def __init__(self, handler: Handler | None = None, **settings: Any) -> None:
        self.handler: Handler = handler or (lambda _: httpx.Response(500))
        transport = httpx.MockTransport(self._handle)
        settings = {"api_token": self.TOKEN, "max_retries": 0, **settings}
        self._http = httpx.Client(transport=transport)
        self._async_http = httpx.AsyncClient(transport=transport)
        self.sync_client = Client(http_client=self._http, **settings)
        self.async_client = AsyncClient(http_client=self._async_http, **settings)
        self._runner = asyncio.Runner()

    def _handle(self, request: httpx.Request) -> httpx.Response:
        return self.handler(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._runner.run(self._async_http.aclose())
        self._runner.close()
        self._http.close()

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Run something of the async client in its event loop."""

        async def wait() -> Any:
            return await awaitable

        return self._runner.run(wait())

    def one(self, operation_id: str, arguments: dict[str, Any]) -> tuple[Outcome, Outcome]:
        """Call an operation with both clients, a list for its first page. An error of the SDK is an outcome too."""
        return self._each(operation_id, arguments, "first_page")

    def every(self, operation_id: str, arguments: dict[str, Any]) -> tuple[Outcome, Outcome]:
        """Call a list with both clients for all its pages."""
        return self._each(operation_id, arguments, "pages")

    def _each(self, operation_id: str, arguments: dict[str, Any], reading: str) -> tuple[Outcome, Outcome]:
        tag, method, _ = _find(operation_id)

        def call() -> Any:
            value = getattr(getattr(self.sync_client, tag), method)(**arguments)
            if not isinstance(value, Pager):
                return value
            return value.first_page() if reading == "first_page" else list(value.pages())

        async def call_async() -> Any:
            value = getattr(getattr(self.async_client, tag), method)(**arguments)
            if not isinstance(value, AsyncPager):
                return await value
            return await value.first_page() if reading == "first_page" else [page async for page in value.pages()]

        return _outcome(call), _outcome(lambda: self._runner.run(call_async()))


def _outcome(call: Callable[[], Any]) -> Outcome:
    try:
        return call()
    except realtimekit.RealtimeKitError as error:
        return error
