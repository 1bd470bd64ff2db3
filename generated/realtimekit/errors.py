# Generated from openapi.yaml by `make generate`; do not edit.
"""Everything that goes wrong: the tree is drawn in the docstring of `realtimekit_runtime.errors`."""

from __future__ import annotations

from realtimekit_runtime.errors import (
    APIError,
    ArgumentError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConnectError,
    DecodeError,
    IncompleteListError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RealtimeKitError,
    RedirectError,
    RequestTimeoutError,
    ResponseError,
    ResponseTooLargeError,
    ServerError,
    TransportError,
    UnsuccessfulError,
)

__all__ = [
    "APIError",
    "ArgumentError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConnectError",
    "DecodeError",
    "IncompleteListError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RealtimeKitError",
    "RedirectError",
    "RequestTimeoutError",
    "ResponseError",
    "ResponseTooLargeError",
    "ServerError",
    "TransportError",
    "UnsuccessfulError",
]
