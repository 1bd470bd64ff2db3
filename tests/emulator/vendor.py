"""What the vendor's own SDK makes of the emulator: `make test-vendor` installs it and runs this.

It is 105 MB, and no part of `make test`. Its types are not looked at: it is installed only here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from realtimekit_emulator import Emulator

cloudflare: Any = import_module("cloudflare")


def settings(emulator: Emulator) -> dict[str, Any]:
    return {"api_token": emulator.api_token, "base_url": emulator.base_url, "max_retries": 1}


@pytest.fixture
def client(realtimekit_emulator: Emulator) -> Iterator[Any]:
    with cloudflare.Cloudflare(**settings(realtimekit_emulator)) as client:
        yield client


def get(client: Any, emulator: Emulator, **query: Any) -> Any:
    """One page; with an async client, what gives it."""
    query = {"app_id": emulator.app_id, "account_id": emulator.account_id} | query
    return client.realtime_kit.meetings.get(query.pop("app_id"), **query)


def test_it_reads_every_page(client: Any, realtimekit_emulator: Emulator) -> None:
    added = realtimekit_emulator.add_meetings(45)
    pages = [get(client, realtimekit_emulator, page_no=number, per_page=20) for number in (1, 2, 3)]
    assert [page.success for page in pages] == [True] * 3
    assert [page.paging.total_count for page in pages] == [45] * 3
    assert [(page.paging.start_offset, page.paging.end_offset) for page in pages] == [(1, 20), (21, 40), (41, 45)]
    read = [meeting for page in pages for meeting in page.data]
    assert sorted(meeting.id for meeting in read) == sorted(meeting["id"] for meeting in added)
    # Not only texts that stand there: the vendor's models read the times.
    assert all(isinstance(meeting.created_at, datetime) for meeting in read)
    assert {meeting.title for meeting in read} == {meeting.get("title") for meeting in added}


def test_it_reads_every_page_async(realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(25)

    async def read() -> list[int]:
        async with cloudflare.AsyncCloudflare(**settings(realtimekit_emulator)) as client:
            return [len((await get(client, realtimekit_emulator, page_no=number)).data) for number in (1, 2)]

    assert asyncio.run(read()) == [20, 5]


def test_it_filters_by_time(client: Any, realtimekit_emulator: Emulator) -> None:
    times = ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"]
    realtimekit_emulator.add_meetings({"created_at": time} for time in times)
    page = get(client, realtimekit_emulator, start_time=times[1], end_time=datetime.fromisoformat(times[2]))
    assert page.paging.total_count == 2


def test_it_knows_the_errors(client: Any, realtimekit_emulator: Emulator) -> None:
    with pytest.raises(cloudflare.NotFoundError):
        get(client, realtimekit_emulator, app_id="00000000-0000-4000-8000-000000000000")
    with pytest.raises(cloudflare.BadRequestError):
        get(client, realtimekit_emulator, page_no=-1)
    with pytest.raises(cloudflare.AuthenticationError) as caught:
        get(client.with_options(api_token="unknown"), realtimekit_emulator)
    assert [error.code for error in caught.value.errors] == [9109]
    realtimekit_emulator.add_token("no-permission", permissions=[])
    with pytest.raises(cloudflare.PermissionDeniedError):
        get(client.with_options(api_token="no-permission"), realtimekit_emulator)


def test_it_tries_again(client: Any, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.fail_next(status=503)
    assert len(get(client, realtimekit_emulator).data) == 3
    realtimekit_emulator.fail_next(disconnect=True)
    assert len(get(client, realtimekit_emulator).data) == 3
    realtimekit_emulator.fail_next(status=429, retry_after=0, times=2)
    with pytest.raises(cloudflare.RateLimitError):
        get(client, realtimekit_emulator)
