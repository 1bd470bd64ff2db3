# Generated from openapi.yaml by `make generate`; do not edit.
"""The errors that the SDK raises, in one tree.

    RealtimeKitError
    ├── ConfigurationError (ValueError)   a setting is missing or unusable; nothing was sent
    ├── ArgumentError (ValueError)        an argument breaks the contract; nothing was sent
    ├── TransportError                    no complete response arrived
    │   ├── ConnectError                  the connection was refused, reset or dropped
    │   └── RequestTimeoutError           the response took longer than the timeout
    ├── ResponseError                     a response arrived that cannot be used
    │   ├── DecodeError (ValueError)      it breaks the contract; `path` says where
    │   ├── ResponseTooLargeError         it is larger than `max_response_bytes`
    │   ├── RedirectError                 it points to another URL, and was not followed
    │   └── IncompleteListError           the pages of a list do not add up to the whole list
    └── APIError                          the API refused the request, or failed
        ├── BadRequestError               400, 422 and other 4xx
        ├── AuthenticationError           401
        ├── PermissionDeniedError         403
        ├── NotFoundError                 404
        ├── RateLimitError                429
        ├── ServerError                   5xx, also the edge's own 520 to 530
        └── UnsuccessfulError             a 2xx that says `"success": false`

The SDK never raises an exception of httpx, msgspec or json. After a request, an error has its `status`, `request_id`,
`attempts` and `body`. If a page of a list failed, `next_page` says where to go on.
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
