"""The sync and the async client: settings, connections and the loop around a `Call`."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from . import settings
from .arguments import build_request
from .errors import ConfigurationError
from .quota import Quota

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn, Self

    import httpx

    from .arguments import Request
    from .call import Call
    from .operations import Operation
    from .quota import RateLimit
    from .settings import InvalidItems

__all__ = ["AsyncClient", "SyncClient"]

_Http = TypeVar("_Http", "httpx.Client", "httpx.AsyncClient")
_OPENING = threading.Lock()


class BaseClient(Generic[_Http]):
    """What both clients share: settings, and requests that are checked before they are sent."""

    # The generated clients set these two from the contract.
    _base_url = ""
    _version = "0"
    # The class of httpx that `http_client` has to be an instance of.
    _http_class = ""

    def __init__(
        self,
        *,
        api_token: str | None = None,
        account_id: str | None = None,
        base_url: str | None = None,
        allow_http: bool = False,
        timeout: float = settings.DEFAULT_TIMEOUT,
        max_retries: int = settings.DEFAULT_MAX_RETRIES,
        max_retry_after: float = settings.DEFAULT_MAX_RETRY_AFTER,
        prefetch: int = settings.DEFAULT_PREFETCH,
        max_response_bytes: int = settings.DEFAULT_MAX_RESPONSE_BYTES,
        invalid_items: InvalidItems = "raise",
        http_client: _Http | None = None,
    ) -> None:
        """Make a client. Nothing is sent yet.

        Args:
            api_token: The API token; if left out, `CLOUDFLARE_API_TOKEN` of the environment.
            account_id: The account for calls that name no account; if left out, `CLOUDFLARE_ACCOUNT_ID`.
            base_url: The URL of the API; if left out, `CLOUDFLARE_BASE_URL`, then the server that the contract names.
            allow_http: Whether plain http is allowed beyond this machine, where others could read the token on the way;
                `REALTIMEKIT_ALLOW_HTTP=1` allows it too. For an emulator inside a network that you trust.
            timeout: Seconds that one request may take, from connecting to the last byte of its response.
            max_retries: How often a failed request is tried again, from 0.
            max_retry_after: The longest `Retry-After`, in seconds, that the client waits for.
            prefetch: How many pages of a list are requested at the same time, from 1.
            max_response_bytes: The largest response that is read, in bytes after decompression.
            invalid_items: What happens to an item that breaks the contract: "raise" raises a `DecodeError`; "skip"
                leaves the item out, with a warning in the log and the error in the page's `invalid`.
            http_client: Your own httpx client, for a proxy, a transport or certificates. It is used as it is, and
                the SDK does not close it.

        Raises:
            ConfigurationError: A setting is missing or cannot be used.
        """
        found_token = settings.find_secret(api_token, "CLOUDFLARE_API_TOKEN")
        found_url = settings.find_secret(base_url, "CLOUDFLARE_BASE_URL") or settings.Secret(self._base_url)
        del api_token, base_url
        token = settings.checked_token(found_token)
        self._settings = settings.Settings(
            user_agent=f"realtimekit-python/{self._version}",
            api_token=token,
            account_id=settings.find(account_id, "CLOUDFLARE_ACCOUNT_ID"),
            base_url=settings.checked_base_url(found_url, token, allow_http=allow_http),
            timeout=timeout,
            max_retries=max_retries,
            max_retry_after=max_retry_after,
            prefetch=prefetch,
            max_response_bytes=max_response_bytes,
            invalid_items=invalid_items,
        ).checked()
        if http_client is not None:
            import httpx

            if not isinstance(http_client, getattr(httpx, self._http_class)):
                raise ConfigurationError(f"http_client of {type(self).__name__} must be an httpx.{self._http_class}")
        self._quota = Quota()
        self._http = http_client
        self._owns_http = http_client is None
        self._closed = False
        # The client whose connections this one uses, if they are not its own.
        self._origin: Self | None = None

    def with_options(
        self,
        *,
        account_id: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        max_retry_after: float | None = None,
        prefetch: int | None = None,
        max_response_bytes: int | None = None,
        invalid_items: InvalidItems | None = None,
    ) -> Self:
        """Make a client with other settings, over the same connections and within the same rate limit.

        What is left out, or None, stays as it is in this client. The token, the base URL and the httpx client belong to
        the connections: for others, make a new client.

        Closing the new client leaves the connections open, so it need not be closed. Closing the client that made the
        connections ends both.

        Args:
            account_id: The account for calls that name no account.
            timeout: Seconds that one request may take.
            max_retries: How often a failed request is tried again.
            max_retry_after: The longest `Retry-After`, in seconds, that the client waits for.
            prefetch: How many pages of a list are requested at the same time.
            max_response_bytes: The largest response that is read, in bytes after decompression.
            invalid_items: What happens to an item that breaks the contract, "raise" or "skip".

        Returns:
            A client of the same class.

        Raises:
            ConfigurationError: A setting cannot be used.
        """
        options = {
            "account_id": account_id,
            "timeout": timeout,
            "max_retries": max_retries,
            "max_retry_after": max_retry_after,
            "prefetch": prefetch,
            "max_response_bytes": max_response_bytes,
            "invalid_items": invalid_items,
        }
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        changed = self._settings._replace(**given).checked()
        kind = type(self)
        made = kind.__new__(kind)
        # The resources, such as `client.meetings`, are kept in cached properties, and belong to this client.
        own = {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(kind, name, None), cached_property)
        }
        vars(made).update(
            own, _settings=changed, _http=None, _owns_http=False, _closed=False, _origin=self._origin or self
        )
        return made

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit of the token, as the responses to this client have reported it; None before the first."""
        return self._quota.rate_limit()

    def _prepare(self, operation: Operation, arguments: Mapping[str, Any], body: Any = None) -> Request:
        """Check a call against the contract and make its request.

        Raises:
            ArgumentError: An argument breaks the contract.
            ConfigurationError: The call needs an account and there is none.
        """
        return build_request(operation, arguments, account_id=self._settings.account_id, body=body)

    def _window(self) -> int:
        """How many pages of a list may be under way now, at least 1."""
        return int(max(1, min(self._settings.prefetch, self._quota.room())))

    def _new_call(self, request: Request) -> Call:
        from .call import Call

        origin = self._origin or self
        if self._closed or origin._closed or (origin._http is not None and origin._http.is_closed):
            raise ConfigurationError("The client is closed; make a new one")
        return Call(request, self._settings, self._quota)

    def __repr__(self) -> str:
        known = getattr(self, "_settings", None)
        if known is None:
            # A traceback may show a client whose __init__ failed.
            return f"{type(self).__name__}(not made)"
        return f"{type(self).__name__}(base_url={known.base_url!r}, account_id={known.account_id!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"A {type(self).__name__} holds a token and connections and cannot be pickled or copied; make a new one"
        )


