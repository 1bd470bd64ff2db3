# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import UNSET, Model, Unset, model, resolve_annotations


@model
class Watermark(Model):
    """An image that is shown in the video."""

    __module__ = "realtimekit"

    url: str | None | Unset = UNSET
    """Where the image is."""

    position: WatermarkPosition | None | Unset = UNSET
    """In which corner the image is. The service's default: left top."""

    size: WatermarkSize | None | Unset = UNSET
    """The size of a watermark."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .watermark_position import WatermarkPosition
from .watermark_size import WatermarkSize

resolve_annotations(Watermark, globals())
