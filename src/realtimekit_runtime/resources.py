"""Base classes of the generated resources, such as `client.meetings`: the operations under one tag of the contract."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .client import AsyncClient, SyncClient
    from .operations import Operation
    from .pagers import AsyncPager, Pager

__all__ = ["AsyncResource", "Resource"]


class Resource:
    """The operations under one tag, for a sync client."""

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def _request(self, operation: Operation, arguments: Mapping[str, Any], body: Any = None) -> Any:
        return self._client.request(operation, arguments, body)

    def _pages(self, operation: Operation, arguments: Mapping[str, Any]) -> Pager[Any, Any]:
        from .pagers import Pager

        return Pager(self._client, operation, arguments)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r})"


class AsyncResource:
    """The operations under one tag, for an async client."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def _request(self, operation: Operation, arguments: Mapping[str, Any], body: Any = None) -> Any:
        return await self._client.request(operation, arguments, body)

    def _pages(self, operation: Operation, arguments: Mapping[str, Any]) -> AsyncPager[Any, Any]:
        from .pagers import AsyncPager

        return AsyncPager(self._client, operation, arguments)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r})"
