"""One interface to both clients, so that a test says once what holds for both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import httpx

from realtimekit import AsyncClient, AsyncPager, Client, Meeting, MeetingPage, Pager, api
from realtimekit_emulator import Emulator
from realtimekit_runtime.api_operations import all_operations
from realtimekit_runtime.operations import Operation

TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
APP = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"

_Client = TypeVar("_Client", Client, AsyncClient)
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


class _Api(Generic[_Client]):
    """What tests do with a client. It notes its waits instead of waiting, unless it is patient."""

    kind: type[_Client]
    http: type[httpx.Client | httpx.AsyncClient]

    def __init__(self, service: str | Service, *, patient: bool = False, **settings: Any) -> None:
        self.app = APP if isinstance(service, str) else service.app_id
        self.client: _Client = self.kind(**_settings(service, self.http) | settings)
        self.waits: list[float] = []
        if not patient:
            self.client._wait = self._note  # type: ignore[assignment, method-assign]

    def _note(self, seconds: float, *_: object) -> Any:
        self.waits.append(seconds)

    def result(self, made: Any) -> Any:
        """What a call of the client returns in the end."""
        return made

    def each(self, made: Any) -> Iterator[Any]:
        """What a loop over something of the client gives. After an error, it goes on."""
        return iter(made)

    def pager(self, **query: Any) -> Any:
        return self.client.meetings.list(self.app, **query)

    def items(self, *, at: At = nothing, most: int | None = None, **query: Any) -> list[Meeting]:
        """Loop over the list; call `at` after each item, and leave the loop after `most` items."""
        read: list[Meeting] = []
        for meeting in self.each(self.pager(**query)):
            read.append(meeting)
            at(len(read))
            if len(read) == most:
                break
        return read

    def items_despite(self, failures: list[Exception], **query: Any) -> list[Meeting]:
        """Loop over one iterator until it ends; go on after every error and collect it."""
        read: list[Meeting] = []
        meetings = self.each(self.pager(**query))
        while True:
            try:
                read.append(next(meetings))
            except StopIteration:
                return read
            except Exception as exc:
                failures.append(exc)

    def pages(self, **query: Any) -> list[MeetingPage]:
        return list(self.each(self.pager(**query).pages()))

    def first_page(self, **query: Any) -> MeetingPage:
        page: MeetingPage = self.result(self.pager(**query).first_page())
        return page

    def frame(self, method: str, **query: Any) -> Any:
        """The whole list as a table: `method` is to_arrow, to_polars or to_pandas."""
        return self.result(getattr(self.pager(**query), method)())

    def request(self, operation: Operation, arguments: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self.result(self.client.request(operation, arguments or {}, body))

    def call(self, operation_id: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation of the contract by its id, a list for its first page."""
        tag, method, _ = find(operation_id)
        made = getattr(getattr(self.client, tag), method)(**arguments)
        return self.result(made.first_page() if isinstance(made, Pager | AsyncPager) else made)

    def close(self, http: Any = None) -> None:
        """Close the client, or an httpx client instead."""
        closed: Any = http or self.client
        self.result(closed.aclose() if hasattr(closed, "aclose") else closed.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SyncApi(_Api[Client]):
    """`Client`."""

    kind, http = Client, httpx.Client


class AsyncApi(_Api[AsyncClient]):
    """`AsyncClient`, in an event loop of its own."""

    kind, http = AsyncClient, httpx.AsyncClient

    def __init__(self, service: str | Service, **settings: Any) -> None:
        super().__init__(service, **settings)
        self._runner = asyncio.Runner()

    async def _note(self, seconds: float, *_: object) -> None:
        super()._note(seconds)

    def result(self, made: Any) -> Any:
        return self._runner.run(made)

    def each(self, made: Any) -> Iterator[Any]:
        return _Each(self, aiter(made))

    def __exit__(self, *_: object) -> None:
        self.close()
        self._runner.close()


class _Each(Iterator[Any]):
    """An async iterator, read in the event loop of its client."""

    def __init__(self, api: AsyncApi, iterator: AsyncIterator[Any]) -> None:
        self._api, self._iterator = api, iterator

    def __next__(self) -> Any:
        try:
            return self._api.result(self._iterator.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None


Api = SyncApi | AsyncApi
Connect = Callable[..., Api]


def find(operation_id: str) -> tuple[str, str, Operation]:
    """The tag and the method of an operation of the contract, and what is generated from it."""
    for tag, method, operation in all_operations(api):
        if operation.id == operation_id:
            return tag, method, operation
    raise LookupError(f"The SDK has no operation {operation_id}")
