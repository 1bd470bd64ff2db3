"""What the database holds, kept in memory and fresh: tokens, apps, and an index of each app's meetings."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock

from .index import Page, TimeIndex
from .storage import App, Storage, Token
from .times import Instant

__all__ = ["Directory"]

# Bytes of meetings' JSON kept at hand; a page is read again far more often than it changes.
_CACHE_BYTES = 16 * 1024 * 1024


class Directory:
    """Responses from memory, and looks into the database when its revision says that something changed."""

    def __init__(self, storage: Storage) -> None:
        """Start with nothing known."""
        self.storage = storage
        self._lock = RLock()
        self._revision = -1
        self._tokens: dict[str, Token] = {}
        self._apps: dict[str, App] = {}
        self._indexes: dict[str, tuple[int, int, TimeIndex]] = {}
        self._documents: OrderedDict[int, str] = OrderedDict()
        self._cached_bytes = 0

    def refresh(self) -> None:
        """Look whether somebody wrote to the database; call it once a request."""
        revision = self.storage.revision()
        if revision == self._revision:
            return
        with self._lock:
            self._tokens = self.storage.tokens()
            apps = self.storage.apps()
            if any(app != apps.get(app_id) for app_id, app in self._apps.items()):
                self._documents.clear()
                self._cached_bytes = 0
            self._apps = apps
            self._revision = revision

    def token(self, token: str) -> Token | None:
        """The rights of a token, None if it is unknown."""
        return self._tokens.get(token)

    def app(self, account_id: str, app_id: str) -> App | None:
        """An app of an account, None if the account has no such app."""
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

    def page(self, app: App, start: Instant | None, end: Instant | None, page_no: int, per_page: int) -> Page:
        """A page of an app's meetings; see `TimeIndex.page`."""
        with self._lock:  # Another thread may be adding meetings.
            return self.index(app).page(start, end, page_no, per_page)

    def documents(self, numbers: list[int]) -> list[str]:
        """The JSON texts of meetings, in the order asked for."""
        with self._lock:
            cache = self._documents
            missing = [number for number in numbers if number not in cache]
            if not missing:
                return [cache[number] for number in numbers]
            found = dict(zip(missing, self.storage.documents(missing), strict=True))
            texts = [found[number] if number in found else cache[number] for number in numbers]
            for number, text in found.items():
                cache[number] = text
                self._cached_bytes += len(text)
            while self._cached_bytes > _CACHE_BYTES:
                self._cached_bytes -= len(cache.popitem(last=False)[1])
            return texts
