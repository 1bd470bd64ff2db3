"""The service's own tests, against the emulator."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import pytest
from meeting_report import AppReport, report, report_at_once

from realtimekit import AsyncClient, Client
from realtimekit_emulator import Emulator


class Access(TypedDict):
    """What a client needs to reach the emulator."""

    api_token: str
    account_id: str
    base_url: str


@pytest.fixture
def access(realtimekit_emulator: Emulator) -> Access:
    return {
        "api_token": realtimekit_emulator.api_token,
        "account_id": realtimekit_emulator.account_id,
        "base_url": realtimekit_emulator.base_url,
    }


@pytest.fixture
def client(access: Access) -> Iterator[Client]:
    with Client(**access) as client:
        yield client


def one(client: Client, emulator: Emulator) -> AppReport:
    (app,) = report(client, [emulator.app_id])
    return app


def test_every_page_is_counted(client: Client, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.max_per_page = 10
    realtimekit_emulator.add_meetings({"title": "Retrospective", "status": "ACTIVE"} for _ in range(42))
    realtimekit_emulator.add_meetings({"status": "INACTIVE"}, {"status": "PAUSED"})
    app = one(client, realtimekit_emulator)
    assert app.by_status == {"ACTIVE": 42, "INACTIVE": 1, "PAUSED": 1}
    assert (app.meetings, app.untitled, app.problem) == (44, 2, None)
    assert [request.query["page_no"] for request in realtimekit_emulator.requests[:2]] == ["1", "2"]


def test_only_new_meetings_are_counted(client: Client, realtimekit_emulator: Emulator) -> None:
    now = datetime.now(UTC)
    ages = [timedelta(hours=1), timedelta(days=1), timedelta(days=30)]
    realtimekit_emulator.add_meetings({"created_at": (now - age).isoformat()} for age in ages)
    (app,) = report(client, [realtimekit_emulator.app_id], since=now - timedelta(days=2))
    assert app.meetings == 2


def test_a_failure_that_passes_goes_unnoticed(client: Client, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.fail_next(status=503, retry_after=0)
    realtimekit_emulator.fail_next(disconnect=True)
    assert one(client, realtimekit_emulator).meetings == 3
    assert len(realtimekit_emulator.requests) == 3


def test_a_failure_that_stays_names_the_request(access: Access, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.fail_next(status=500, retry_after=0, times=2)
    with Client(**access, max_retries=1) as client:
        app = one(client, realtimekit_emulator)
    assert app.problem is not None
    assert app.problem.startswith("failed after 2 attempts (request ")


def test_the_rate_limit_is_waited_for_or_said(client: Client, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(250)
    realtimekit_emulator.rate_limit = (2, 0.2)
    assert one(client, realtimekit_emulator).meetings == 250

    realtimekit_emulator.fail_next(status=429, retry_after=3600)
    assert one(client, realtimekit_emulator).problem == "busy, come back in 3600 seconds"


def test_a_slow_service_is_a_failure(access: Access, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.latency = 0.5
    with Client(**access, timeout=0.05, max_retries=0) as client:
        app = one(client, realtimekit_emulator)
    assert app.problem == "failed after 1 attempts (request None)"


def test_a_token_without_the_permission(access: Access, realtimekit_emulator: Emulator) -> None:
    access["api_token"] = realtimekit_emulator.add_token("a-token-without-permissions", permissions=[])
    with Client(**access) as client:
        assert one(client, realtimekit_emulator).problem == "the token may not read this account"


def test_several_apps(client: Client, realtimekit_emulator: Emulator) -> None:
    other, unknown = str(uuid.uuid4()), str(uuid.uuid4())
    realtimekit_emulator.add_app(other)
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.add_meetings(4, app_id=other)
    reports = report(client, [realtimekit_emulator.app_id, unknown, other])
    assert [(app.meetings, app.problem) for app in reports] == [(3, None), (0, "there is no such app"), (4, None)]


def test_several_apps_at_once(access: Access, realtimekit_emulator: Emulator) -> None:
    apps = [realtimekit_emulator.add_app(str(uuid.uuid4())) for _ in range(3)]
    for number, app in enumerate(apps, start=120):
        realtimekit_emulator.add_meetings(number, app_id=app)
    realtimekit_emulator.fail_next(status=502)

    async def count() -> list[AppReport]:
        async with AsyncClient(**access) as client:
            return await report_at_once(client, apps)

    assert [app.meetings for app in asyncio.run(count())] == [120, 121, 122]
