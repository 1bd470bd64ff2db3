"""Both clients behind one face, so that a test can say once what holds for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from realtimekit import AsyncClient, Client, Meeting, MeetingPage
from realtimekit_emulator import Emulator

from .served_list import Service


def _settings(emulator: Emulator | Service, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "api_token": emulator.api_token,
        "account_id": emulator.account_id,
        "base_url": emulator.base_url,
        **settings,
    }


class SyncReader:
    """Reads with `Client`."""

    def items(
        self,
        emulator: Emulator | Service,
        *,
        settings: dict[str, Any] | None = None,
        at: Callable[[int], None] = lambda count: None,
        most: int | None = None,
        **query: Any,
    ) -> list[Meeting]:
        """Loop over the list, calling `at` after each item, leaving it after `most` items."""
        read: list[Meeting] = []
        with Client(**_settings(emulator, settings or {})) as client:
            for meeting in client.meetings.list(emulator.app_id, **query):
                read.append(meeting)
                at(len(read))
                if len(read) == most:
                    break
        return read

    def pages(self, emulator: Emulator | Service, **query: Any) -> list[MeetingPage]:
        """All pages of the list."""
        with Client(**_settings(emulator, {})) as client:
            return list(client.meetings.list(emulator.app_id, **query).pages())

    def first_page(self, emulator: Emulator | Service, **query: Any) -> MeetingPage:
        """The first page of the list."""
        with Client(**_settings(emulator, {})) as client:
            return client.meetings.list(emulator.app_id, **query).first_page()

    def items_despite(
        self, emulator: Emulator | Service, failures: list[Exception], settings: dict[str, Any], **query: Any
    ) -> list[Meeting]:
        """Loop over one iterator until it ends, going on after every error and collecting it."""
        read: list[Meeting] = []
        with Client(**_settings(emulator, settings)) as client:
            meetings = iter(client.meetings.list(emulator.app_id, **query))
            while True:
                try:
                    read.append(next(meetings))
                except StopIteration:
                    return read
                except Exception as exc:
                    failures.append(exc)


class AsyncReader:
    """Reads with `AsyncClient`."""

    def items(
        self,
        emulator: Emulator | Service,
        *,
        settings: dict[str, Any] | None = None,
        at: Callable[[int], None] = lambda count: None,
        most: int | None = None,
        **query: Any,
    ) -> list[Meeting]:
        """Loop over the list, calling `at` after each item, leaving it after `most` items."""

        async def run() -> list[Meeting]:
            read: list[Meeting] = []
            async with AsyncClient(**_settings(emulator, settings or {})) as client:
                async for meeting in client.meetings.list(emulator.app_id, **query):
                    read.append(meeting)
                    at(len(read))
                    if len(read) == most:
                        break
            return read

        return asyncio.run(run())

    def pages(self, emulator: Emulator | Service, **query: Any) -> list[MeetingPage]:
        """All pages of the list."""

        async def run() -> list[MeetingPage]:
            async with AsyncClient(**_settings(emulator, {})) as client:
                return [page async for page in client.meetings.list(emulator.app_id, **query).pages()]

        return asyncio.run(run())

    def first_page(self, emulator: Emulator | Service, **query: Any) -> MeetingPage:
        """The first page of the list."""

        async def run() -> MeetingPage:
            async with AsyncClient(**_settings(emulator, {})) as client:
                return await client.meetings.list(emulator.app_id, **query).first_page()

        return asyncio.run(run())

    def items_despite(
        self, emulator: Emulator | Service, failures: list[Exception], settings: dict[str, Any], **query: Any
    ) -> list[Meeting]:
        """Loop over one iterator until it ends, going on after every error and collecting it."""

        async def run() -> list[Meeting]:
            read: list[Meeting] = []
            async with AsyncClient(**_settings(emulator, settings)) as client:
                meetings = aiter(client.meetings.list(emulator.app_id, **query))
                while True:
                    try:
                        read.append(await anext(meetings))
                    except StopAsyncIteration:
                        return read
                    except Exception as exc:
                        failures.append(exc)

        return asyncio.run(run())


Reader = SyncReader | AsyncReader
