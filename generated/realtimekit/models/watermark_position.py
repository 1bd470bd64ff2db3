# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class WatermarkPosition(OpenStrEnum):
    """In which corner the image is."""

    __module__ = "realtimekit"

    LEFT_TOP = "left top"
    RIGHT_TOP = "right top"
    LEFT_BOTTOM = "left bottom"
    RIGHT_BOTTOM = "right bottom"
