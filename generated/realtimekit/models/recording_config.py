# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from realtimekit_runtime.models import UNSET, Meta, Model, Unset, model, resolve_annotations


@model
class RecordingConfig(Model):
    """How the meeting is recorded."""

    __module__ = "realtimekit"

    max_seconds: Annotated[float, Meta(ge=60, le=86400)] | None | Unset = UNSET
    """The longest time of a recording, in seconds. From 60 to 86400."""

    file_name_prefix: str | None | Unset = UNSET
    """What the names of the recorded files begin with."""

    audio_config: AudioConfig | None | Unset = UNSET
    """The audio of a recording."""

    video_config: VideoConfig | None | Unset = UNSET
    """The video of a recording."""

    live_streaming_config: LiveStreamingConfig | None | Unset = UNSET
    """Where the meeting is streamed to."""

    realtimekit_bucket_config: RealtimekitBucketConfig | None | Unset = UNSET
    """Whether recordings are stored by the service."""

    storage_config: StorageConfig | None | Unset = UNSET
    """The storage of others that recordings are uploaded to."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .audio_config import AudioConfig
from .live_streaming_config import LiveStreamingConfig
from .realtimekit_bucket_config import RealtimekitBucketConfig
from .storage_config import StorageConfig
from .video_config import VideoConfig

resolve_annotations(RecordingConfig, globals())
