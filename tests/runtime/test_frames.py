"""Lists as Arrow tables and DataFrames: the schema is the contract's, and every value is in it once."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from realtimekit import ConfigurationError, IncompleteListError, Meeting, ResponseError
from realtimekit.api.meetings import LIST_MEETINGS
from realtimekit_emulator import Emulator
from realtimekit_runtime.arrow import ArrowRows
from realtimekit_runtime.models import Model, model
from realtimekit_runtime.rows import row_type
from realtimekit_runtime.wire_names import wire_names
from tests.clients import Connect

from .small_models import Cat, Everything

KEY = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
FULL: dict[str, Any] = {
    "text": "",
    "whole": 3,
    "number": 1.5,
    "flag": False,
    "key": KEY,
    "at": "2026-01-31T12:00:00.123456+05:00",
    "day": "2024-02-29",
    "few": 5,
    "colour": "green",
    "level": 7,
    "anything": [1, None],
    "texts": ["x", "y"],
    "counts": {"a": 1},
    "tree": {"name": "n", "left": {"name": "l"}, "children": [{"name": "c", "odd": 3}], "odd": 1},
    "crossed": {"two": 1, "class": "s", "one": True},
    "pets": [{"lives": 3}],
    "by-name": {"a": {"lives": 1}},
    "text_or_whole": 3,
    "camelCase": "c",
}
REQUIRED = {name: FULL[name] for name in ("text", "whole", "number", "flag", "key", "at")}
TREE = pa.struct([("name", pa.string()), ("left", pa.string()), ("children", pa.list_(pa.string()))])
CROSSED = pa.struct([("two", pa.int64()), ("class", pa.string()), ("one", pa.bool_())])
COLUMNS: dict[str, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "key": pa.string(),
    "at": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
    "few": pa.int64(),
    "colour": pa.string(),
    "level": pa.int64(),
    "anything": pa.string(),
    "texts": pa.list_(pa.string()),
    "counts": pa.string(),
    "tree": TREE,
    "crossed": CROSSED,
    "pets": pa.list_(pa.string()),
    "by-name": pa.string(),
    "text_or_whole": pa.string(),
    "camelCase": pa.string(),
    "additional_properties": pa.string(),
}


def _row(data: dict[str, Any]) -> dict[str, Any]:
    (row,) = ArrowRows(Everything).batch([Everything.from_dict(data)]).to_pylist()
    return dict(row)


def test_every_type_has_its_column() -> None:
    assert ArrowRows(Everything).schema == pa.schema(COLUMNS)


def test_every_value_is_in_its_column() -> None:
    row = _row(FULL)
    assert row.pop("at") == datetime(2026, 1, 31, 7, 0, 0, 123456, tzinfo=UTC)
    assert row.pop("day") == date(2024, 2, 29)
    for name in ("anything", "counts", "by-name", "text_or_whole"):
        assert json.loads(row.pop(name)) == FULL[name]
    assert [json.loads(text) for text in row.pop("pets")] == FULL["pets"]
    tree = row.pop("tree")
    assert tree["name"] == "n"
    assert json.loads(tree["left"]) == FULL["tree"]["left"]
    assert [json.loads(text) for text in tree["children"]] == FULL["tree"]["children"]
    assert json.loads(row.pop("additional_properties")) == {"tree": {"odd": 1}}
    assert row == {name: FULL[name] for name in row}


@pytest.mark.parametrize("absent", [{}, {name: None for name in FULL if name not in REQUIRED}], ids=["missing", "null"])
def test_a_missing_and_a_null_field_are_null(absent: dict[str, None]) -> None:
    assert {name for name, value in _row(REQUIRED | absent).items() if value is not None} == set(REQUIRED)


def test_unknown_fields_are_in_one_column_under_the_names_of_their_structs() -> None:
    @model
    class Farm(Model):
        name: str
        cat: Cat
        cats: list[Cat]

    data = {"name": "f", "cat": {"lives": 1, "a": "\ud800"}, "cats": [{"lives": 2}, {"lives": 3, "b": [1]}], "c": None}
    (row,) = ArrowRows(Farm).batch([Farm.from_dict(data)]).to_pylist()
    unknown = json.loads(row.pop("additional_properties"))
    assert unknown == {"cat": {"a": "\ud800"}, "cats": [None, {"b": [1]}], "c": None}
    assert row == {"name": "f", "cat": {"lives": 1}, "cats": [{"lives": 2}, {"lives": 3}]}


def test_the_column_of_unknown_fields_has_a_name_of_its_own() -> None:
    @model
    class Odd(Model):
        properties: int

        __wire_names__ = {"properties": "additional_properties"}  # noqa: RUF012  # as the generator writes it

    rows = ArrowRows(Odd)
    assert rows.schema.names == ["additional_properties", "_additional_properties"]
    assert rows.batch([Odd.from_dict({"additional_properties": 1, "x": 2})]).to_pylist() == [
        {"additional_properties": 1, "_additional_properties": '{"x":2}'}
    ]


@pytest.mark.parametrize(
    ("hint", "item", "value"),
    [(dict[str, Any], {"a": 1}, '{"a":1}'), (str, "x", "x"), (list[Cat | None], [None], [None])],
)
def test_items_that_are_no_models_have_one_column(hint: Any, item: Any, value: Any) -> None:
    assert ArrowRows(hint).batch([item]).to_pylist() == [{"value": value}]


def test_a_number_that_its_column_cannot_hold_is_an_error() -> None:
    with pytest.raises(ResponseError, match="does not fit the columns of a table"):
        _row(FULL | {"whole": 2**64})


# --- of a list --------------------------------------------------------------------------------------------------------


def test_a_list_as_a_table_and_as_frames(connect: Connect, realtimekit_emulator: Emulator) -> None:
    realtimekit_emulator.add_meetings(45)
    realtimekit_emulator.add_meetings([{"odd": {"a": 1}, "title": None}])
    api = connect(realtimekit_emulator)
    meetings = api.items()
    table = api.frame("to_arrow", per_page=7)
    assert table.schema == ArrowRows(Meeting).schema
    assert table.schema.names == [*wire_names(Meeting).values(), "additional_properties"]
    assert table["id"].to_pylist() == [str(meeting.id) for meeting in meetings]
    assert table["created_at"].to_pylist() == [meeting.created_at for meeting in meetings]
    assert json.loads(table["additional_properties"][0].as_py()) == {"odd": {"a": 1}}
    polars = api.frame("to_polars")
    assert polars.columns == table.schema.names
    assert polars["created_at"].to_list() == table["created_at"].to_pylist()
    pandas = api.frame("to_pandas")
    assert list(pandas.columns) == table.schema.names
    assert list(pandas["created_at"]) == table["created_at"].to_pylist()


def test_an_empty_list_has_the_same_columns(connect: Connect, realtimekit_emulator: Emulator) -> None:
    table = connect(realtimekit_emulator).frame("to_arrow")
    assert (table.num_rows, table.schema) == (0, ArrowRows(row_type(LIST_MEETINGS)).schema)


def test_an_incomplete_list_is_no_table(connect: Connect, realtimekit_emulator: Emulator) -> None:
    body = {"data": [], "paging": {"start_offset": 0, "end_offset": 0, "total_count": 5}, "success": True}
    realtimekit_emulator.fail_next(status=200, body=body, times=20)
    # A page that was requested ahead and dropped could arrive in the next test.
    api = connect(realtimekit_emulator, prefetch=1)
    with pytest.raises(IncompleteListError):
        api.frame("to_arrow")


@pytest.mark.parametrize(
    ("method", "missing", "command"),
    [
        ("to_arrow", "pyarrow", "pip install 'realtimekit[parquet]'"),
        ("to_polars", "pyarrow", "pip install 'realtimekit[parquet]'"),
        ("to_polars", "polars", "pip install 'polars'"),
        ("to_pandas", "pandas", "pip install 'pandas'"),
    ],
)
def test_what_is_missing_is_named_before_any_request(
    connect: Connect,
    realtimekit_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    missing: str,
    command: str,
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    api = connect(realtimekit_emulator)
    with pytest.raises(ConfigurationError) as caught:
        api.frame(method)
    assert command in str(caught.value)
    assert realtimekit_emulator.requests == []
