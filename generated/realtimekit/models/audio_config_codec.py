# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class AudioConfigCodec(OpenStrEnum):
    """How the audio is encoded."""

    __module__ = "realtimekit"

    MP3 = "MP3"
    AAC = "AAC"
