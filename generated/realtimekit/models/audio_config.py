# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import UNSET, Model, Unset, model, resolve_annotations


@model
class AudioConfig(Model):
    """The audio of a recording."""

    __module__ = "realtimekit"

    codec: AudioConfigCodec | None | Unset = UNSET
    """How the audio is encoded. The service's default: AAC."""

    channel: AudioConfigChannel | None | Unset = UNSET
    """The channels of the audio. The service's default: stereo."""

    export_file: bool | None | Unset = UNSET
    """Whether the audio is written to a file of its own. The service's default: true."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .audio_config_channel import AudioConfigChannel
from .audio_config_codec import AudioConfigCodec

resolve_annotations(AudioConfig, globals())
