"""The emulator as Python code uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self, cast

from .app import EmulatorApp
from .contract import Contract, load_contract
from .controls import DEFAULT_MAX_PER_PAGE, Controls, Quota, RecordedRequest, fault
from .directory import Directory
from .identity import Identity
from .problems import EmulatorError
from .records import complete_meetings, to_record
from .seeding import generate_meetings
from .server import LiveServer
from .storage import App, Storage

__all__ = ["Emulator"]


class Emulator:
    """The endpoint on a database of its own, as a live server (`with`) and as an ASGI application (`.asgi`).

    Example:
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
        record: bool = True,
    ) -> None:
        """Open the database; the server starts with `with` or `start()`.

        Args:
            database: `:memory:`, a SQLite file, or a `postgresql://` URL.
            contract: An OpenAPI 3 document as JSON or YAML; the one of realtimekit unless given.
            latency: Seconds that every response waits.
            max_per_page: What a larger `per_page` is cut to; None for no limit.
            rate_limit: Requests, and the seconds they are for, that a token has. Every response then says what is left
                of it, and 429 is the response beyond it. None for no limit and no such headers.
            record: Whether `.requests` is kept.

        Raises:
            EmulatorError: If the database or the contract cannot be used.
        """
        self._contract = contract if isinstance(contract, Contract) else load_contract(contract)
        self._latency, self._max_per_page = latency, max_per_page
        self._rate_limit = rate_limit
        self._record = record
        self._storage = Storage(database)
        self._directory = Directory(self._storage)
        try:
            self._app = EmulatorApp(self._contract, self._directory, self._new_controls())
        except EmulatorError:
            self._storage.close()
            raise
        self._server: LiveServer | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop the server and close the database."""
        self.close()

    def __repr__(self) -> str:
        """Where it is; the token is left out."""
        return f"<Emulator at {self.base_url}>"

    def start(self) -> Self:
        """Start the server on a free port of 127.0.0.1; it accepts connections when this returns."""
        if self._server is None:
            self._server = LiveServer(self._app)
        return self

    def close(self) -> None:
        """Stop the server and close the database."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._storage.close()

    def reset(self) -> None:
        """Back to the start: no meetings, no other apps and tokens, no faults, the settings it was made with."""
        self._storage.clear()
        self._app.controls = self._new_controls()

    @property
    def asgi(self) -> EmulatorApp:
        """The ASGI application, for use without a socket. It needs no `start()`."""
        return self._app

    @property
    def base_url(self) -> str:
        """What the client's `base_url` has to be. Before `start()` the host is right and nothing listens there."""
        origin = self._server.origin if self._server is not None else "http://127.0.0.1"
        return origin + self._contract.base_path

    @property
    def api_token(self) -> str:
        """A token that may read the account's meetings."""
        return self._storage.identity.api_token

    @property
    def account_id(self) -> str:
        """The account that the token and the app belong to."""
        return self._storage.identity.account_id

    @property
    def app_id(self) -> str:
        """The app that meetings are added to unless another is named."""
        return self._storage.identity.app_id

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests so far, oldest first; the last 10,000 are kept."""
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
        """What a larger `per_page` is cut to; None for no limit. Can be set at any time."""
        return self._app.controls.max_per_page

    @max_per_page.setter
    def max_per_page(self, limit: int | None) -> None:
        self._app.controls.max_per_page = limit

    def add_meetings(
        self,
        meetings: int | Mapping[str, Any] | Iterable[Mapping[str, Any]] = 1,
        *more: Mapping[str, Any],
        app_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Add meetings to an app, and return them as they are stored.

        What a meeting lacks of `id`, `created_at` and `updated_at` is given to it; without a time it becomes the newest
        of all, as a new meeting is. A meeting with the id of a stored one replaces it. Meetings are not held against
        the contract, so that a test can serve what a newer service would send.

        Args:
            meetings: How many to make up, or the meetings, or one meeting.
            *more: More meetings, if the first argument is one.
            app_id: The app; the default one unless given.

        Raises:
            EmulatorError: If there is no such app, or a meeting has a broken `id` or `created_at` or is no JSON.
        """
        app = self._known_app(app_id or self.app_id)
        index = self._directory.index(app)
        given: list[Mapping[str, Any]]
        if isinstance(meetings, int):
            # Of what is made up the ids and times would come again with the next call.
            own = ("id", "created_at", "updated_at")
            given = [
                {name: value for name, value in meeting.items() if name not in own}
                for meeting in generate_meetings(meetings, seed=len(index))
            ]
        else:
            given = [cast("Mapping[str, Any]", meetings)] if isinstance(meetings, Mapping) else [*meetings]
        completed = list(complete_meetings([*given, *more], index.newest, len(index)))
        self._storage.write_meetings(app.id, [to_record(meeting) for meeting in completed])
        return completed

    def add_app(self, app_id: str, *, account_id: str | None = None) -> str:
        """Add an app, to the default account unless another is named, and return its id."""
        self._storage.add_app(app_id, account_id or self.account_id)
        return app_id

    def add_token(
        self,
        token: str,
        *,
        permissions: Iterable[str] = Identity.PERMISSIONS,
        accounts: Iterable[str] | None = None,
    ) -> str:
        """Add a token, or change the rights of one, and return it.

        Args:
            token: Letters, digits and `-._~+/`.
            permissions: Names as in the vendor's token settings, such as "Realtime".
            accounts: The accounts it is for; the default one unless given.
        """
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
        """Answer the next requests with a fault, whatever they ask; further calls queue up behind.

        Args:
            status: From 200 to 599; 520 to 527 and 530 are the edge's and come as HTML.
            retry_after: The value of a `Retry-After` header: seconds, or an HTTP date as text.
            times: How many requests fail.
            body: Text or bytes to send as they are, or anything else as JSON; None for what that status usually says.
            headers: More headers.
            content_type: The media type of the body.
            disconnect: Drop the connection before answering.
            cut_after: Drop the connection after so many bytes of the body.
        """
        if not 200 <= status <= 599:
            raise ValueError(f"status has to be from 200 to 599, and is {status}")
        response = fault(
            status,
            retry_after=retry_after,
            body=body,
            headers=headers,
            content_type=content_type,
            cut_after=-1 if disconnect else cut_after,
        )
        self._app.controls.faults.extend([response] * times)

    def _known_app(self, app_id: str) -> App:
        self._directory.refresh()
        app = self._storage.apps().get(app_id)
        if app is None:
            raise EmulatorError(f"There is no app {app_id}: add it with add_app() first.")
        return app

    def _new_controls(self) -> Controls:
        controls = Controls(latency=self._latency, max_per_page=self._max_per_page)
        if self._rate_limit is not None:
            controls.quota = Quota(*self._rate_limit)
        if not self._record:
            controls.requests = None
        return controls
