"""`spark.read.format("realtimekit")`: the lists of several apps in one DataFrame."""

# pyright: reportMissingImports=false

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException

from realtimekit_emulator import Emulator

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "spark.md"
OTHER_APP = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


def read(spark: Any, *app_ids: str, **options: Any) -> Any:
    return spark.read.format("realtimekit").options(app_ids=",".join(app_ids), **options).load()


def test_the_meetings_of_all_apps_are_read_once_each_within_the_quota(
    spark: Any, realtimekit_emulator: Emulator
) -> None:
    other = realtimekit_emulator.add_app(OTHER_APP)
    added = [
        *((realtimekit_emulator.app_id, each) for each in realtimekit_emulator.add_meetings(90)),
        *((other, each) for each in realtimekit_emulator.add_meetings(45, app_id=other)),
    ]
    realtimekit_emulator.rate_limit = (3, 1.0)
    realtimekit_emulator.fail_next(status=429, retry_after=1)
    frame = read(spark, realtimekit_emulator.app_id, other, per_page=20)
    assert realtimekit_emulator.requests == []
    rows = [tuple(row) for row in frame.select("app_id", "id", "title").collect()]
    assert Counter(rows) == Counter((app, each["id"], each.get("title")) for app, each in added)
    # Five pages, three, and what was refused.
    assert len(realtimekit_emulator.requests) > 8
    assert frame.rdd.getNumPartitions() == 2


def test_a_row_has_what_the_response_had(spark: Any, realtimekit_emulator: Emulator) -> None:
    meeting = {"title": "会议", "created_at": "2024-03-01T12:00:00.5Z", "made_up": {"a": [1, None]}}
    (added,) = realtimekit_emulator.add_meetings([meeting])
    (row,) = read(spark, realtimekit_emulator.app_id).collect()
    assert (row.app_id, row.id, row.title) == (realtimekit_emulator.app_id, added["id"], "会议")
    assert row.created_at.astimezone(UTC) == datetime(2024, 3, 1, 12, 0, 0, 500_000, UTC)
    assert json.loads(row.additional_properties) == {"made_up": {"a": [1, None]}}


def test_the_parameters_of_the_contract_are_options(spark: Any, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings([{"created_at": f"202{year}-01-01T00:00:00Z"} for year in range(5)])
    frame = read(spark, realtimekit_emulator.app_id, start_time="2022-01-01T00:00:00+00:00", PER_PAGE="2")
    assert frame.count() == 3
    assert {request.query["per_page"] for request in realtimekit_emulator.requests} == {"2"}


def test_an_app_without_meetings_has_no_rows(spark: Any, realtimekit_emulator: Emulator) -> None:
    assert read(spark, realtimekit_emulator.app_id).collect() == []


def test_an_error_says_which_app(spark: Any, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    frame = read(spark, realtimekit_emulator.app_id, OTHER_APP)
    with pytest.raises(PySparkException, match=rf"NotFoundError: app_id {OTHER_APP}: .*status 404"):
        frame.collect()


def test_what_is_wrong_is_said_before_anything_is_sent(spark: Any, realtimekit_emulator: Emulator) -> None:
    with pytest.raises(PySparkException, match="per_page must be `int`, not 'many'"):
        read(spark, realtimekit_emulator.app_id, per_page="many")
    with pytest.raises(PySparkException, match=r"leave out schema\(…\)"):
        spark.read.format("realtimekit").schema("id string").option("app_ids", OTHER_APP).load().collect()
    assert realtimekit_emulator.requests == []


def test_the_token_is_in_no_plan_and_no_log(
    spark: Any, logs: Path, realtimekit_emulator: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    token = realtimekit_emulator.api_token
    with pytest.raises(PySparkException, match="would put a secret into Spark's plan") as refused:
        read(spark, realtimekit_emulator.app_id, api_token=token)
    realtimekit_emulator.add_meetings(1)
    frame = read(spark, realtimekit_emulator.app_id)
    frame.explain(extended=True)
    assert frame.count() == 1
    with pytest.raises(PySparkException) as failed:
        read(spark, OTHER_APP).collect()
    shown = "".join(capfd.readouterr())
    assert "BatchScan realtimekit" in shown
    written = [path.read_text(errors="replace") for path in logs.rglob("*") if path.is_file()]
    assert any("SparkListenerSQLExecutionStart" in text and "BatchScan realtimekit" in text for text in written)
    assert any(OTHER_APP in text and "NotFoundError" in text for text in written)
    assert not [text for text in (shown, f"{refused.value}", f"{failed.value}", *written) if token in text]


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL))
def test_the_blocks_of_the_guide_run(
    spark: Any, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    realtimekit_emulator.add_meetings(45)
    monkeypatch.setenv("REALTIMEKIT_APP_ID", realtimekit_emulator.app_id)
    exec(compile(code, str(GUIDE), "exec"), {})
