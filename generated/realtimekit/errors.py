# Generated from openapi.yaml by `make generate`; do not edit.
"""Everything that goes wrong: the tree is drawn in the docstring of `realtimekit_runtime.errors`."""

from __future__ import annotations

from realtimekit_runtime.errors import (
    AnswerError,
    AnswerTooLargeError,
    APIError,
    ArgumentError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConnectError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RealtimeKitError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnsuccessfulError,
)

__all__ = [
    "APIError",
    "AnswerError",
    "AnswerTooLargeError",
    "ArgumentError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConnectError",
    "DecodeError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RealtimeKitError",
    "RedirectError",
    "RequestTimeoutError",
    "ServerError",
    "TransportError",
    "UnsuccessfulError",
]
