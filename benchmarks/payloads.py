"""Made-up lists of meetings: the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from realtimekit_emulator.seeding import generate_meetings

__all__ = ["make_pages"]


def make_pages(count: int, per_page: int) -> Iterator[bytes]:
    """The pages of a list of so many meetings, and an empty page. Most meetings have fields unknown to the contract."""
    meetings = generate_meetings(count)
    for start in range(0, count + 1, per_page):
        data = list(islice(meetings, per_page))
        paging = {"start_offset": start + 1, "end_offset": start + len(data), "total_count": count}
        page = {"data": data, "paging": paging, "success": True}
        yield json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