class SyncClient(BaseClient["httpx.Client"]):
    """The client for sync code. Several threads may share it."""

    _http_class = "Client"

    def request(self, operation: Operation, arguments: Mapping[str, Any], body: Any = None) -> Any:
        """Call an operation of the contract, such as `realtimekit.api.meetings.LIST_MEETINGS`, once.

        The generated methods are the typed way to do this.

        Args:
            operation: The operation to call.
            arguments: Its arguments by Python name; None means "not given".
            body: The body of the request, or None.

        Returns:
            The response in the type that the contract gives it.

        Raises:
            RealtimeKitError: The call failed; `realtimekit.errors` draws the tree.
        """
        return self._send(self._prepare(operation, arguments, body))

    def _send(self, request: Request, abandoned: threading.Event | None = None) -> Any:
        """Send a checked request until it succeeds or fails for good.

        Args:
            request: What `_prepare` made.
            abandoned: When another thread sets it, the call ends with `transport.Abandoned`.
        """
        from .transport import Abandoned, exchange

        call = self._new_call(request)
        http = self._open()
        abandoned = abandoned or threading.Event()
        delay: float | None = 0.0
        while delay is not None:
            if self._wait(max(delay, call.before()), abandoned):
                raise Abandoned
            started = time.monotonic()
            outcome = exchange(http, call, abandoned)
            delay = call.take(outcome, time.monotonic() - started)
        return call.result()

    def _wait(self, seconds: float, abandoned: threading.Event) -> bool:
        """Wait before a request. Return whether it was abandoned meanwhile. Tests replace this method."""
        return abandoned.wait(seconds)

    def _open(self) -> httpx.Client:
        if self._origin is not None:
            return self._origin._open()
        if self._http is None:
            from .connections import make_http

            with _OPENING:
                if self._http is None:
                    self._http = make_http(self._settings)
        return self._http

    def close(self) -> None:
        """Close the client and its connections. An `http_client` of your own stays open; see also `with_options`."""
        self._closed = True
        if self._owns_http and self._http is not None:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(BaseClient["httpx.AsyncClient"]):
    """The client for async code. It belongs to one event loop."""

    _http_class = "AsyncClient"

    async def request(self, operation: Operation, arguments: Mapping[str, Any], body: Any = None) -> Any:
        """Call an operation of the contract once, as `Client.request` does."""
        return await self._send(self._prepare(operation, arguments, body))

    async def _send(self, request: Request) -> Any:
        """Send a checked request until it succeeds or fails for good."""
        from .transport import exchange_async

        call = self._new_call(request)
        http = self._open()
        delay: float | None = 0.0
        while delay is not None:
            await self._wait(max(delay, call.before()))
            started = time.monotonic()
            outcome = await exchange_async(http, call)
            delay = call.take(outcome, time.monotonic() - started)
        return call.result()

    async def _wait(self, seconds: float) -> None:
        """Wait before a request. Tests replace this method."""
        import asyncio

        await asyncio.sleep(seconds)

    def _open(self) -> httpx.AsyncClient:
        if self._origin is not None:
            return self._origin._open()
        if self._http is None:
            from .connections import make_async_http

            self._http = make_async_http(self._settings)
        return self._http

    async def aclose(self) -> None:
        """Close the client and its connections. An `http_client` of your own stays open; see also `with_options`."""
        self._closed = True
        if self._owns_http and self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
