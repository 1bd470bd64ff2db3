# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import OpenStrEnum


class StorageConfigAuthMethod(OpenStrEnum):
    """How the user of an SFTP server is authenticated."""

    __module__ = "realtimekit"

    KEY = "KEY"
    PASSWORD = "PASSWORD"
