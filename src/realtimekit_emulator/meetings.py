"""The one operation written by hand: listing meetings. All else follows from the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .controls import Controls
from .directory import Directory
from .responses import Response
from .storage import App
from .times import parse_instant
from .validation import Values

__all__ = ["HANDLERS", "Handler", "Request"]

# Unknown here; the vendor's sibling list of apps documents 20.
DEFAULT_PER_PAGE = 20


@dataclass(frozen=True)
class Request:
    """A valid request to a known app by somebody who may ask."""

    values: Values
    app: App
    directory: Directory
    controls: Controls


def list_meetings(request: Request) -> Response:
    """A page of an app's meetings, newest first.

    Ours, since nobody documents them: the order, which time is filtered (`created_at`, both ends included), that a
    fraction of a page number is dropped, that page 0 is the first, and that `per_page=0` counts and shows nothing.
    """
    query = request.values.query
    start, end = query.get("start_time"), query.get("end_time")
    per_page = _count(query, "per_page", DEFAULT_PER_PAGE)
    if request.controls.max_per_page is not None:
        per_page = min(per_page, request.controls.max_per_page)
    page = request.directory.page(
        request.app,
        parse_instant(start) if start is not None else None,
        parse_instant(end) if end is not None else None,
        _count(query, "page_no", 1),
        per_page,
    )
    # The stored texts go out as they came in: no meeting is read and written again.
    data = ",".join(request.directory.documents(page.numbers))
    paging = f'{{"start_offset":{page.start_offset},"end_offset":{page.end_offset},"total_count":{page.total_count}}}'
    return Response(200, f'{{"data":[{data}],"paging":{paging},"success":true}}'.encode())


def _count(query: Mapping[str, Any], name: str, default: int) -> int:
    # The contract says `number`, so 1.5, 1e3 and 5e-324 are all valid.
    value = query.get(name)
    return default if value is None else max(0, int(value))


Handler = Callable[[Request], Response]

HANDLERS: Mapping[str, Handler] = {"list_meetings": list_meetings}
"""The handler of an operation by its operationId. The others answer from the contract alone."""
