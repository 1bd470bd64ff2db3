"""Models are read from responses and written back without a loss; a broken response is one clear error."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import realtimekit
from realtimekit import UNSET, DecodeError, Meeting, MeetingPage, MeetingStatus
from realtimekit_runtime.decoding import codec
from realtimekit_runtime.models import Model
from realtimekit_runtime.wire_types import convert, explain, sent_type

from .scripted import PAGE
from .small_models import (
    PLAIN,
    TEXT,
    WITH_UNKNOWN,
    Cat,
    Colour,
    Crossed,
    Dog,
    Everything,
    Level,
    Tree,
    as_json,
)

# --- any values -----------------------------------------------------------------------------------------------------

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# As far as Python can convert from one offset to another.
EARLY, LATE = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2, 9999))
TIMES = st.datetimes(EARLY, LATE, timezones=st.just(UTC) | OFFSETS).map(lambda at: at.replace(fold=0))


def unknown(known: Collection[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(TEXT.filter(lambda name: name not in known), PLAIN, max_size=3)


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just(UNSET) | st.none() | values


@st.composite
def models(draw: st.DrawFn, /, cls: type[Model], known: Collection[str], **fields: st.SearchStrategy[Any]) -> Any:
    made = cls(**{name: draw(values) for name, values in fields.items()})
    made.additional_properties = draw(unknown(known))
    return made


CATS = models(Cat, ("lives",), lives=st.integers(-(2**63), 2**63 - 1))
DOGS = models(Dog, ("bark", "lives"), bark_=TEXT)
CROSSED = models(
    Crossed, ("one", "two", "class"), one=st.integers(-(2**63), 2**63 - 1), two=TEXT, class_=optional(st.booleans())
)
TREES: st.SearchStrategy[Tree] = st.deferred(
    lambda: models(
        Tree,
        ("name", "left", "children"),
        name=TEXT,
        left=optional(TREES),
        children=optional(st.lists(TREES, max_size=2)),
    )
)
WIRE = {Everything.__wire_names__.get(name, name) for name in Everything.__annotations__}
EVERYTHING: st.SearchStrategy[Everything] = models(
    Everything,
    WIRE,
    text=TEXT,
    whole=st.integers(-(10**40), 10**40),
    number=st.floats(allow_nan=False, allow_infinity=False),
    flag=st.booleans(),
    key=st.uuids(),
    at=TIMES,
    day=optional(st.dates()),
    few=optional(st.integers(0, 9)),
    colour=optional(st.sampled_from(Colour) | TEXT.map(Colour)),
    level=optional(st.sampled_from(Level) | st.integers(-(2**63), 2**63 - 1).map(Level)),
    anything=st.just(UNSET) | PLAIN,
    texts=optional(st.lists(TEXT, max_size=3)),
    counts=optional(st.dictionaries(TEXT, st.integers(-(2**63), 2**63 - 1), max_size=3)),
    tree=optional(TREES),
    crossed=optional(CROSSED),
    pets=optional(st.lists(CATS | DOGS, max_size=3)),
    by_name=optional(st.dictionaries(TEXT, CATS, max_size=2)),
    text_or_whole=optional(TEXT | st.integers(-(2**63), 2**63 - 1)),
    camel_case=optional(TEXT),
)


@settings(max_examples=50)
@given(EVERYTHING)
def test_what_is_sent_is_what_is_read_and_written(made: Everything) -> None:
    sent = json.loads(as_json(made.to_dict()))
    read = codec(Everything).decode(as_json(sent))
    assert read == made == Everything.from_dict(made.to_dict())
    assert read.to_dict() == sent


@settings(max_examples=50)
@given(EVERYTHING)
def test_models_survive_being_copied_and_pickled(made: Everything) -> None:
    # Read anew, since the unknown fields are looked up when somebody asks for them.
    read = codec(Everything).decode(as_json(made.to_dict()))
    for again in (pickle.loads(pickle.dumps(read)), copy.deepcopy(read), copy.copy(read)):
        assert again == made
    assert repr(read) == repr(made)


# --- unknown fields -------------------------------------------------------------------------------------------------


def read_unknown() -> Everything:
    read: Everything = codec(Everything).decode(as_json(WITH_UNKNOWN))
    return read


def test_unknown_fields_are_kept_at_every_level() -> None:
    read = read_unknown()
    assert set(read.additional_properties) == {"new", "_extra", "camel_case"}
    assert read.to_dict() == WITH_UNKNOWN
    assert [type(pet) for pet in read.pets or ()] == [Cat, Dog]


def test_a_changed_model_keeps_its_unknown_fields() -> None:
    read = read_unknown()
    assert isinstance(read.tree, Tree)
    read.text = "changed"
    read.tree.left = read.tree.children[0] if read.tree.children else UNSET
    read.tree.children = None
    read.pets = (read.pets or [])[::-1]
    read.additional_properties["new"]["deep"] = "changed"
    del read.additional_properties["_extra"]
    written = read.to_dict()
    assert written["text"] == "changed"
    assert written["new"] == {"deep": "changed"}
    assert "_extra" not in written
    assert written["tree"] == {"name": "a", "left": {"name": "c", "new": [3]}, "children": None, "new": 1}
    assert [pet["new"] for pet in written["pets"]] == [5, 4]


def test_models_share_nothing_with_what_they_were_read_from_or_written_to() -> None:
    data = copy.deepcopy(WITH_UNKNOWN)
    read = Everything.from_dict(data)
    data.clear()
    written = read.to_dict()
    assert written == WITH_UNKNOWN
    written["new"]["deep"] = "changed"
    written["tree"]["children"][0]["new"].append(4)
    assert read.to_dict() == WITH_UNKNOWN


def test_your_own_unknown_fields_are_written() -> None:
    cat = Cat(lives=9)
    assert cat.additional_properties == {}
    cat.additional_properties["born"] = datetime(2019, 12, 27, tzinfo=UTC)
    cat.additional_properties = cat.additional_properties | {"kitten": Cat(lives=1)}
    assert cat.to_dict() == {"lives": 9, "born": "2019-12-27T00:00:00Z", "kitten": {"lives": 1}}
    assert cat != Cat(lives=9)


# --- absent, null, unknown values -----------------------------------------------------------------------------------


def test_absent_null_and_empty_are_told_apart() -> None:
    meeting = PAGE["data"][0]
    for given_, read_as in ({"title": None}, None), ({"title": ""}, ""), ({}, UNSET):
        read = Meeting.from_dict({**{k: v for k, v in meeting.items() if k != "title"}, **given_})
        assert read.title is read_as or read.title == read_as
        assert ("title" in read.to_dict()) == ("title" in given_)
        assert not read.title


@pytest.mark.parametrize("status", ["ACTIVE", "PAUSED", "", "active", "__class__"])
def test_an_unknown_enum_value_is_kept_as_a_string(status: str) -> None:
    members = list(MeetingStatus)
    read = Meeting.from_dict(PAGE["data"][0] | {"status": status})
    for kept in (read.status, copy.deepcopy(read).status, pickle.loads(pickle.dumps(read)).status):
        assert isinstance(kept, MeetingStatus)
        assert kept == status
        assert str(kept) == status
        assert hash(kept) == hash(status)
        assert {status: 1}[kept] == 1
    assert read.to_dict()["status"] == status
    assert list(MeetingStatus) == members
    assert (read.status is MeetingStatus.ACTIVE) == (status == "ACTIVE")


def test_an_unknown_number_of_an_enum_is_kept() -> None:
    read = read_unknown().to_dict()
    for level in (1, 7, -1):
        kept = Everything.from_dict(read | {"level": level})
        assert kept.level == level
        assert isinstance(kept.level, Level)
        assert kept.to_dict()["level"] == level
    for wrong in (True, "1", 1.5):
        with pytest.raises(DecodeError):
            Everything.from_dict(read | {"level": wrong})


# --- users --------------------------------------------------------------------------------------------------------


def test_models_are_compared_and_shown_by_what_they_hold() -> None:
    one, other = codec(MeetingPage).decode(as_json(PAGE)), MeetingPage.from_dict(PAGE)
    assert one == other
    assert repr(one) == f"MeetingPage(data=<1 x Meeting>, paging={one.paging!r}, success=True)"
    assert "title='Monday'" in repr(one.data[0])
    assert "persist_chat" not in repr(one.data[0])
    other.data[0].title = "Tuesday"
    assert one != other
    assert one != PAGE
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def run_in_a_new_process(program: str) -> None:
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path[:0] = {path!r}\n{textwrap.dedent(program)}"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_responses_may_be_read_by_many_threads_at_once() -> None:
    run_in_a_new_process("""
        import json, sys, threading
        sys.setswitchinterval(1e-6)
        from realtimekit_runtime.decoding import codec
        from realtimekit import models
        body = json.dumps({"data": [{"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "created_at": "2019-12-27T18:11:19Z",
            "updated_at": "2019-12-27T18:11:19Z", "new": 1}], "paging": {"start_offset": 1, "end_offset": 1,
            "total_count": 1, "new": 2}, "success": True}).encode()
        start, read = threading.Barrier(16), []
        def work():
            start.wait()
            page = codec(models.MeetingPage).decode(body)
            read.append((page.data[0].additional_properties, page.paging.additional_properties))
        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert read == [({"new": 1}, {"new": 2})] * 16, read
    """)


def test_type_hints_are_the_same_before_and_after_the_first_response() -> None:
    run_in_a_new_process("""
        from typing import Annotated, get_type_hints
        from realtimekit import Meeting, MeetingPage, MeetingStatus, Unset
        from realtimekit_runtime.decoding import codec
        from realtimekit_runtime.wire_names import wire_names
        def hints():
            return [get_type_hints(model, include_extras=True) for model in (MeetingPage, Meeting)]
        before = hints()
        codec(MeetingPage)
        assert hints() == before
        assert before[0]["data"] == list[Meeting]
        assert before[1]["status"] == MeetingStatus | None | Unset
        assert list(before[1]) == list(wire_names(Meeting))
    """)


def test_public_classes_name_the_package_that_users_import() -> None:
    # `Unset` is msgspec's.
    for name in {*realtimekit.__all__, *realtimekit.models.__all__} - {"Unset"}:
        public = getattr(realtimekit, name)
        assert not isinstance(public, type) or public.__module__ == "realtimekit", name
    assert repr(Meeting) == "<class 'realtimekit.Meeting'>"


# --- sending --------------------------------------------------------------------------------------------------------


def breaks_the_contract(made: Everything) -> str:
    """The path to what may not be sent, or nothing."""
    try:
        convert(made.to_dict(), sent_type(Everything))
    except ValueError as exc:
        return explain(exc)[1]
    return ""


@settings(max_examples=50)
@given(EVERYTHING)
def test_everything_but_unknown_enum_values_can_be_sent(made: Everything) -> None:
    enums = (made.colour, made.level)
    is_unknown = any(isinstance(value, Enum) and value.name not in type(value).__members__ for value in enums)
    assert breaks_the_contract(made) in (("$.colour", "$.level") if is_unknown else ("",))
