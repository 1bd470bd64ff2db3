"""What things are called in Python."""

from __future__ import annotations

import keyword

import pytest
from generation.names import CLIENT_ATTRIBUTES, Names, class_name, field_names, identifier, member_name, method_names

from realtimekit_runtime.client import AsyncClient, SyncClient
from realtimekit_runtime.models import Model
from realtimekit_runtime.resources import AsyncResource, Resource


@pytest.mark.parametrize(
    ("tag", "operation_id", "method"),
    [
        ("meetings", "list_meetings", "list"),
        ("meetings", "get_meeting", "get"),
        ("meetings", "create_meeting", "create"),
        ("meetings", "updateMeeting", "update"),
        ("Meetings", "get-all-meetings", "get_all"),
        ("meetings", "GetMeetingById", "get_by_id"),
        ("meetings", "get_meeting_participants", "get_participants"),
        ("meetings", "add_participant", "add_participant"),
        ("meetings", "fetch_all", "fetch_all"),
        ("meetings", "meetings", "meetings"),
        ("meetings", "meetings.list", "list"),
        ("meetings", "meetings/list", "list"),
        ("meetings", "meetings_import", "import_"),
        ("sessions", "list-sessions", "list"),
        ("session", "list_sessions", "list"),
        ("Active session", "kick_active_session", "kick"),
        ("policies", "get_policy", "get"),
        ("boxes", "get_box", "get"),
        ("access", "get_access", "get"),
        ("meetings", "123", "operation_123"),
        ("meetings", "!!!", "operation"),
        ("会议", "列出会议", "列出会议"),
    ],
)
def test_method(tag: str, operation_id: str, method: str) -> None:
    assert method_names([operation_id], tag) == [method]


def test_methods_that_would_be_called_the_same_keep_their_ids() -> None:
    assert method_names(["list_meetings", "list_meeting"], "meetings") == ["list_meetings", "list_meeting"]
    assert method_names(["get_meeting", "get"], "meetings") == ["get_meeting", "get"]
    assert method_names(["a-b", "a_b", "aB"], "meetings") == ["a_b", "a_b_2", "a_b_3"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("meetingId", "meeting_id"),
        ("X-Request-ID", "x_request_id"),
        ("filter[name]", "filter_name"),
        ("$ref", "field_ref"),
        ("class", "class_"),
        ("self", "self_"),
        ("None", "none"),
        ("list", "list"),
        ("type", "type"),
        ("2fa", "field_2fa"),
        ("", "field"),
        ("__dict__", "field_dict"),
        ("ﬁ", "fi"),
        ("ключ", "ключ"),
    ],
)
def test_identifier(text: str, name: str) -> None:
    assert identifier(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("meeting", "Meeting"),
        ("realtimekit_Meeting", "RealtimekitMeeting"),
        ("Any", "AnyModel"),
        ("Client", "ClientModel"),
        ("warning", "WarningModel"),
        ("None", "NoneModel"),
        ("2fa", "Field2Fa"),
        ("", "Field"),
        ("会议", "Model会议"),
    ],
)
def test_class_name(text: str, name: str) -> None:
    assert class_name(text) == name


@pytest.mark.parametrize("text", ["x" * 300, "Ab" * 100, "class " * 60, "İ", "ß", "a\u0300", "_", "-", "\u200b", "e\n"])
def test_names_are_names_however_odd_the_text(text: str) -> None:
    for name in (identifier(text), class_name(text), member_name(text)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert len(name) < 100
    assert class_name(class_name(text)) == class_name(text)
    assert identifier(identifier(text)) == identifier(text)


def test_names_are_given_once_and_case_does_not_tell_them_apart() -> None:
    names = Names(["taken"])
    assert [names.take(name) for name in ("a", "A", "a", "class_", "class_", "taken")] == [
        "a",
        "A_2",
        "a_3",
        "class_",
        "class_2",
        "taken_2",
    ]


def test_a_field_that_bears_its_name_already_keeps_it() -> None:
    assert field_names(["maxLength", "max_length", "to_dict"]) == {
        "maxLength": "max_length_2",
        "max_length": "max_length",
        "to_dict": "field_to_dict",
    }


def test_members() -> None:
    assert [member_name(value) for value in ("", "a b", "1st", "*", 5, -5)] == [
        "EMPTY",
        "A_B",
        "VALUE_1ST",
        "VALUE",
        "VALUE_5",
        "VALUE_NEGATIVE_5",
    ]


def test_what_the_runtime_has_already_is_known() -> None:
    """A tag must not hide an attribute of the clients, a field none of the models, a method none of the resources."""

    def public(*classes: type) -> set[str]:
        return {name for cls in classes for name in dir(cls) if not name.startswith("_")}

    assert public(SyncClient, AsyncClient) == CLIENT_ATTRIBUTES
    assert set(field_names(sorted(public(Model))).values()).isdisjoint(public(Model))
    assert public(Resource, AsyncResource) == set()
