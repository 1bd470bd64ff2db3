"""The ways to read meetings that are compared.

Each makes a function that takes the number and the size of a page and returns the page, or an awaitable of it. `http`
is an httpx client that has the page in memory, or None.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import GenericAlias
from typing import Any, get_type_hints

import attrs
import httpx
import msgspec

from realtimekit import AsyncClient, Client, Meeting, MeetingPage, Paging

from .payloads import make_pages

__all__ = ["ACCOUNT", "APP", "CONTENDERS", "PER_PAGE", "TOKEN", "read_list", "read_list_page_by_page", "reader"]

Fetch = Callable[[int, int], Any]

TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"  # noqa: S105 - made up
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
APP = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
PER_PAGE = 100


def fetch_realtimekit(url: str, http: Any, *, is_async: bool) -> Fetch:
    """This SDK."""
    made = AsyncClient if is_async else Client
    meetings = made(api_token=TOKEN, account_id=ACCOUNT, base_url=url, http_client=http).meetings
    return lambda page_no, per_page: meetings.list(APP, page_no=page_no, per_page=per_page).first_page()


def fetch_httpx(url: str, http: Any, *, is_async: bool) -> Fetch:
    """What is written without an SDK; meetings are dicts."""
    http = http or (httpx.AsyncClient() if is_async else httpx.Client())
    path, headers = f"{url}/accounts/{ACCOUNT}/realtime/kit/{APP}/meetings", {"Authorization": f"Bearer {TOKEN}"}

    def get(page_no: int, per_page: int) -> Any:
        return http.get(path, params={"page_no": page_no, "per_page": per_page}, headers=headers)

    async def fetch(page_no: int, per_page: int) -> Any:
        return (await get(page_no, per_page)).raise_for_status().json()

    return fetch if is_async else lambda *page: get(*page).raise_for_status().json()


def fetch_stock(url: str, http: Any, *, is_async: bool) -> Fetch:
    """What openapi-python-client makes of the contract with its own templates."""
    client = import_module("stock").AuthenticatedClient(url, token=TOKEN)
    if http:
        client.set_httpx_client(http)
    operation = import_module("stock.api.meetings.list_meetings")
    read = operation.asyncio if is_async else operation.sync
    return lambda page_no, per_page: read(ACCOUNT, APP, client=client, page_no=page_no, per_page=per_page)


def fetch_vendor(url: str, http: Any, *, is_async: bool) -> Fetch:
    """The vendor's SDK."""
    made = getattr(import_module("cloudflare"), "AsyncCloudflare" if is_async else "Cloudflare")
    read = made(api_token=TOKEN, base_url=url, http_client=http).realtime_kit.meetings.get
    return lambda page_no, per_page: read(APP, account_id=ACCOUNT, page_no=page_no, per_page=per_page)


OURS, VENDOR, STRUCTS, HTTPX = "realtimekit", "the vendor's SDK", "msgspec into Structs", "httpx into dicts"
CONTENDERS = {
    OURS: fetch_realtimekit,
    HTTPX: fetch_httpx,
    "the stock generator's client": fetch_stock,
    VENDOR: fetch_vendor,
}


def reader(contender: str) -> Callable[[], Any]:
    """A function that reads a page of 1,000 meetings from memory."""
    body = next(make_pages(1000, 1000))
    if contender == STRUCTS:
        # No HTTP, and no unknown fields.
        decoder = msgspec.json.Decoder(
            _struct(MeetingPage, data=GenericAlias(list, _struct(Meeting)), paging=_struct(Paging))
        )
        return lambda: decoder.decode(body)

    def respond(_request: httpx.Request) -> httpx.Response:
        # A copy, as if it came over the network.
        return httpx.Response(200, content=bytes(bytearray(body)), headers={"Content-Type": "application/json"})

    url = "https://api.example"
    http = httpx.Client(base_url=url, transport=httpx.MockTransport(respond))
    return partial(CONTENDERS[contender](url, http, is_async=False), 1, 1000)


def _struct(model: Any, **types: Any) -> Any:
    """A Struct with the fields of a model."""
    types = get_type_hints(model) | types
    return msgspec.defstruct(
        model.__name__,
        [
            (field.name, types[field.name], *(() if field.default is attrs.NOTHING else (field.default,)))
            for field in attrs.fields(model)
        ],
    )


def read_list(url: str) -> int:
    """Read a whole list with this SDK; return how many meetings came."""
    with Client(api_token=TOKEN, account_id=ACCOUNT, base_url=url) as client:
        return sum(1 for _ in client.meetings.list(APP, per_page=PER_PAGE))


def read_list_page_by_page(fetch: Fetch) -> int:
    """Read a whole list with an SDK that has no loop over pages."""
    count, number = 0, 1
    while True:
        page = fetch(number, PER_PAGE)
        count += len(page.data)
        if count >= page.paging.total_count:
            return count
        number += 1
