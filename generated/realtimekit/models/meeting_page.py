# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import Model, model, resolve_annotations


@model
class MeetingPage(Model):
    """One page of the meetings of an app."""

    __module__ = "realtimekit"

    data: list[Meeting]
    """The meetings on this page."""

    paging: Paging
    """Where this page lies in the whole list."""

    success: bool
    """Whether the request succeeded."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .meeting import Meeting
from .paging import Paging

resolve_annotations(MeetingPage, globals())
