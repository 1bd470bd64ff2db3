"""The emulator as Python code uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from .app import EmulatorApp
from .asgi import Application
from .cache import Cache
from .contract import Contract, load_contract
from .controls import DEFAULT_MAX_PER_PAGE, Controls, Failures, Quota, RecordedRequest
from .errors import EmulatorError
from .identity import Identity
from .records import complete_meetings, seed_meetings, to_record
from .responses import HTML, Response, json_response, usual_error
from .seeding import generate_meetings
from .server import LiveServer, address, listen, serve_forever
from .storage import Storage

if TYPE_CHECKING:
    from .workers import MakeApp

__all__ = ["Emulator"]


class Emulator:
    """The endpoint on a database: as a live server (`with`), and as an ASGI application (`.asgi`).

    Examples:
        >>> with Emulator() as emulator:
        ...     emulator.add_meetings(30)
        ...     # base_url=emulator.base_url, api_token=emulator.api_token, …
    """

    def __init__(
        self,
        database: str = ":memory:",
        *,
        contract: Contract | str | Path | None = None,
        latency: float = 0.0,
        max_per_page: int | None = DEFAULT_MAX_PER_PAGE,
        rate_limit: tuple[int, float] | None = None,
        failures: Failures | None = None,
        record: bool = True,
    ) -> None:
        """Open the database; the server starts with `with` or `start()`.

        Args:
            database: `:memory:`, a SQLite file, or a `postgresql://` URL.
            contract: An OpenAPI 3 document in JSON or YAML; realtimekit's own by default.
            latency: Seconds that every response waits.
            max_per_page: The most meetings on a page, even if `per_page` asks for more; None for no limit.
            rate_limit: How many requests a token has in how many seconds. Every response then says how many are left;
                the response to one more is 429. None for no limit and no such headers.
            failures: A share of all requests that fails at random; None for none.
            record: Whether `.requests` records the requests.

        Raises:
            EmulatorError: If the database or the contract cannot be used.
        """
        self._contract = contract if isinstance(contract, Contract) else load_contract(contract)
        self._latency, self._max_per_page, self._rate_limit = latency, max_per_page, rate_limit
        self._failures, self._record = failures, record
        self._storage = Storage(database)
        self._cache = Cache(self._storage)
        try:
            self._app = EmulatorApp(self._contract, self._cache, self._new_controls())
        except EmulatorError:
            self._storage.close()
            raise
        self._server: LiveServer | None = None
        self.origin = "http://127.0.0.1"
        """Where the server is, without the path of the API."""

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop the server and close the database."""
        self.close()

    def __repr__(self) -> str:
        """The address; never the token."""
        return f"<Emulator at {self.base_url}>"

    def start(self) -> Self:
        """Start the server on a free port of 127.0.0.1; it accepts connections when this returns."""
        if self._server is None:
            self._server = LiveServer(self._app)
            self.origin = self._server.origin
        return self

    def serve(
        self,
        host: str,
        port: int,
        *,
        on_ready: Callable[[], None],
        seed: int = 0,
        random_seed: int = 0,
        app: Application | None = None,
        workers: tuple[int, MakeApp] | None = None,
    ) -> None:
        """Serve in the foreground until SIGINT or SIGTERM.

        Args:
            host: The address to listen on.
            port: The port; 0 for any free one.
            on_ready: Called before the first request is served; connections are accepted from then on.
            seed: How many meetings to make up first.
            random_seed: The same number, the same meetings.
            app: What to serve instead of `.asgi`: an ASGI application around it.
            workers: How many processes serve instead of this one, and what each of them serves. They share the
                database, and nothing else.

        Raises:
            EmulatorError: If the port or the database cannot be used, or workers have no database to share.
        """
        if workers and self._storage.is_private:
            raise EmulatorError("Workers cannot share a database in memory: name a file or a postgresql:// URL.")
        with listen(host, port) as listening:
            self.origin = address(listening)
            if self._storage.is_private and not ip_address(listening.getsockname()[0]).is_loopback:
                # The token of a database in memory is public: it is always the same.
                self._storage.renew_token()
            if seed:
                seed_meetings(self._storage, seed, random_seed)
            if workers:
                from .workers import serve_with_workers

                count, make_app = workers
                serve_with_workers(make_app, listening, count, on_ready)
                return
            self._cache.load()
            on_ready()
            serve_forever(app or self._app, listening)

    def close(self) -> None:
        """Stop the server and close the database."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._storage.close()

    def reset(self) -> None:
        """Remove all meetings, added apps and tokens, faults and recorded requests; restore the initial settings."""
        self._storage.clear()
        self._app.controls = self._new_controls()

    @property
    def asgi(self) -> EmulatorApp:
        """The ASGI application, for use without a socket and without `start()`."""
        return self._app

    @property
    def base_url(self) -> str:
        """The `base_url` for a client. Before `start()` nothing listens there."""
        return self.origin + self._contract.base_path

    @property
    def api_token(self) -> str:
        """A token that has the permission to read the account's meetings."""
        return self._storage.identity.api_token

    @property
    def account_id(self) -> str:
        """The account that the token and the app belong to."""
        return self._storage.identity.account_id

    @property
    def app_id(self) -> str:
        """The app that meetings are added to by default."""
        return self._storage.identity.app_id

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that a client needs."""
        return {
            "CLOUDFLARE_BASE_URL": self.base_url,
            "CLOUDFLARE_API_TOKEN": self.api_token,
            "CLOUDFLARE_ACCOUNT_ID": self.account_id,
            "REALTIMEKIT_APP_ID": self.app_id,
        }

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests so far, oldest first; only the last 10,000."""
        return list(self._app.controls.requests or ())

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        if self._app.controls.requests is not None:
            self._app.controls.requests.clear()

    @property
    def latency(self) -> float:
        """Seconds that every response waits. Can be set at any time."""
        return self._app.controls.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._app.controls.latency = seconds

    @property
    def max_per_page(self) -> int | None:
        """The most meetings on a page; None for no limit. Can be set at any time."""
        return self._app.controls.max_per_page

    @max_per_page.setter
    def max_per_page(self, limit: int | None) -> None:
        self._app.controls.max_per_page = limit

    @property
    def rate_limit(self) -> tuple[int, float] | None:
        """How many requests a token has in how many seconds; None for no limit. Can be set at any time."""
        quota = self._app.controls.quota
        return (quota.requests, quota.seconds) if quota else None

    @rate_limit.setter
    def rate_limit(self, limit: tuple[int, float] | None) -> None:
        self._app.controls.quota = limit and Quota(*limit)

    @property
    def failures(self) -> Failures | None:
        """A share of all requests that fails at random; None for none. Can be set at any time, and starts anew then."""
        return self._app.controls.failures

    @failures.setter
    def failures(self, failures: Failures | None) -> None:
        self._app.controls.failures = failures and replace(failures)

    def add_meetings(
        self,
        meetings: int | Mapping[str, Any] | Iterable[Mapping[str, Any]] = 1,
        *more: Mapping[str, Any],
        app_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Add meetings to an app, and return them as they are stored.

        Each meeting is given the `id`, `created_at` and `updated_at` that it lacks; without a time it becomes the
        newest. A meeting with the id of a stored one replaces it. Meetings are not checked against the contract, so
        that a test can serve what a newer service would send.

        Args:
            meetings: How many to make up, or the meetings, or one meeting.
            *more: More meetings, if the first argument is one.
            app_id: The app; `.app_id` by default.

        Raises:
            EmulatorError: If there is no such app, or a meeting has a broken `id` or `created_at`, or JSON cannot hold
                it.
        """
        app_id = self._storage.app(app_id).id
        newest, count = self._storage.extent(app_id)
        given: list[Mapping[str, Any]]
        if isinstance(meetings, int):
            # The next call would make up the same ids and times again.
            own = ("id", "created_at", "updated_at")
            made = generate_meetings(meetings, seed=count)
            given = [{name: value for name, value in meeting.items() if name not in own} for meeting in made]
        else:
            given = [cast("Mapping[str, Any]", meetings)] if isinstance(meetings, Mapping) else [*meetings]
        completed = list(complete_meetings([*given, *more], newest, count))
        self._storage.write_meetings(app_id, [to_record(meeting) for meeting in completed])
        return completed

    def add_app(self, app_id: str, *, account_id: str | None = None) -> str:
        """Add an app to an account (`.account_id` by default), and return the app's id.

        Raises:
            EmulatorError: If another account has it.
        """
        self._storage.add_app(app_id, account_id or self.account_id)
        return app_id

    def add_token(
        self,
        token: str,
        *,
        permissions: Iterable[str] = Identity.PERMISSIONS,
        accounts: Iterable[str] | None = None,
    ) -> str:
        """Add a token, or change the rights of a token, and return it.

        Args:
            token: Letters, digits and `-._~+/`.
            permissions: Names as in the vendor's token settings, such as "Realtime".
            accounts: The accounts that it can read; `.account_id` by default.

        Raises:
            EmulatorError: If the contract does not have such a permission.
        """
        permissions = self._contract.check_permissions(permissions)
        self._storage.add_token(token, permissions, [self.account_id] if accounts is None else accounts)
        return token

    def fail_next(
        self,
        status: int = 500,
        *,
        retry_after: float | str | None = None,
        times: int = 1,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content_type: str | None = None,
        disconnect: bool = False,
        cut_after: int | None = None,
    ) -> None:
        """Respond to the next requests with a fault; several calls take effect one after the other.

        Args:
            status: From 200 to 599; 520 to 527 and 530 come as HTML, as from the edge of the network.
            retry_after: The value of a `Retry-After` header: seconds, or an HTTP date as text.
            times: How many requests fail.
            body: Text or bytes to send as they are, or anything else as JSON; None for the usual body of that status.
            headers: More headers.
            content_type: The media type of the body.
            disconnect: Drop the connection before responding.
            cut_after: Drop the connection after this many bytes of the body.

        Raises:
            ValueError: If the status is out of range.
        """
        if not 200 <= status <= 599:
            raise ValueError(f"status must be from 200 to 599, but is {status}")
        response = usual_error(status) if status >= 400 else Response(status)
        if isinstance(body, str):
            response.body = body.encode()
            if body.lstrip().startswith("<"):
                response.content_type = HTML
        elif isinstance(body, (bytes, bytearray)):
            response.body = bytes(body)
        elif body is not None:
            response = json_response(status, body)
        response.content_type = content_type or response.content_type
        response.headers = dict(headers or {})
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        response.cut_after = -1 if disconnect else cut_after
        self._app.controls.faults.extend([response] * times)

    def _new_controls(self) -> Controls:
        controls = Controls(latency=self._latency, max_per_page=self._max_per_page)
        controls.quota = self._rate_limit and Quota(*self._rate_limit)
        controls.failures = self._failures and replace(self._failures)
        if not self._record:
            controls.requests = None
        return controls
