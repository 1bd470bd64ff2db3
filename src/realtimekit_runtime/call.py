"""One call of an operation: which request comes next and when, and how the call ends. No I/O happens here.

The sync and the async client use the same `Call`: they send the request that it asks for, give it the response, and
wait as long as it says.
"""

from __future__ import annotations

import logging
from types import NoneType
from typing import get_args
from urllib.parse import urljoin, urlsplit

from .errors import (
    APIError,
    ConnectError,
    DecodeError,
    RateLimitError,
    RealtimeKitError,
    RedirectError,
    TransportError,
)
from .responses import Response, api_error, unsuccessful
from .retries import IDEMPOTENT, Backoff, is_retryable_status, retry_after

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from urllib.parse import SplitResult

    from .arguments import Request
    from .quota import Quota
    from .settings import Settings

__all__ = ["Call"]

_LOG = logging.getLogger("realtimekit")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
# Of one page: each takes as much memory as the error about it.
_MAX_INVALID_ITEMS = 1000


class Call:
    """The state of one call.

    Attributes:
        request: What is sent.
        settings: The settings of the client.
        url: The URL of the next request; a redirect changes it.
    """

    def __init__(self, request: Request, settings: Settings, quota: Quota) -> None:
        self.request = request
        self.url = request.url(settings.base_url)
        self.settings = settings
        self._quota = quota
        self._backoff = Backoff()
        self._attempts = 0
        self._redirects = 0
        self._value: Any = None
        self._error: RealtimeKitError | None = None

    def before(self) -> float:
        """Seconds to wait before the next request, because of the quota."""
        delay = self._quota.delay()
        if delay > self.settings.max_retry_after:
            # Longer than the caller wants to wait. Ask all the same: the response says whether the quota is used up.
            return 0.0
        if delay:
            _LOG.info("%s: the rate limit is used up; waiting %.1f s", self.request.operation.path, delay)
        return delay

    def take(self, outcome: Response | RealtimeKitError, seconds: float) -> float | None:
        """Decide what follows from the outcome of a request.

        Args:
            outcome: The response, or the error if no response arrived.
            seconds: How long the request took.

        Returns:
            Seconds to wait before the next request, or None when the call is over (see `result`).
        """
        self._attempts += 1
        if isinstance(outcome, Response) and outcome.status >= 300:
            # Redact before truncating: half a token would not match.
            outcome.body = self.settings.api_token.redact_bytes(outcome.body)
        self._log(outcome, seconds)
        if isinstance(outcome, RealtimeKitError):
            return self._retry(outcome, None)
        self._quota.learn(outcome.headers.get("ratelimit"), outcome.headers.get("ratelimit-policy"))
        if outcome.status in _REDIRECTS and "location" in outcome.headers:
            return self._redirect(outcome)
        if 200 <= outcome.status <= 299:
            return self._read(outcome)
        if 300 <= outcome.status <= 399:
            return self._fail(RedirectError("The response is a redirect without a location"), outcome)
        error = api_error(outcome, self.request.operation, self.settings.api_token)
        error.retry_after = retry_after(outcome.headers.get("retry-after"))
        return self._retry(error, outcome)

    def result(self) -> Any:
        """Return the value of the finished call, or raise its error."""
        if self._error is not None:
            raise self._error
        return self._value

    def _read(self, response: Response) -> float | None:
        expected = self.request.operation.response()
        try:
            self._keep(_value(response, expected), response)
        except DecodeError as exc:
            error = unsuccessful(response, self.settings.api_token)
            return self._fail(error, response) if error else self._read_partly(exc, response)
        # If the model has the field, the body need not be read again.
        succeeded = getattr(self._value, "success", None)
        if succeeded is not True and (error := unsuccessful(response, self.settings.api_token)):
            return self._fail(error, response)
        return None

    def _keep(self, value: Any, response: Response) -> None:
        """Keep what the response says. A model knows the request id, as an error does."""
        self._value = value
        if value is not None and (request_id := response.request_id) is not None:
            from .models import Model

            if isinstance(value, Model):
                value._request_id = self.settings.api_token.redact(request_id)

    def _read_partly(self, error: DecodeError, response: Response) -> float | None:
        """Read a page without its invalid items, if the caller wants that; otherwise name the first of them."""
        pagination = self.request.operation.pagination
        if pagination is not None:
            from .invalid_items import read_valid_items

            most = _MAX_INVALID_ITEMS if self.settings.invalid_items == "skip" else 1
            page, invalid = read_valid_items(response.body, self.request.operation.response(), pagination, most)
            if page is not None:
                self._keep(page, response)
                return None
            if invalid:
                error = invalid[0]
            if invalid and most == 1:
                error.message += "; the others can be read"
                error.setting = "invalid_items"
        return self._fail(error, response)

    def _retry(self, error: RealtimeKitError, response: Response | None) -> float | None:
        asked = error.retry_after if isinstance(error, APIError) else None
        if asked is not None and isinstance(error, RateLimitError):
            self._quota.block(asked)
        if not self._may_retry(error, response):
            return self._fail(error, response)
        if asked is not None and asked > self.settings.max_retry_after:
            error.message += f": asked to wait {asked:.0f} s, longer than {self.settings.max_retry_after:.0f} s"
            error.setting = "max_retry_after"
            return self._fail(error, response)
        if self._attempts > self.settings.max_retries:
            return self._fail(error, response)
        delay = self._backoff.delay() if asked is None else asked
        _LOG.info(
            "%s %s: %s in attempt %d of %d; trying again in %.1f s",
            self.request.method,
            self.request.operation.path,
            type(error).__name__ if response is None else f"status {response.status}",
            self._attempts,
            self.settings.max_retries + 1,
            delay,
        )
        return delay

    def _may_retry(self, error: RealtimeKitError, response: Response | None) -> bool:
        if response is not None:
            # After a 429 the service has done nothing; after a 5xx it may have.
            return is_retryable_status(response.status) and (
                self.request.method in IDEMPOTENT or response.status == 429
            )
        if not isinstance(error, TransportError):
            return False
        if isinstance(error, ConnectError) and error.is_final:
            return False
        is_unsent = isinstance(error, ConnectError) and error.is_unsent
        return self.request.method in IDEMPOTENT or is_unsent

    def _redirect(self, response: Response) -> float | None:
        target = _resolve(self.url, response.headers["location"])
        self._redirects += 1
        if target is None:
            reason = "The response redirects to another origin, where the token must not go"
        elif self.request.method not in ("GET", "HEAD"):
            reason = f"The response redirects a {self.request.method}, and only GET and HEAD may follow"
        elif self._redirects > _MAX_REDIRECTS:
            reason = f"The response redirects more than {_MAX_REDIRECTS} times"
        else:
            self._attempts -= 1
            self.url = target
            return 0.0
        return self._fail(RedirectError(reason, setting="base_url"), response)

    def _fail(self, error: RealtimeKitError, response: Response | None) -> float | None:
        secret = self.settings.api_token
        error.message = secret.redact(error.message)
        error.args = (error.message,)
        error.attempts = self._attempts
        if response is not None:
            error.status = response.status
            error.request_id = response.request_id
            error.body = secret.redact_bytes(response.body)
        if error.request_id is not None:
            error.request_id = secret.redact(error.request_id)
        # Without frames, whose variables hold bodies, headers and requests.
        error.__context__ = None
        self._error = error.with_traceback(None)
        return None

    def _log(self, outcome: Response | RealtimeKitError, seconds: float) -> None:
        if not _LOG.isEnabledFor(logging.DEBUG):
            return
        # An allow-list: only what is named here is logged.
        operation = self.request.operation
        shown = operation.pagination and (operation.pagination.page, operation.pagination.size)
        query = " ".join(f"{k}={v}" for k, v in self.request.query if k in (shown or ()))
        if isinstance(outcome, Response):
            came = f"{outcome.status}, {len(outcome.body)} bytes, request id {outcome.request_id}"
        else:
            came = type(outcome).__name__
        _LOG.debug(
            "%s %s %s: %s, %.3f s, attempt %d",
            operation.method,
            operation.path,
            query,
            self.settings.api_token.redact(came),
            seconds,
            self._attempts,
        )


def _value(response: Response, expected: Any) -> Any:
    if expected is None:
        return None
    if not response.body and NoneType in get_args(expected):
        return None
    from .decoding import codec

    try:
        return codec(expected).decode(response.body)
    except DecodeError as exc:
        content_type = response.headers.get("content-type", "application/json")
        if "json" not in content_type:
            exc.message += f" (its content type is {content_type.split(';')[0][:80]!r}, not JSON)"
        raise


def _resolve(url: str, location: str) -> str | None:
    """The URL that a redirect leads to; None if it is another origin, or not a URL."""
    try:
        parts = urlsplit(urljoin(url, location))
        if _origin(parts) != _origin(urlsplit(url)):
            return None
    except ValueError:
        return None
    # Keep our own host and port, letter for letter: other spellings can be read in more than one way.
    return urlsplit(url)._replace(path=parts.path, query=parts.query).geturl()


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
