"""What things are called in Python."""

from __future__ import annotations

import pytest
from generation.names import method_names
from openapi_python_client.strings import PythonIdentifier


@pytest.mark.parametrize(
    ("tag", "operation_id", "method"),
    [
        ("meetings", "list_meetings", "list"),
        ("meetings", "updateMeeting", "update"),
        ("Meetings", "get-all-meetings", "get_all"),
        ("meetings", "GetMeetingById", "get_by_id"),
        ("meetings", "get_meeting_participants", "get_participants"),
        ("meetings", "add_participant", "add_participant"),
        ("meetings", "meetings", "meetings"),
        ("meetings", "meetings/list", "list"),
        ("meetings", "meetings_import", "import_"),
        ("sessions", "list-sessions", "list"),
        ("Active session", "kick_active_session", "kick"),
        ("access", "get_access", "get"),
        ("meetings", "123", "operation_123"),
        ("meetings", "meeting_date", "date_"),
        ("会议", "列出会议", "列出会议"),
    ],
)
def test_method(tag: str, operation_id: str, method: str) -> None:
    assert method_names([operation_id], PythonIdentifier(tag, "tag")) == [method]


def test_methods_that_would_be_called_the_same_keep_their_ids() -> None:
    assert method_names(["list_meetings", "list_meeting"], "meetings") == ["list_meetings", "list_meeting"]
    assert method_names(["get_meeting", "get"], "meetings") == ["get_meeting", "get"]
