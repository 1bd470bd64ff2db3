# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from realtimekit_runtime.models import UNSET, Meta, Model, Unset, model, resolve_annotations


@model
class VideoConfig(Model):
    """The video of a recording."""

    __module__ = "realtimekit"

    codec: VideoConfigCodec | None | Unset = UNSET
    """How the video is encoded. The service's default: H264."""

    width: Annotated[int, Meta(ge=1, le=1920)] | None | Unset = UNSET
    """Width of the video, in pixels. From 1 to 1920. The service's default: 1280."""

    height: Annotated[int, Meta(ge=1, le=1920)] | None | Unset = UNSET
    """Height of the video, in pixels. From 1 to 1920. The service's default: 720."""

    export_file: bool | None | Unset = UNSET
    """Whether the video is written to a file. The service's default: true."""

    watermark: Watermark | None | Unset = UNSET
    """An image that is shown in the video."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .video_config_codec import VideoConfigCodec
from .watermark import Watermark

resolve_annotations(VideoConfig, globals())
