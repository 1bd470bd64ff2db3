"""What things are called in Python."""

from __future__ import annotations

import pytest
from generation.names import CLIENT_ATTRIBUTES, MODEL_ATTRIBUTES, method_names

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
        ("meetings", "meeting_date", "date_"),
        ("会议", "列出会议", "列出会议"),
    ],
)
def test_method(tag: str, operation_id: str, method: str) -> None:
    assert method_names([operation_id], tag) == [method]


def test_methods_that_would_be_called_the_same_keep_their_ids() -> None:
    assert method_names(["list_meetings", "list_meeting"], "meetings") == ["list_meetings", "list_meeting"]
    assert method_names(["get_meeting", "get"], "meetings") == ["get_meeting", "get"]


def test_what_the_runtime_has_already_is_known() -> None:
    """A tag must not hide an attribute of the clients, a field none of the models, a method none of the resources."""

    def public(*classes: type) -> set[str]:
        return {name for cls in classes for name in dir(cls) if not name.startswith("_")}

    assert public(SyncClient, AsyncClient) <= CLIENT_ATTRIBUTES
    assert public(Model) == MODEL_ATTRIBUTES
    assert public(Resource, AsyncResource) == set()
