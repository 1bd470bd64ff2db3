"""What the database holds, kept in memory: tokens, apps, an index of each app's meetings, and pages of their texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import RLock

from .errors import MeetingsGoneError
from .index import Page, TimeIndex
from .storage import App, Storage, Token

__all__ = ["Cache", "Matches"]

Matches = Callable[[str], bool]
"""Whether a list has a meeting, by its JSON text. Two that compare equal say the same."""

# A page is read again far more often than it changes. This many of up to this many meetings are kept.
_MAX_CACHED_PAGES = 256
_MAX_CACHED_LENGTH = 100
# Reading a page of a filtered list again takes no longer than without the filter, for this many lists.
_MAX_FILTERED = 32
_BATCH = 1_000


class Cache:
    """Reads the database again only when its revision says that something changed. Safe to share between threads."""

    def __init__(self, storage: Storage) -> None:
        """Start empty; call `refresh` before reading."""
        self._storage = storage
        self._lock = RLock()
        self._revision = -1
        self._tokens: dict[str, Token] = {}
        self._apps: dict[str, App] = {}
        self._indexes: dict[str, TimeIndex] = {}
        self._filtered: dict[tuple[str, Matches], TimeIndex] = {}
        # The apps that may have more meetings than their index.
        self._behind: set[str] = set()
        self._short_texts = lru_cache(_MAX_CACHED_PAGES)(storage.texts)

    def refresh(self) -> bool:
        """Read again if somebody wrote to the database, and say whether it was so; call it once a request."""
        revision = self._storage.revision()
        if revision == self._revision:
            return False
        with self._lock:
            apps = self._storage.apps()
            self._tokens = self._storage.tokens()
            for app in self._apps.values():
                if app != apps.get(app.id):
                    self._indexes.pop(app.id, None)
                    self._short_texts.cache_clear()
            self._filtered.clear()
            self._apps, self._behind = apps, {*apps}
            self._revision = revision
        return True

    def load(self) -> None:
        """Index all meetings now, so that the first request does not wait for it."""
        self.refresh()
        for app in self._apps.values():
            self._index(app)

    def token(self, token: str) -> Token | None:
        """The rights of a token; None if it is unknown."""
        return self._tokens.get(token)

    def app(self, account_id: str, app_id: str) -> App | None:
        """An app of an account; None if the account has no such app."""
        app = self._apps.get(app_id)
        return app if app is not None and app.account_id == account_id else None

    def page(
        self,
        app: App,
        start: int | None,
        end: int | None,
        page_no: int,
        per_page: int,
        *,
        matches: Matches | None = None,
    ) -> tuple[Page, list[str]]:
        """A page of an app's meetings (see `TimeIndex.page`), and their JSON texts in the same order.

        With `matches`, the list has these meetings only. The first page of such a list reads all meetings.
        """
        with self._lock:
            while True:
                try:
                    index = self._index(app) if matches is None else self._matching(app, matches)
                    page = index.page(start, end, page_no, per_page)
                    return page, self._texts(page.numbers)
                except MeetingsGoneError:
                    # Another thread or process may have removed them since the index was made.
                    if not self.refresh():
                        raise
                    app = self._apps.get(app.id, app)

    def _index(self, app: App) -> TimeIndex:
        # It is put back when it is complete. If reading fails before that, the next request starts a new index.
        index = self._indexes.pop(app.id, None) or TimeIndex()
        if app.id in self._behind:
            index.add(self._storage.entries(app, after=index.last_number))
            self._behind.remove(app.id)
        self._indexes[app.id] = index
        return index

    def _matching(self, app: App, matches: Matches) -> TimeIndex:
        if (found := self._filtered.get((app.id, matches))) is not None:
            return found
        entries, found = self._index(app).entries(), TimeIndex()
        for at in range(0, len(entries), _BATCH):
            batch = entries[at : at + _BATCH]
            texts = self._storage.texts([number for _, number in batch])
            found.add(entry for entry, text in zip(batch, texts, strict=True) if matches(text))
        if len(self._filtered) >= _MAX_FILTERED:
            self._filtered.clear()
        self._filtered[app.id, matches] = found
        return found

    def _texts(self, numbers: list[int]) -> list[str]:
        if len(numbers) <= _MAX_CACHED_LENGTH:
            return self._short_texts(tuple(numbers))
        return self._storage.texts(numbers)
