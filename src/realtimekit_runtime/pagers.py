"""What a list operation returns: an object that is iterated for every item of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .async_iterators import AsyncBatches, AsyncItems, AsyncPages
from .iterators import Batches, Items, Pages
from .list_source import Described, ListSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from .client import AsyncClient, SyncClient
    from .operations import Operation

__all__ = ["AsyncPager", "Pager"]

_Item = TypeVar("_Item")
_Page = TypeVar("_Page")


class Pager(Described, Generic[_Item, _Page]):
    """A list that is read as it is iterated: a `for` loop over it yields every item, in order, once each.

    Every loop starts from the beginning. Nothing is sent before the first item is asked for. A loop raises
    `IncompleteListError` at its end if items are missing, and `ArgumentError` at its beginning if the page size is 0.
    A list whose pages give no total is read until a page has no new items, however long that takes.
    """

    __module__ = "realtimekit"

    def __init__(self, client: SyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._source = ListSource(client, operation, arguments)

    def __iter__(self) -> Items[_Item]:
        return Items(self._client, self._source)

    def pages(self) -> Pages[_Page]:
        """Iterate the pages as the service sent them: the first one, and every other that has new items."""
        return Pages(self._client, self._source)

    def batches(self) -> Batches:
        """Iterate what each page adds: its new items, and the newest total. For progress, or to store many at once."""
        return Batches(self._client, self._source)

    def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = self._client._send(self._source.first_request)
        return page

    def to_arrow(self) -> pa.Table:
        """Read the whole list into an Arrow table, with a column for each field of the contract.

        Raises:
            ConfigurationError: pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in a loop. What was read before it is lost: to keep that, loop over `batches()`.
        """
        rows = self._source.arrow_rows()
        return rows.table([rows.batch(batch.items) for batch in self.batches()])

    def to_polars(self) -> pl.DataFrame:
        """Read the whole list into a DataFrame of polars, with the columns of `to_arrow`.

        Raises:
            ConfigurationError: polars or pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in `to_arrow`.
        """
        from .arrow import library

        polars = library("polars")
        frame: pl.DataFrame = polars.DataFrame(self.to_arrow())
        return frame

    def to_pandas(self) -> pd.DataFrame:
        """Read the whole list into a DataFrame of pandas, with the columns of `to_arrow`.

        Raises:
            ConfigurationError: pandas or pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in `to_arrow`.
        """
        from .arrow import library

        library("pandas")
        return self.to_arrow().to_pandas()


class AsyncPager(Described, Generic[_Item, _Page]):
    """The same as `Pager`, for async code: `async for` over it yields every item, in order, once each."""

    __module__ = "realtimekit"

    def __init__(self, client: AsyncClient, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._client = client
        self._source = ListSource(client, operation, arguments)

    def __aiter__(self) -> AsyncItems[_Item]:
        return AsyncItems(self._client, self._source)

    def pages(self) -> AsyncPages[_Page]:
        """Iterate the pages as the service sent them: the first one, and every other that has new items."""
        return AsyncPages(self._client, self._source)

    def batches(self) -> AsyncBatches:
        """Iterate what each page adds: its new items, and the newest total. For progress, or to store many at once."""
        return AsyncBatches(self._client, self._source)

    async def first_page(self) -> _Page:
        """Fetch one page: the first, or the one that the call named."""
        page: _Page = await self._client._send(self._source.first_request)
        return page

    async def to_arrow(self) -> pa.Table:
        """Read the whole list into an Arrow table, with a column for each field of the contract.

        Raises:
            ConfigurationError: pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in a loop. What was read before it is lost: to keep that, loop over `batches()`.
        """
        rows = self._source.arrow_rows()
        return rows.table([rows.batch(batch.items) async for batch in self.batches()])

    async def to_polars(self) -> pl.DataFrame:
        """Read the whole list into a DataFrame of polars, with the columns of `to_arrow`.

        Raises:
            ConfigurationError: polars or pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in `to_arrow`.
        """
        from .arrow import library

        polars = library("polars")
        frame: pl.DataFrame = polars.DataFrame(await self.to_arrow())
        return frame

    async def to_pandas(self) -> pd.DataFrame:
        """Read the whole list into a DataFrame of pandas, with the columns of `to_arrow`.

        Raises:
            ConfigurationError: pandas or pyarrow is not installed; nothing was sent.
            RealtimeKitError: As in `to_arrow`.
        """
        from .arrow import library

        library("pandas")
        return (await self.to_arrow()).to_pandas()
