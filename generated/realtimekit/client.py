# Generated from openapi.yaml by `make generate`; do not edit.
"""The clients: their settings are the runtime's, their resources the contract's."""

from __future__ import annotations

from functools import cached_property

from realtimekit_runtime.client import AsyncClient as BaseAsyncClient, SyncClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .api.meetings import AsyncMeetings, Meetings

__all__ = ["AsyncClient", "Client"]


class Client(SyncClient):
    """Read the meetings of a RealtimeKit app.

    The token and the account come from the arguments, else from `CLOUDFLARE_API_TOKEN` and
    `CLOUDFLARE_ACCOUNT_ID`; an argument beats the environment. A client keeps its
    connections: make one, use it for everything, and close it, or let `with` do so.

        with Client() as client:
            for item in client.meetings.list(…):
                print(item)
    """

    __module__ = "realtimekit"
    _base_url = "https://api.cloudflare.com/client/v4"
    _version = "1.1.0"

    @cached_property
    def meetings(self) -> Meetings:
        """Meetings of a RealtimeKit app."""
        from .api.meetings import Meetings

        return Meetings(self)


class AsyncClient(BaseAsyncClient):
    """Read the meetings of a RealtimeKit app.

    The token and the account come from the arguments, else from `CLOUDFLARE_API_TOKEN` and
    `CLOUDFLARE_ACCOUNT_ID`; an argument beats the environment. A client keeps its
    connections: make one, use it for everything, and close it, or let `with` do so.

        async with AsyncClient() as client:
            async for item in client.meetings.list(…):
                print(item)
    """

    __module__ = "realtimekit"
    _base_url = "https://api.cloudflare.com/client/v4"
    _version = "1.1.0"

    @cached_property
    def meetings(self) -> AsyncMeetings:
        """Meetings of a RealtimeKit app."""
        from .api.meetings import AsyncMeetings

        return AsyncMeetings(self)
