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

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

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


# How the settings are spelled whose value is not simply an argument of the client.
_SPELLED = {
    "allow_http": "base_url=…, allow_http=True or REALTIMEKIT_ALLOW_HTTP=1",
    "api_token": "api_token=… or CLOUDFLARE_API_TOKEN",
    "base_url": "base_url=… or CLOUDFLARE_BASE_URL",
    "invalid_items": "invalid_items='skip'",
}


class RealtimeKitError(Exception):
    """Base of every error that the SDK raises.

    Attributes:
        message: What is wrong and what to do about it, without the facts below.
        setting: The setting of the client that the message is about, such as "timeout", or None.
        status: HTTP status of the response, or None if no response arrived.
        request_id: The response's `cf-ray`, by which the vendor's support can find it, or None.
        attempts: How many requests were made; 0 if nothing was sent.
        body: The body of the response, decompressed, or None.
        next_page: The page to go on with if a page of a list failed, otherwise None.
    """

    setting: str | None = None
    status: int | None = None
    request_id: str | None = None
    attempts: int = 0
    body: bytes | None = None
    next_page: int | None = None

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in facts.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.describe(self.setting and _SPELLED.get(self.setting, f"{self.setting}=…"))

    def describe(self, setting: str | None) -> str:
        """The message and the facts, with the setting spelled like this, or left out."""
        facts = [setting] if setting else []
        if self.status is not None:
            facts.append(f"status {self.status}")
        if self.request_id is not None:
            facts.append(f"request id {self.request_id}")
        if self.attempts > 1:
            facts.append(f"{self.attempts} attempts")
        text = f"{self.message} ({', '.join(facts)})" if facts else self.message
        # Before page 1 nothing is read.
        if self.next_page is not None and self.next_page > 1:
            text += f"; every page before {self.next_page} was read: go on from page {self.next_page}"
        return text

    def __repr__(self) -> str:
        facts = {"status": self.status, "request_id": self.request_id, "next_page": self.next_page}
        known = [f"{name}={value!r}" for name, value in facts.items() if value is not None]
        return f"{type(self).__name__}({', '.join([*map(repr, self.args), *known])})"

    def __reduce__(self) -> Any:
        return type(self), (self.message,), self.__dict__


class ConfigurationError(RealtimeKitError, ValueError):
    """A setting is missing or unusable. Nothing was sent."""


class ArgumentError(RealtimeKitError, ValueError):
    """An argument breaks the contract. Nothing was sent."""


class TransportError(RealtimeKitError):
    """No complete response arrived."""


class ConnectError(TransportError):
    """The connection was refused, reset or dropped, or what came over it was not HTTP.

    Attributes:
        is_unsent: Whether it is certain that the request never reached the service.
        is_final: Whether trying again cannot help: the certificate is not trusted, or the proxy refuses.
        at_fault: What failed, where it is known: "proxy" or "certificate"; otherwise None.
    """

    is_unsent: bool = False
    is_final: bool = False
    at_fault: Literal["proxy", "certificate"] | None = None


class RequestTimeoutError(TransportError):
    """The response took longer than the timeout."""


class ResponseError(RealtimeKitError):
    """A response arrived that cannot be used."""


class DecodeError(ResponseError, ValueError):
    """The response breaks the contract.

    Attributes:
        item: If an item of a page is wrong: its key as text, or None if it has none.
        path: JSON path to what is wrong, such as `$.data[3].id`; `$` if the body is not JSON at all.
    """

    item: str | None = None
    path: str = "$"


class ResponseTooLargeError(ResponseError):
    """The response is larger than `max_response_bytes`, and was not read to its end."""


class RedirectError(ResponseError):
    """The response is a redirect that was not followed, because the token must stay with the origin of `base_url`."""


class IncompleteListError(ResponseError):
    """A loop over a list handed out every item that it could read, and items are missing all the same.

    The loop raises it at its end, after it has read the list a second time.

    Attributes:
        missing: How many items may be missing, at least 1, as far as the pages tell.
        why: What speaks against the list.
    """

    missing: int = 1
    why: str = ""


class APIError(RealtimeKitError):
    """The API refused the request, or failed.

    Attributes:
        errors: What the body says, in either of the API's two error shapes; empty if it has another shape.
        retry_after: How many seconds the response asks to wait, or None.
    """

    errors: tuple[ErrorDetail, ...] = ()
    retry_after: float | None = None

    @property
    def codes(self) -> tuple[int | None, ...]:
        """The vendor's codes, such as 10000. To tell errors apart, use `status` or the class instead."""
        return tuple(detail.code for detail in self.errors)


class BadRequestError(APIError):
    """400, 422 or another 4xx without a class of its own: the request is wrong."""


class AuthenticationError(APIError):
    """401: the token is missing, malformed, expired or unknown."""


class PermissionDeniedError(APIError):
    """403: the token is known, but lacks the permission or the account."""


class NotFoundError(APIError):
    """404: no such account, app or route."""


class RateLimitError(APIError):
    """429: the quota is used up. `retry_after` says for how long."""


class ServerError(APIError):
    """5xx: the service failed, or the edge in front of it."""


class UnsuccessfulError(APIError):
    """A 2xx whose body says `"success": false`."""


class ErrorDetail(NamedTuple):
    """One error that the API reported: `code`, `message`, and `pointer` to the part of the request that is wrong."""

    code: int | None
    message: str
    pointer: str | None = None

    def __str__(self) -> str:
        return self.message if self.code is None else f"{self.message} [{self.code}]"


# Users import these from `realtimekit`; tracebacks and documentation name them so.
for _name in __all__:
    globals()[_name].__module__ = "realtimekit"
