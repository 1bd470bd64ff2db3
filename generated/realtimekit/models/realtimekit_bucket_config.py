# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import Model, model, resolve_annotations


@model
class RealtimekitBucketConfig(Model):
    """Whether recordings are stored by the service."""

    __module__ = "realtimekit"

    enabled: bool
    """Whether recordings are uploaded to the service's own storage."""


resolve_annotations(RealtimekitBucketConfig, globals())
