"""A Spark on this machine, whose tasks read an emulator."""

# pyright: reportMissingImports=false

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from realtimekit_emulator import Emulator

LOGGING = """\
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %p %c: %m%n%ex
"""


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Spark writes down: its log, and its events, which have the plans and the settings."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def spark(_realtimekit_emulator_server: Emulator, logs: Path) -> Iterator[Any]:
    """A session. Its tasks have the environment of the time when it started."""
    emulator = _realtimekit_emulator_server
    (logs / "log4j2.properties").write_text(LOGGING.format(file=logs / "spark.log"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CLOUDFLARE_API_TOKEN", emulator.api_token)
        environment.setenv("CLOUDFLARE_ACCOUNT_ID", emulator.account_id)
        environment.setenv("CLOUDFLARE_BASE_URL", emulator.base_url)
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # What a test writes goes there.
        environment.chdir(logs)
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={logs / 'log4j2.properties'}")
            .config("spark.eventLog.enabled", "true")
            .config("spark.eventLog.compress", "false")
            .config("spark.eventLog.dir", logs.as_uri())
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.ui.enabled", "false")
            .getOrCreate()
        )
        yield session
        session.stop()
