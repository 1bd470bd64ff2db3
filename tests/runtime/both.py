"""One interface to both clients, so that one test covers both. The clients note their waits instead of waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any, Self

from realtimekit import AsyncClient, Client, Meeting, MeetingPage
from realtimekit_runtime.operations import Operation

TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
APP = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


def defaults(base_url: str) -> dict[str, Any]:
    return {"api_token": TOKEN, "account_id": ACCOUNT, "base_url": base_url}


class SyncApi:
    """`Client`."""

    http = "Client"

    def __init__(self, base_url: str, **settings: Any) -> None:
        self.client = Client(**defaults(base_url) | settings)
        self.waits: list[float] = []
        self.client._wait = self._note  # type: ignore[method-assign]

    def _note(self, seconds: float, abandoned: threading.Event) -> bool:
        self.waits.append(seconds)
        return False

    def first_page(self, **query: Any) -> MeetingPage:
        return self.client.meetings.list(APP, **query).first_page()

    def loop(self) -> list[Meeting]:
        return list(self.client.meetings.list(APP))

    def call(self, operation: Operation, arguments: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self.client.request(operation, arguments or {}, body)

    def close(self, http: Any = None) -> None:
        """Close the client, or an httpx client instead."""
        (http or self.client).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncApi:
    """`AsyncClient`."""

    http = "AsyncClient"

    def __init__(self, base_url: str, **settings: Any) -> None:
        self.client = AsyncClient(**defaults(base_url) | settings)
        self.waits: list[float] = []
        self.client._wait = self._note  # type: ignore[method-assign]
        self._runner = asyncio.Runner()

    async def _note(self, seconds: float) -> None:
        self.waits.append(seconds)

    def first_page(self, **query: Any) -> MeetingPage:
        return self._runner.run(self.client.meetings.list(APP, **query).first_page())

    def loop(self) -> list[Meeting]:
        async def read() -> list[Meeting]:
            return [meeting async for meeting in self.client.meetings.list(APP)]

        return self._runner.run(read())

    def call(self, operation: Operation, arguments: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return self._runner.run(self.client.request(operation, arguments or {}, body))

    def close(self, http: Any = None) -> None:
        """Close the client, or an httpx client instead."""
        self._runner.run((http or self.client).aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._runner.close()


Api = SyncApi | AsyncApi
