# Generated from openapi.yaml by `make generate`; do not edit.
from __future__ import annotations

from realtimekit_runtime.models import UNSET, Model, Unset, model, resolve_annotations


@model
class StorageConfig(Model):
    """The storage of others that recordings are uploaded to."""

    __module__ = "realtimekit"

    __wire_names__ = {"type_": "type"}

    __secrets__ = frozenset(
        {
            "access_key",
            "secret",
            "password",
            "private_key",
        }
    )

    type_: StorageConfigType
    """Whose storage it is."""

    bucket: str | None | Unset = UNSET
    """Name of the bucket."""

    path: str | None | Unset = UNSET
    """The folder in the storage."""

    region: str | None | Unset = UNSET
    """The region of the storage."""

    host: str | None | Unset = UNSET
    """The host of an SFTP server."""

    port: float | None | Unset = UNSET
    """The port of an SFTP server."""

    username: str | None | Unset = UNSET
    """The user of an SFTP server."""

    auth_method: StorageConfigAuthMethod | None | Unset = UNSET
    """How the user of an SFTP server is authenticated."""

    access_key: str | None | Unset = UNSET
    """The access key of the storage."""

    secret: str | None | Unset = UNSET
    """The secret of the access key."""

    password: str | None | Unset = UNSET
    """The password of the user of an SFTP server."""

    private_key: str | None | Unset = UNSET
    """The private key of the user of an SFTP server."""


# Models may refer to each other in a circle, so they are imported when the class is there.
from .storage_config_auth_method import StorageConfigAuthMethod
from .storage_config_type import StorageConfigType

resolve_annotations(StorageConfig, globals())
