"""A report for the people who run the meetings: how many each app has, and which failed to be counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from realtimekit import (
    AsyncClient,
    Client,
    Meeting,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RealtimeKitError,
)


@dataclass
class AppReport:
    """The meetings of one app."""

    app_id: str
    by_status: Counter[str] = field(default_factory=Counter)
    untitled: int = 0
    problem: str | None = None

    @property
    def meetings(self) -> int:
        return self.by_status.total()

    def count(self, meeting: Meeting) -> None:
        self.by_status[str(meeting.status or "unknown")] += 1
        self.untitled += not meeting.title

    def fail(self, error: RealtimeKitError) -> None:
        if isinstance(error, PermissionDeniedError):
            self.problem = "the token may not read this account"
        elif isinstance(error, NotFoundError):
            self.problem = "there is no such app"
        elif isinstance(error, RateLimitError):
            self.problem = f"busy, come back in {error.retry_after:.0f} seconds"
        else:
            self.problem = f"failed after {error.attempts} attempts (request {error.request_id})"


def report(client: Client, app_ids: Iterable[str], *, since: datetime | None = None) -> list[AppReport]:
    """Count the meetings of several apps, one after the other."""
    reports = []
    for app_id in app_ids:
        app = AppReport(app_id)
        try:
            for meeting in client.meetings.list(app_id, start_time=since, per_page=100):
                app.count(meeting)
        except RealtimeKitError as error:
            app.fail(error)
        reports.append(app)
    return reports


async def report_at_once(client: AsyncClient, app_ids: Iterable[str]) -> list[AppReport]:
    """Count the meetings of several apps at the same time."""

    async def count(app_id: str) -> AppReport:
        app = AppReport(app_id)
        try:
            async for meeting in client.meetings.list(app_id, per_page=100):
                app.count(meeting)
        except RealtimeKitError as error:
            app.fail(error)
        return app

    return await asyncio.gather(*map(count, app_ids))
