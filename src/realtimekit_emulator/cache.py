"""What the database holds, kept in memory: tokens, apps, an index of each app's meetings, and pages of their texts."""

from __future__ import annotations

from functools import lru_cache
from threading import RLock

from .index import Page, TimeIndex
from .storage import App, Storage, Token

__all__ = ["Cache"]

# A page is read again far more often than it changes. This many of up to this many meetings are kept.
_MAX_CACHED_PAGES = 256
_MAX_CACHED_LENGTH = 100


class Cache:
    """Reads the database again only when its revision says that something changed. Safe to share between threads."""

    def __init__(self, storage: Storage) -> None:
        """Start empty; call `refresh` before reading."""
        self.storage = storage
        self._lock = RLock()
        self._revision = -1
        self._tokens: dict[str, Token] = {}
        self._apps: dict[str, App] = {}
        self._indexes: dict[str, tuple[int, int, TimeIndex]] = {}
        self._short_texts = lru_cache(_MAX_CACHED_PAGES)(storage.texts)

    def refresh(self) -> None:
        """Look whether anybody wrote to the database; call it once a request."""
        revision = self.storage.revision()
        if revision == self._revision:
            return
        with self._lock:
            self._tokens = self.storage.tokens()
            apps = self.storage.apps()
            if any(app != apps.get(app_id) for app_id, app in self._apps.items()):
                self._short_texts.cache_clear()
            self._apps = apps
            self._revision = revision

    def load(self) -> None:
        """Index all meetings now, so that the first request does not wait for it."""
        self.refresh()
        for app in self._apps.values():
            self.index(app)

    def token(self, token: str) -> Token | None:
        """The rights of a token; None if it is unknown."""
        return self._tokens.get(token)

    def app(self, account_id: str, app_id: str) -> App | None:
        """An app of an account; None if the account has no such app."""
        app = self._apps.get(app_id)
        return app if app is not None and app.account_id == account_id else None

    def index(self, app: App) -> TimeIndex:
        """The index of an app's meetings."""
        with self._lock:
            revision, epoch, index = self._indexes.get(app.id, (-1, app.epoch, TimeIndex()))
            if epoch != app.epoch:
                revision, index = -1, TimeIndex()
            if revision != self._revision:
                index.add(self.storage.entries(app, after=index.last_number))
                self._indexes[app.id] = self._revision, app.epoch, index
            return index

    def page(self, app: App, start: int | None, end: int | None, page_no: int, per_page: int) -> Page:
        """A page of an app's meetings; see `TimeIndex.page`."""
        with self._lock:  # Another thread may be adding meetings.
            return self.index(app).page(start, end, page_no, per_page)

    def texts(self, numbers: list[int]) -> list[str]:
        """The JSON texts of meetings by their sequence numbers, in the same order."""
        with self._lock:
            if len(numbers) <= _MAX_CACHED_LENGTH:
                return self._short_texts(tuple(numbers))
            return self.storage.texts(numbers)
