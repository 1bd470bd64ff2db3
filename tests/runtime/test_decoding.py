"""Responses are read however JSON spells them, or refused with the path to what breaks the contract."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtimekit import UNSET, DecodeError, MeetingPage
from realtimekit_runtime.decoding import codec
from realtimekit_runtime.models import Model, Unset, model

from .scripted import PAGE
from .small_models import PLAIN, WITH_UNKNOWN, Cat, Crossed, Everything, Reading, Tree, as_json


@given(PLAIN | st.binary())
def test_any_response_is_read_or_is_a_decode_error(body: Any) -> None:
    for expected in (MeetingPage, Everything, Crossed, list[Tree], dict[str, Cat]):
        with contextlib.suppress(DecodeError):
            codec(expected).decode(body if isinstance(body, bytes) else as_json(body))


@given(st.data())
def test_a_changed_byte_is_read_or_is_a_decode_error(data: st.DataObject) -> None:
    body = bytearray(as_json(PAGE))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = codec(MeetingPage).decode(bytes(body))
    except DecodeError:
        return
    assert MeetingPage.from_dict(read.to_dict()) == read


# --- spelling -------------------------------------------------------------------------------------------------------


def paging(total: str) -> bytes:
    return as_json(PAGE).replace(b'"total_count": 1', b'"total_count": ' + total.encode())


@pytest.mark.parametrize(
    ("spelled", "count"),
    [
        ("1.0", 1),
        ("1e2", 100),
        ("1E+2", 100),
        ("100e-2", 1),
        ("-0.0", 0),
        ("0e5", 0),
        ("1e30", 10**30),
        ("9007199254740993.0", 2**53 + 1),
        ("90071992547409930e-1", 2**53 + 1),
        ("9" * 30, int("9" * 30)),
    ],
)
def test_an_integer_may_have_a_fraction_or_an_exponent(spelled: str, count: int) -> None:
    read = codec(MeetingPage).decode(paging(spelled)).paging.total_count
    assert read == count
    assert type(read) is int


def test_an_optional_integer_may_have_a_fraction() -> None:
    @model
    class Counted(Model):
        count: int | Unset | None = UNSET

    read = codec(Counted).decode(b'{"count": 2.0}')
    assert type(read.count) is int


@pytest.mark.parametrize(
    "spelled", ["1.5", "1e-1", "true", '"1"', "null", "[]", "1e400", "1e-400", "9" * 5000, "0x1", "NaN", "Infinity"]
)
def test_a_value_that_is_not_an_integer_is_refused(spelled: str) -> None:
    with pytest.raises(DecodeError) as caught:
        codec(MeetingPage).decode(paging(spelled))
    assert caught.value.path in ("$.paging.total_count", "$")
    assert caught.value.path == "$.paging.total_count" or spelled in ("0x1", "NaN", "Infinity")


@pytest.mark.parametrize("number", ["1e308", "5e-324", "-1.7976931348623157e308", "0.1", "60", "-0.0", "1" + "0" * 300])
def test_numbers_are_read_exactly(number: str) -> None:
    assert codec(Reading).decode(b'{"number": ' + number.encode() + b"}").number == float(number)


@pytest.mark.parametrize("number", ["1e309", "-1e400", "1" + "0" * 400, "9" * 5000])
def test_a_number_too_large_for_a_float_is_refused(number: str) -> None:
    with pytest.raises(DecodeError) as caught:
        codec(Reading).decode(b'{"number": ' + number.encode() + b"}")
    assert caught.value.path == "$.number"


@pytest.mark.parametrize("number", ["1e400", "9" * 5000])
def test_a_number_too_large_for_a_float_in_an_unknown_field_is_kept(number: str) -> None:
    read = codec(MeetingPage).decode(as_json(PAGE)[:-1] + b', "new": ' + number.encode() + b"}")
    assert read.additional_properties["new"] > 10**300
    assert read.data[0].title == "Monday"


@pytest.mark.parametrize(
    ("spelled", "at"),
    [
        ("2019-12-27T18:11:19.117Z", datetime(2019, 12, 27, 18, 11, 19, 117000, UTC)),
        ("2019-12-27T18:11:19z", datetime(2019, 12, 27, 18, 11, 19, 0, UTC)),
        ("2019-12-27T20:11:19+02:00", datetime(2019, 12, 27, 18, 11, 19, 0, UTC)),
        ("2019-12-27T18:11:19-00:00", datetime(2019, 12, 27, 18, 11, 19, 0, UTC)),
        ("2019-12-27T18:11:19.123456789Z", datetime(2019, 12, 27, 18, 11, 19, 123457, UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)),
    ],
)
def test_times_are_read_with_their_offset(spelled: str, at: datetime) -> None:
    read = Everything.from_dict({**WITH_UNKNOWN, "at": spelled})
    assert read.at == at
    assert read.at.tzinfo is not None
    assert Everything.from_dict(read.to_dict()) == read


def test_half_a_surrogate_pair_is_kept() -> None:
    body = as_json(PAGE).replace(b"Monday", rb"cut off: \ud83d")
    read = codec(MeetingPage).decode(body)
    assert read.data[0].title == "cut off: \ud83d"
    assert as_json(read.to_dict()["data"][0]["title"]) == rb'"cut off: \ud83d"'


def test_the_last_of_two_fields_with_one_name_is_read() -> None:
    read = codec(MeetingPage).decode(b'{"success": false, "new": 1, "new": 2,' + as_json(PAGE)[1:])
    assert read.success is True
    assert read.additional_properties == {"new": 2}


# --- what breaks the contract ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"camelCase": 1}, "$.camelCase"),
        ({"texts": ["a", 1]}, "$.texts[1]"),
        ({"few": "9"}, "$.few"),
        ({"colour": 1}, "$.colour"),
        ({"tree": {}}, "$.tree.name"),
        ({"tree": {"name": "a", "children": [{"name": "b", "left": {"name": 1}}]}}, "$.tree.children[0].left.name"),
        ({"crossed": {"two": 1}}, "$.crossed.class"),
        ({"crossed": {"two": "x", "class": "x"}}, "$.crossed.two"),
        ({"crossed": {"two": 1, "class": "x", "one": 1}}, "$.crossed.one"),
        ({"crossed": []}, "$.crossed"),
        ({"pets": [{"lives": 1}, {"lives": "x"}]}, "$.pets[1]"),
        ({"by-name": 1}, "$.by-name"),
        ({"key": "x"}, "$.key"),
    ],
)
def test_the_path_leads_to_what_is_wrong(change: dict[str, Any], path: str) -> None:
    for read in (Everything.from_dict, lambda data: codec(Everything).decode(as_json(data))):
        with pytest.raises(DecodeError) as caught:
            read({**WITH_UNKNOWN, **change})
        assert caught.value.path == path


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        as_json(PAGE) + b"}",
        as_json(PAGE)[:-1],
        as_json(PAGE).replace(b"Monday", b"\xff"),
        as_json(PAGE).replace(b"Monday", b"\xed\xa0\x80"),
        as_json(PAGE)[:-1] + b', "new": "\xff"}',
        as_json(PAGE).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + as_json(PAGE),
        as_json(PAGE)[:-1] + b",}",
        as_json(PAGE)[:-1] + b', "new": NaN}',
        b'{"data": "x", ',
        b'{"data": "x", "new": ' + b"9" * 5000,
        b"[" * 100_000,
        b'{"new":' * 100_000,
        as_json(PAGE)[:-1] + b', "new": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"data": "x", "new": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(18),
)
def test_a_body_that_is_not_a_page_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        codec(MeetingPage).decode(body)
    assert caught.value.path.startswith("$")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("depth", [1, 50, 2000, 100_000])
def test_a_model_inside_itself_is_read_or_refused(depth: int) -> None:
    body = b'{"name": "x", "left": ' * depth + b'{"name": "y", "new": 1}' + b"}" * depth
    if depth > 500:
        with pytest.raises(DecodeError, match="nested too deeply"):
            codec(Tree).decode(body)
        return
    read = codec(Tree).decode(body)
    while read.left is not UNSET:
        read = read.left
    assert read.additional_properties == {"new": 1}
