"""`realtimekit meetings export`: every meeting in one file, in each format; what is refused, and what is kept."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from realtimekit import Meeting
from realtimekit_emulator import Emulator
from realtimekit_runtime.arrow import ArrowRows

from .conftest import COMMAND, Cli
from .exports import EXPORT, FORMATS, OUT, files, ids, read_back


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_every_meeting_is_in_the_file(cli: Cli, realtimekit_emulator: Emulator, name: str) -> None:
    added = realtimekit_emulator.add_meetings(44)
    added += realtimekit_emulator.add_meetings([{"title": "会议\n\u2028", "odd": {"a": [1]}}])
    out = Path(f"out.{name}")
    result = cli(*EXPORT, str(out))
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(f"{out}: 45 items from 3 pages, ")
    assert result.err.count("\n") == 1
    assert files() == [str(out)]
    rows = read_back(out)
    assert [row["id"] for row in rows] == [meeting["id"] for meeting in reversed(added)]
    assert rows[0]["title"] == added[-1]["title"]
    odd = {"odd": {"a": [1]}}
    assert rows[0]["odd"] == odd["odd"] if "ndjson" in name else json.loads(rows[0]["additional_properties"]) == odd


def test_ndjson_and_csv_are_what_the_list_prints(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(30)
    realtimekit_emulator.add_meetings([{"title": "=1"}])
    for name, options in (("ndjson", ()), ("csv", ()), ("csv", ("--spreadsheet-safe",))):
        assert cli(*EXPORT, "out", "--format", name, "--force", *options).code == 0
        assert Path("out").read_bytes() == cli("meetings", "list", "-o", name, *options).out.encode()


def test_parquet_has_the_schema_of_the_contract(cli: Cli, realtimekit_emulator: Emulator) -> None:
    for count in (0, 25):
        realtimekit_emulator.add_meetings(count)
        assert cli(*EXPORT, "out.parquet", "--force").code == 0
        table = pq.read_table("out.parquet")
        assert (table.schema, table.num_rows) == (ArrowRows(Meeting).schema, count)


def test_a_large_parquet_file_has_several_groups(
    cli: Cli, realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtimekit_cli.conversion._ROWS_OF_A_GROUP", 30)
    realtimekit_emulator.add_meetings(100)
    cli(*EXPORT, "out.parquet")
    file = pq.ParquetFile("out.parquet")
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [40, 40, 20]


@pytest.mark.parametrize("name", ["ndjson", "csv", "parquet"])
def test_several_apps_are_told_apart_by_a_column(cli: Cli, realtimekit_emulator: Emulator, name: str) -> None:
    expected = []
    for app in ("app-b", "app-a", "app-empty"):
        realtimekit_emulator.add_app(app)
        added = realtimekit_emulator.add_meetings(25 if app != "app-empty" else 0, app_id=app)
        expected += [(app, meeting["id"]) for meeting in reversed(added)]
    out = Path(f"out.{name}")
    apps = ("--app-id", "app-b", "--app-id", "app-a", "--app-id", "app-b", "--app-id", "app-empty")
    assert cli(*EXPORT, str(out), *apps).err.startswith(f"{out}: 50 items of 3 lists from 5 pages, ")
    rows = read_back(out)
    assert [(row["app_id"], row["id"]) for row in rows] == expected
    assert next(iter(rows[0])) == "app_id"


def test_a_file_names_the_apps_and_beats_the_environment(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.add_app("a")
    realtimekit_emulator.add_meetings(2, app_id="a")
    Path("apps").write_text("\ufeff a \r\n\n", encoding="utf-8")
    # There is a column for one app too: the next file may have more.
    cli(*EXPORT, "out.ndjson", "--app-ids", "apps")
    assert [row["app_id"] for row in read_back(OUT)] == ["a", "a"]
    cli(*EXPORT, "out.ndjson", "--app-ids", "apps", "--app-id", realtimekit_emulator.app_id, "--force")
    assert [row["app_id"] for row in read_back(OUT)] == [realtimekit_emulator.app_id] * 3 + ["a"] * 2


def test_a_field_of_the_service_keeps_its_name_beside_the_column_of_the_app(
    cli: Cli, realtimekit_emulator: Emulator
) -> None:
    realtimekit_emulator.add_meetings([{"app_id": 5}])
    Path("apps").write_text(realtimekit_emulator.app_id, encoding="utf-8")
    cli(*EXPORT, "out.ndjson", "--app-ids", "apps")
    (row,) = read_back(OUT)
    assert (row["app_id"], row["_app_id"]) == (5, realtimekit_emulator.app_id)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read: No such file"), (b" \n", "no values"), (b"\xff", "no text")]
)
def test_a_file_of_apps_that_cannot_be_used_is_refused(cli: Cli, content: bytes | None, words: str) -> None:
    if content is not None:
        Path("apps").write_bytes(content)
    result = cli(*EXPORT, "out.csv", "--app-ids", "apps")
    assert result.code == 2
    assert words in result.err


def test_a_link_stays_and_leads_to_the_new_file(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    Path("target.ndjson").touch()
    OUT.symlink_to("target.ndjson")
    assert cli(*EXPORT, str(OUT), "--force").code == 0
    assert OUT.is_symlink()
    assert len(ids(Path("target.ndjson"))) == 1


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["out"], "use --format"),
        (["out.txt.gz"], "use --format"),
        (["out.parquet.gz"], "Parquet compresses itself: leave out the .gz"),
        (["out.parquet", "--spreadsheet-safe"], "--spreadsheet-safe is for csv"),
        (["."], "does not tell its format"),
        (["folder.csv"], "folder.csv is there, and is no file"),
        (["there.csv"], "there.csv is there: add --force to replace it"),
        (["there.csv", "--resume"], "there.csv is there, and no unfinished export to go on with: add --force"),
        (["out.csv", "--per-page", "0"], "--per-page must be at least 1"),
        (["out.csv", "--app-id", ".."], "--app-id"),
        (["out.csv", "--page-no", "2"], "No such option"),
        ([], "use OUT"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(
    cli: Cli, realtimekit_emulator: Emulator, arguments: list[str], words: str
) -> None:
    Path("folder.csv").mkdir()
    Path("there.csv").write_text("there before")
    result = cli(*EXPORT, *arguments)
    assert result.code == 2
    assert words in result.err
    assert result.err.count("\n") == 1
    assert realtimekit_emulator.requests == []
    assert files() == ["folder.csv", "there.csv"]
    assert Path("there.csv").read_text() == "there before"


@pytest.mark.parametrize(
    ("out", "words"),
    [("no/out.csv", "No such file or directory"), ("taken.csv", "Is a directory"), (f"{'x' * 250}.csv", "too long")],
)
def test_a_place_that_cannot_be_written_is_one_line(
    cli: Cli, realtimekit_emulator: Emulator, out: str, words: str
) -> None:
    Path("taken.csv.spool").mkdir()
    result = cli(*EXPORT, out)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert result.err.startswith(f"error: {out}.spool cannot be written: ")
    assert words in result.err
    assert realtimekit_emulator.requests == []


@pytest.mark.skipif(os.name != "posix", reason="needs the rights of files")
def test_a_folder_that_cannot_be_written_is_one_line(environment: dict[str, str]) -> None:
    Path("folder").mkdir(mode=0o555)
    # Root may write everywhere; without its capabilities it may not.
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    command = [*drop, *COMMAND, *EXPORT, "folder/out.csv"]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: folder/out.csv.spool cannot be written: Permission denied\n")


def test_a_first_request_that_fails_leaves_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "wrong")
    result = cli(*EXPORT, "out.csv")
    assert result.code == 3
    assert "--resume" not in result.err
    assert files() == []


def test_the_app_that_failed_is_named(cli: Cli, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(1)
    result = cli(*EXPORT, "out.csv", "--app-id", realtimekit_emulator.app_id, "--app-id", "no-app")
    assert result.code == 5
    assert "; app_id is no-app; 1 items are kept in out.csv.spool: the same command with --resume" in result.err
