# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class AudioConfigChannel(OpenStrEnum):
    """The channels of the audio."""

    __module__ = "realtimekit"

    MONO = "mono"
    STEREO = "stereo"
