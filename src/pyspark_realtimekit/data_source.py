"""What Spark calls: the columns of a read on the driver, and its lists in the tasks, one for each."""

# PySpark is only where `make test-spark` installs it.
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from pyspark.sql.types import StructType

    from .reads import Read

__all__ = ["RealtimeKitDataSource"]


class RealtimeKitDataSource(DataSource):
    """Reads lists of the contract, such as the meetings of apps, with a partition for each list.

    The options are the names that lists are read by, in the plural and with commas between them (`app_ids`), the other
    parameters of the operation by their Python names, `operation` (its id in the contract, if it is not the first
    list), and the settings `timeout`, `max_retries`, `max_retry_after`, `prefetch`, `max_response_bytes` and
    `invalid_items` of a client. No option takes the token: each task reads `CLOUDFLARE_API_TOKEN` in its environment.

    The columns are those of `to_arrow()`, after one for each name that lists are read by (`app_id`). A secret in an
    item is `[redacted]`, unless the option `show_secrets` is true.
    """

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "realtimekit"

    def schema(self) -> StructType:
        """The columns, from the contract alone. Nothing is sent."""
        from pyspark.sql.pandas.types import from_arrow_schema

        return from_arrow_schema(self._read().rows().schema)

    def reader(self, schema: StructType) -> DataSourceReader:
        """What reads the lists.

        Raises:
            ConfigurationError: The columns are others than those of the contract.
        """
        if schema != self.schema():
            from realtimekit.errors import ConfigurationError

            raise ConfigurationError("The columns are those of the contract: leave out schema(…), and select from them")
        return _Reader(self._read())

    def _read(self) -> Read:
        # Not with this module, which Spark imports wherever it is installed.
        from .reads import read_of

        return read_of(self.options)


class _Reader(DataSourceReader):
    """Reads the lists. Spark sends it to the tasks, so there is no secret in it."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def partitions(self) -> list[InputPartition]:
        """A partition for each list."""
        return [InputPartition(index) for index in range(len(self._read.lists))]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of one list, a batch for each page, as they arrive."""
        index: Any = partition.value
        return self._read.batches(index)
