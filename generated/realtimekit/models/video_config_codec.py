# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class VideoConfigCodec(OpenStrEnum):
    """How the video is encoded."""

    __module__ = "realtimekit"

    H264 = "H264"
    VP8 = "VP8"
