"""One interface to both clients, so that a test says once what holds for both."""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

from realtimekit import AsyncClient, AsyncPager, Client, Meeting, MeetingPage, Pager
from realtimekit.api import TAGS
from realtimekit_emulator import Emulator
from realtimekit_runtime.operations import Operation

TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
APP = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"

_T = TypeVar("_T")
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class MadeUp:
    """A service without a network: `handler`, which can be changed at any time, makes the responses."""

    handler: Handler
    api_token: str = TOKEN
    account_id: str = ACCOUNT
    app_id: str = APP
    base_url: str = "https://api.example"

    def respond(self, request: httpx.Request) -> httpx.Response:
        return self.handler(request)


Service = MadeUp | Emulator
At = Callable[[int], None]


def nothing(_count: int) -> None:
    """Do nothing after an item."""


def _settings(service: str | Service, http: type[httpx.Client | httpx.AsyncClient]) -> dict[str, Any]:
    if isinstance(service, str):
        return {"api_token": TOKEN, "account_id": ACCOUNT, "base_url": service}
    known = {name: getattr(service, name) for name in ("api_token", "account_id", "base_url")}
    if isinstance(service, MadeUp):
        known["http_client"] = http(transport=httpx.MockTransport(service.respond))
    return known


class SyncApi:
    """`Client`. It notes its waits instead of waiting, unless it is patient."""

    http = httpx.Client

    def __init__(self, service: str | Service, *, patient: bool = False, **settings: Any) -> None:
        self.app = APP if isinstance(service, str) else service.app_id
        self.client = Client(**_settings(service, self.http) | settings)
        self.waits: list[float] = []
        if not patient:
            self.client._wait = self._note  # type: ignore[method-assign]

    def _note(self, seconds: float, abandoned: threading.Event) -> bool:
        self.waits.append(seconds)
        return False

    def items(self, *, at: At = nothing, most: int | None = None, **query: Any) -> list[Meeting]:
        """Loop over the list; call `at` after each item, and leave the loop after `most` items."""
        read: list[Meeting] = []
        for meeting in self.client.meetings.list(self.app, **query):
            read.append(meeting)
            at(len(read))
            if len(read) == most:
                break
        return read

    def items_despite(self, failures: list[Exception], **query: Any) -> list[Meeting]:
        """Loop over one iterator until it ends; go on after every error and collect it."""
        read: list[Meeting] = []
        meetings = iter(self.client.meetings.list(self.app, **query))
        while True:
            try:
                read.append(next(meetings))
            except StopIteration:
                return read
            except Exception as exc:
                failures.append(exc)

    def pages(self, **query: Any) -> list[MeetingPage]:
        return list(self.client.meetings.list(self.app, **query).pages())

    def first_page(self, **query: Any) -> MeetingPage:
        return self.client.meetings.list(self.app, **query).first_page()

    def frame(self, method: str, **query: Any) -> Any:
        """The whole list as a table: `method` is to_arrow, to_polars or to_pandas."""
        return getattr(self.client.meetings.list(self.app, **query), method)()

    def request(self, operation: Operation, arguments: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self.client.request(operation, arguments or {}, body)

    def call(self, operation_id: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation of the contract by its id, a list for its first page."""
        made = called(self.client, operation_id, arguments)
        return made.first_page() if isinstance(made, Pager) else made

    def close(self, http: Any = None) -> None:
        """Close the client, or an httpx client instead."""
        (http or self.client).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncApi:
    """`AsyncClient`, in an event loop of its own; otherwise as `SyncApi`."""

    http = httpx.AsyncClient

    def __init__(self, service: str | Service, *, patient: bool = False, **settings: Any) -> None:
        self.app = APP if isinstance(service, str) else service.app_id
        self.client = AsyncClient(**_settings(service, self.http) | settings)
        self.waits: list[float] = []
        if not patient:
            self.client._wait = self._note  # type: ignore[method-assign]
        self._runner = asyncio.Runner()

    async def _note(self, seconds: float) -> None:
        self.waits.append(seconds)

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run something of the client in its event loop."""
        return self._runner.run(work)

    def items(self, *, at: At = nothing, most: int | None = None, **query: Any) -> list[Meeting]:
        async def loop() -> list[Meeting]:
            read: list[Meeting] = []
            async for meeting in self.client.meetings.list(self.app, **query):
                read.append(meeting)
                at(len(read))
                if len(read) == most:
                    break
            return read

        return self.run(loop())

    def items_despite(self, failures: list[Exception], **query: Any) -> list[Meeting]:
        async def loop() -> list[Meeting]:
            read: list[Meeting] = []
            meetings = aiter(self.client.meetings.list(self.app, **query))
            while True:
                try:
                    read.append(await anext(meetings))
                except StopAsyncIteration:
                    return read
                except Exception as exc:
                    failures.append(exc)

        return self.run(loop())

    def pages(self, **query: Any) -> list[MeetingPage]:
        async def loop() -> list[MeetingPage]:
            return [page async for page in self.client.meetings.list(self.app, **query).pages()]

        return self.run(loop())

    def first_page(self, **query: Any) -> MeetingPage:
        return self.run(self.client.meetings.list(self.app, **query).first_page())

    def frame(self, method: str, **query: Any) -> Any:
        """The whole list as a table: `method` is to_arrow, to_polars or to_pandas."""
        return self.run(getattr(self.client.meetings.list(self.app, **query), method)())

    def request(self, operation: Operation, arguments: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self.run(self.client.request(operation, arguments or {}, body))

    def call(self, operation_id: str, arguments: Mapping[str, Any]) -> Any:
        async def call() -> Any:
            made = called(self.client, operation_id, arguments)
            return await (made.first_page() if isinstance(made, AsyncPager) else made)

        return self.run(call())

    def close(self, http: Any = None) -> None:
        self.run((http or self.client).aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._runner.close()


Api = SyncApi | AsyncApi
Connect = Callable[..., Api]


def find(operation_id: str) -> tuple[str, str, Operation]:
    """The tag and the method of an operation of the contract, and what is generated from it."""
    for tag in TAGS:
        for method, operation in importlib.import_module(f"realtimekit.api.{tag}").OPERATIONS.items():
            if operation.id == operation_id:
                return tag, method, operation
    raise LookupError(f"The SDK has no operation {operation_id}")


def called(client: Client | AsyncClient, operation_id: str, arguments: Mapping[str, Any]) -> Any:
    """What the method of an operation returns."""
    tag, method, _ = find(operation_id)
    return getattr(getattr(client, tag), method)(**arguments)
