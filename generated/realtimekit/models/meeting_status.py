# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class MeetingStatus(OpenStrEnum):
    """Whether the meeting is ACTIVE or INACTIVE. Users will not be able to join an INACTIVE
    meeting.
    """

    __module__ = "realtimekit"

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
