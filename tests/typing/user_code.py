"""The public interface as users write it. Never run: mypy and pyright read it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, assert_type
from uuid import UUID

import httpx
import pandas as pd
import polars as pl
import pyarrow as pa

from realtimekit import (
    UNSET,
    APIError,
    AsyncClient,
    AsyncPager,
    Client,
    Meeting,
    MeetingPage,
    MeetingStatus,
    Pager,
    RateLimit,
    RateLimitError,
    RealtimeKitError,
    Unset,
)


def every_setting() -> Client:
    return Client(
        api_token="token",
        account_id="account",
        base_url="https://example.com",
        timeout=10,
        max_retries=3,
        max_retry_after=60,
        prefetch=4,
        max_response_bytes=1_000_000,
        http_client=httpx.Client(),
    )


def other_settings(client: Client, async_client: AsyncClient) -> None:
    assert_type(client.with_options(timeout=5, account_id="account"), Client)
    assert_type(async_client.with_options(prefetch=1, invalid_items="skip"), AsyncClient)
    assert_type(client.rate_limit, RateLimit | None)
    if client.rate_limit is not None:
        assert_type(client.rate_limit.remaining, int)
        assert_type(client.rate_limit.reset_after, float)
        assert_type(client.rate_limit.limit, int | None)


def lists() -> None:
    with Client() as client:
        assert_type(client, Client)
        pager = client.meetings.list(
            "app",
            account_id="account",
            page_no=1,
            per_page=50,
            start_time=datetime.now(UTC),
            end_time=datetime.now(UTC),
        )
        assert_type(pager, Pager[Meeting, MeetingPage])
        page = pager.first_page()
        assert_type(page, MeetingPage)
        assert_type(page.data, list[Meeting])
        assert_type(page.paging.total_count, int)
        assert_type(page.success, bool)
        assert_type(page.request_id, str | None)
        for found in pager.pages():
            assert_type(found, MeetingPage)
        for meeting in pager:
            assert_type(meeting, Meeting)
        items: Iterator[Meeting] = iter(pager)
        next(items)
        assert_type(pager.to_arrow(), pa.Table)
        assert_type(pager.to_polars(), pl.DataFrame)
        assert_type(pager.to_pandas(), pd.DataFrame)


async def async_lists() -> None:
    async with AsyncClient(http_client=httpx.AsyncClient()) as client:
        pager = client.meetings.list("app")
        assert_type(pager, AsyncPager[Meeting, MeetingPage])
        assert_type(await pager.first_page(), MeetingPage)
        async for page in pager.pages():
            assert_type(page, MeetingPage)
        async for meeting in pager:
            assert_type(meeting, Meeting)
        items: AsyncIterator[Meeting] = aiter(pager)
        await anext(items)
        assert_type(await pager.to_arrow(), pa.Table)
        assert_type(await pager.to_polars(), pl.DataFrame)
        assert_type(await pager.to_pandas(), pd.DataFrame)


def fields(meeting: Meeting) -> str:
    assert_type(meeting.id, UUID)
    assert_type(meeting.created_at, datetime)
    assert_type(meeting.title, str | None | Unset)
    assert_type(meeting.status, MeetingStatus | None | Unset)
    assert_type(meeting.session_keep_alive_time_in_secs, float | None | Unset)
    assert_type(meeting.additional_properties, dict[str, Any])
    assert_type(meeting.to_dict(), dict[str, Any])
    assert_type(Meeting.from_dict({}), Meeting)
    if meeting.title is not UNSET and meeting.title is not None:
        return meeting.title
    return meeting.title or "untitled"


def errors(client: Client) -> None:
    try:
        client.meetings.list("app").first_page()
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except APIError as error:
        assert_type(error.codes, tuple[int | None, ...])
    except RealtimeKitError as error:
        assert_type(error.status, int | None)
        assert_type(error.request_id, str | None)
        assert_type(error.next_page, int | None)


def mistakes(client: Client) -> None:
    client.meetings.list()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.meetings.list("app", page_no="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.meetings.list("app", start_time="2026-01-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client("token")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
