"""Listing meetings: the only operation with its own code. Everything else follows from the contract."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .cache import Cache
from .responses import Response
from .storage import App
from .times import parse_time

__all__ = ["HANDLERS", "filters_of"]


@dataclass(frozen=True)
class Matches:
    """Whether a meeting has a status, and a text somewhere in its id or its title, in upper or lower case."""

    search: str
    status: str | None

    def __call__(self, body: str) -> bool:
        """Look into the JSON text of a meeting."""
        meeting = json.loads(body)
        if self.status is not None and meeting.get("status") != self.status:
            return False
        return any(self.search.casefold() in str(meeting.get(name) or "").casefold() for name in ("id", "title"))


def list_meetings(
    app: App,
    cache: Cache,
    max_per_page: int | None,
    *,
    start_time: str | None = None,
    end_time: str | None = None,
    page_no: float = 1,
    per_page: float = 20,
    search: str = "",
    status: str | None = None,
) -> Response:
    """A page of an app's meetings, newest first.

    These are our decisions, since nobody documents them: the order, which time is filtered (`created_at`, both ends
    included), that fractions of `page_no` and `per_page` are dropped, that page 0 is the first page, that
    `per_page=0` gives an empty page with the total, and the default of 20 (the vendor's list of apps has it). `search`
    finds a part of the id or the title; a meeting without a status has neither of the two.
    """
    size = int(per_page)
    if max_per_page is not None:
        size = min(size, max_per_page)
    page, texts = cache.page(
        app,
        parse_time(start_time) if start_time is not None else None,
        parse_time(end_time) if end_time is not None else None,
        int(page_no),
        size,
        matches=Matches(search, status) if search or status else None,
    )
    # The stored texts are sent as they are: parsing and writing each meeting would take most of the time.
    data = ",".join(texts)
    paging = f'{{"start_offset":{page.start_offset},"end_offset":{page.end_offset},"total_count":{page.total_count}}}'
    return Response(200, f'{{"data":[{data}],"paging":{paging},"success":true}}'.encode())


Handler = Callable[..., Response]

HANDLERS: Mapping[str, Handler] = {"list_meetings": list_meetings}
"""The handler of an operation by its operationId; its keyword arguments are the query parameters that it uses.

The responses of other operations are the examples in the contract.
"""


def filters_of(handler: Handler) -> frozenset[str]:
    """The query parameters that a handler has code for."""
    parameters = inspect.signature(handler).parameters.values()
    return frozenset(parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY)
