# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from realtimekit_runtime.models import UNSET, Meta, Model, Unset, model, resolve_annotations


@model
class WatermarkSize(Model):
    """The size of a watermark."""

    __module__ = "realtimekit"

    width: Annotated[int, Meta(ge=1)] | None | Unset = UNSET
    """Width of the image, in pixels. At least 1."""

    height: Annotated[int, Meta(ge=1)] | None | Unset = UNSET
    """Height of the image, in pixels. At least 1."""


resolve_annotations(WatermarkSize, globals())
