# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from realtimekit_runtime.models import Meta, Model, model, resolve_annotations


@model
class Paging(Model):
    """Where this page lies in the whole list."""

    __module__ = "realtimekit"

    end_offset: int
    """1-based position of the last item on the page; meaningless on an empty page."""

    start_offset: int
    """1-based position of the first item on the page; meaningless on an empty page."""

    total_count: Annotated[int, Meta(ge=0)]
    """Number of items in the whole list, all pages together. At least 0."""


resolve_annotations(Paging, globals())
