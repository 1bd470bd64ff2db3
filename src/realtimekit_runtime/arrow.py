"""Lists as Arrow tables. The schema comes from the contract alone, whatever the items hold.

Times are timestamps in UTC, UUIDs and enums text, models structs, and lists lists. What has no columns of its own (any
value, an object without known fields, one of several types, a model inside itself) is JSON text. The fields that the
contract does not know are together in one column of JSON text, those of a struct under the name of the struct.
"""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from .errors import ConfigurationError, ResponseError
from .models import UNSET, Model, Unset
from .rows import encode_json, known_names, unknown_name
from .wire_names import is_model, wire_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

__all__ = ["ArrowRows", "library"]


def library(name: str, requirement: str | None = None) -> Any:
    """Import a library that the SDK itself does not need.

    Args:
        name: The name of the module.
        requirement: What installs it, if that has another name.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as exc:
        raise ConfigurationError(f"{name} is not installed: run `pip install '{requirement or name}'`") from exc


class ArrowRows:
    """Makes record batches of items.

    Attributes:
        schema: The columns: the labels, the fields of the contract, and the fields that it does not know.
    """

    def __init__(self, row_type: Any, labels: Iterable[str] = ()) -> None:
        """Make the schema.

        Args:
            row_type: The type of the items.
            labels: Names of columns of text before those of the items.

        Raises:
            ConfigurationError: pyarrow is not installed.
        """
        self._arrow = library("pyarrow", "realtimekit[parquet]")
        row = _Columns(self._arrow).of_row(row_type)
        self._read, self._unknown = row.read, row.unknown
        self._unknown_name = unknown_name(row_type)
        text = self._arrow.string()
        self.schema: pa.Schema = self._arrow.schema(
            [
                *((name, text) for name in labels),
                *map(row.type.field, range(row.type.num_fields)),
                *([(self._unknown_name, text)] if self._unknown_name else []),
            ]
        )

    def batch(self, items: Iterable[Any], labels: Mapping[str, str] | None = None) -> pa.RecordBatch:
        """The rows of some items; `labels` has the values of the labels.

        Raises:
            ResponseError: A number is too large for its column.
        """
        rows = [{**(labels or {}), **self._read(item), **self._unknown_fields(item)} for item in items]
        try:
            batch: pa.RecordBatch = self._arrow.RecordBatch.from_pylist(rows, schema=self.schema)
        except (self._arrow.ArrowException, OverflowError) as exc:
            raise ResponseError(f"An item does not fit the columns of a table: {exc}") from exc
        return batch

    def table(self, batches: Iterable[pa.RecordBatch]) -> pa.Table:
        """A table of batches."""
        table: pa.Table = self._arrow.Table.from_batches(batches, schema=self.schema)
        return table

    def _unknown_fields(self, item: Any) -> dict[str, str]:
        found = self._unknown(item) if self._unknown else None
        return {self._unknown_name: encode_json(found).decode()} if found and self._unknown_name else {}


class _Column(NamedTuple):
    """A column: its type, how a value is read for it, and which unknown fields a value has."""

    type: Any
    read: Callable[[Any], Any] = lambda value: value
    unknown: Callable[[Any], Any] | None = None


class _Columns:
    """Columns for the types of the contract."""

    def __init__(self, arrow: Any) -> None:
        self._json = _Column(arrow.string(), lambda value: encode_json(value).decode())
        # A bool is an int as well, and a datetime a date.
        self._plain = (
            (bool, _Column(arrow.bool_())),
            (int, _Column(arrow.int64())),
            (float, _Column(arrow.float64())),
            (str, _Column(arrow.string())),
            (UUID, _Column(arrow.string(), str)),
            (datetime, _Column(arrow.timestamp("us", tz="UTC"))),
            (date, _Column(arrow.date32())),
        )
        self._arrow = arrow
        # The models around the one that is read.
        self._outer: list[type[Model]] = []

    def of_row(self, row_type: Any) -> _Column:
        """The columns of a row, as one struct."""
        if is_model(row_type):
            return self._struct(row_type)
        (name,), column = known_names(row_type), self.of(row_type)
        return _Column(self._arrow.struct([(name, column.type)]), lambda value: {name: _read(column, value)})

    def of(self, hint: Any) -> _Column:
        """The column for values of a type."""
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.of(args[0])
        if origin in (Union, UnionType, Literal):
            kinds = {type(value) for value in args} if origin is Literal else set(args)
            kinds -= {NoneType, Unset}
            return self.of(kinds.pop()) if len(kinds) == 1 else self._json
        if origin is list:
            return self._list(self.of(args[0]))
        if not isinstance(hint, type):
            return self._json
        if issubclass(hint, Model):
            return self._struct(hint) if wire_names(hint) and hint not in self._outer else self._json
        return next((column for kind, column in self._plain if issubclass(hint, kind)), self._json)

    def _list(self, item: _Column) -> _Column:
        def read(values: list[Any]) -> list[Any]:
            return [_read(item, value) for value in values]

        def unknown(values: list[Any]) -> list[Any] | None:
            found = [(item.unknown(value) or None) if value and item.unknown else None for value in values]
            return found if any(found) else None

        return _Column(self._arrow.list_(item.type), read, unknown if item.unknown else None)

    def _struct(self, cls: type[Model]) -> _Column:
        self._outer.append(cls)
        hints = get_type_hints(cls)
        columns = [(name, wire, self.of(hints[name])) for name, wire in wire_names(cls).items()]
        self._outer.pop()

        def read(model: Any) -> dict[str, Any]:
            return {wire: _read(column, getattr(model, name)) for name, wire, column in columns}

        def unknown(model: Any) -> dict[str, Any]:
            found = dict(model.additional_properties)
            for name, wire, column in columns:
                value = getattr(model, name)
                if column.unknown and value and (inner := column.unknown(value)):
                    found[wire] = inner
            return found

        return _Column(self._arrow.struct([(wire, column.type) for _, wire, column in columns]), read, unknown)


def _read(column: _Column, value: Any) -> Any:
    return None if value is None or value is UNSET else column.read(value)
