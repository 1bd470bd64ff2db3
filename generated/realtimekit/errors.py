# Generated from openapi.yaml by `make generate`; do not edit.
"""Everything that goes wrong, in one tree.

    RealtimeKitError
    ├── ConfigurationError (ValueError)   a setting is missing or unusable; nothing was sent
    ├── ArgumentError (ValueError)        an argument breaks the contract; nothing was sent
    ├── TransportError                    no complete response arrived
    │   ├── ConnectError                  the connection was refused, reset or dropped
    │   └── RequestTimeoutError           the response took longer than the timeout
    ├── ResponseError                     a response arrived that cannot be used
    │   ├── DecodeError (ValueError)      it breaks the contract; `path` says where
    │   ├── ResponseTooLargeError         it is larger than `max_response_bytes`
    │   └── RedirectError                 it points elsewhere, and was not followed
    └── APIError                          the API said no
        ├── BadRequestError               400, 422 and other 4xx
        ├── AuthenticationError           401
        ├── PermissionDeniedError         403
        ├── NotFoundError                 404
        ├── RateLimitError                429
        ├── ServerError                   5xx, the edge's own 520-530 among them
        └── UnsuccessfulError             a 2xx that says `"success": false`

No exception of a library below (httpx, msgspec, json) leaves the SDK. Where a request was made, an error knows its
`status`, `request_id`, `attempts` and `body`; where a list was being read, `next_page` says where to go on.
"""

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
