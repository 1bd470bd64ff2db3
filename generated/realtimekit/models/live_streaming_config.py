# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import UNSET, Model, Unset, model, resolve_annotations


@model
class LiveStreamingConfig(Model):
    """Where the meeting is streamed to."""

    __module__ = "realtimekit"

    rtmp_url: str | None | Unset = UNSET
    """The RTMP address of the stream."""


resolve_annotations(LiveStreamingConfig, globals())
