"""The lists of the contract as a data source of Spark: `spark.read.format("realtimekit").option("app_ids", …).load()`.

Spark imports every package whose name starts with `pyspark_` when it looks for a format, and registers its
`DefaultSource`. So this import has to be quick and to succeed wherever PySpark 4 is.
"""

from .data_source import RealtimeKitDataSource

__all__ = ["DefaultSource", "RealtimeKitDataSource"]

DefaultSource = RealtimeKitDataSource
