"""Both clients on an emulator in this process: HTTP without a socket."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import httpx

from realtimekit import AsyncClient, Client
from realtimekit_emulator import Emulator

__all__ = ["Bridge"]


class _Transport(httpx.BaseTransport):
    """httpx has one for async clients only."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app=app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def response() -> httpx.Response:
            response = await self._transport.handle_async_request(request)
            return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

        return asyncio.run(response())


class Bridge:
    """An emulator, and both clients with its token."""

    def __init__(self) -> None:
        self.emulator = Emulator()
        app = self.emulator.asgi
        self._http = httpx.Client(transport=_Transport(app))
        self._async_http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        settings: dict[str, Any] = {
            "api_token": self.emulator.api_token,
            "account_id": self.emulator.account_id,
            "base_url": self.emulator.base_url,
            "max_retries": 0,
            "prefetch": 3,
        }
        self.client = Client(http_client=self._http, **settings)
        self.async_client = AsyncClient(http_client=self._async_http, **settings)
        self.runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.runner.run(self._async_http.aclose())
        self.runner.close()
        self._http.close()
        self.emulator.close()
