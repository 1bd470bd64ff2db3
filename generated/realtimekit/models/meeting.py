# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from typing import Annotated
from uuid import UUID

from realtimekit_runtime.models import (
    UNSET,
    AwareDatetime,
    Meta,
    Model,
    Unset,
    model,
    resolve_annotations,
)


@model
class Meeting(Model):
    """A meeting of a RealtimeKit app."""

    __module__ = "realtimekit"

    id: UUID
    """ID of the meeting."""

    created_at: AwareDatetime
    """Timestamp the object was created at. The time is returned in ISO format."""

    updated_at: AwareDatetime
    """Timestamp the object was updated at. The time is returned in ISO format."""

    live_stream_on_start: bool | None | Unset = UNSET
    """Specifies if the meeting should start getting livestreamed on start."""

    persist_chat: bool | None | Unset = UNSET
    """Specifies if Chat within a meeting should persist for a week."""

    record_on_start: bool | None | Unset = UNSET
    """Specifies if the meeting should start getting recorded as soon as someone joins the
    meeting.
    """

    session_keep_alive_time_in_secs: Annotated[float, Meta(ge=60, le=600)] | None | Unset = UNSET
    """Time in seconds, for which a session remains active, after the last participant has left
    the meeting. From 60 to 600.
    """

    status: MeetingStatus | None | Unset = UNSET
    """Whether the meeting is ACTIVE or INACTIVE. Users will not be able to join an INACTIVE
    meeting.
    """

    summarize_on_end: bool | None | Unset = UNSET
    """Automatically generate summary of meetings using transcripts. Requires Transcriptions to
    be enabled, and can be retrieved via Webhooks or summary API.
    """

    title: str | None | Unset = UNSET
    """Title of the meeting."""

    transcribe_on_end: bool | None | Unset = UNSET
    """Whether transcripts are made when the meeting ends."""

    recording_config: RecordingConfig | None | Unset = UNSET
    """How the meeting is recorded."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .meeting_status import MeetingStatus
from .recording_config import RecordingConfig

resolve_annotations(Meeting, globals())
