"""Items of a page that break the contract: each is named, or left out so that the others can be read."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .decoding import codec
from .errors import DecodeError
from .rows import item_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .operations import Pagination

__all__ = ["name_item", "read_valid_items"]

_LOG: Final = logging.getLogger("realtimekit")
# To look at single items may take more than twenty times the memory of the page.
_MAX_BYTES: Final = 4 * 2**20
_SPACES: Final = re.compile(r"[ \t\r\n]*")
_READER: Final = json.JSONDecoder()
_NOT_JSON: Final = (msgspec.MsgspecError, ValueError, KeyError, IndexError, RecursionError)


def name_item(error: DecodeError, body: bytes, pagination: Pagination) -> None:
    """Add to an error which item it is about, and how to read the others.

    Args:
        error: What is wrong with the page.
        body: The page.
        pagination: Where its items are.
    """
    found = re.match(rf"\$\.{re.escape(pagination.items)}\[(\d+)\]", error.path)
    if found is None or len(body) > _MAX_BYTES:
        return
    try:
        items = _items(_Page(body, pagination.items).list)
        item = next(item for index, item in enumerate(items) if index == int(found[1]))
    except (*_NOT_JSON, StopIteration):
        return
    error.item = _key(item, pagination)
    error.message += f" ({_name(error.item, pagination)}); Client(invalid_items='skip') reads the others"


def read_valid_items(body: bytes, page_type: Any, pagination: Pagination) -> Any | None:
    """Read a page without its invalid items.

    Args:
        body: The page.
        page_type: The type of the page.
        pagination: Where its items are.

    Returns:
        The page, whose `invalid` has an error for each item that was left out. None where the page cannot be read for
        another reason.
    """
    row_type = item_type(page_type, pagination.items)
    if row_type is None or len(body) > _MAX_BYTES:
        return None
    valid: list[str] = []
    invalid: list[DecodeError] = []
    try:
        page = _Page(body, pagination.items)
        for index, item in enumerate(_items(page.list)):
            try:
                codec(row_type).decode(item.encode())
            except DecodeError as error:
                path = f"$.{pagination.items}[{index}]{error.path[1:]}"
                reason = error.message.partition(f"{error.path}: ")[2]
                key = _key(item, pagination)
                message = f"The response breaks the contract at {path}: {reason} ({_name(key, pagination)})"
                invalid.append(DecodeError(message, path=path, item=key))
            else:
                valid.append(item)
        found = codec(page_type).decode(page.with_items(valid))
    except (*_NOT_JSON, DecodeError):
        return None
    found._invalid = tuple(invalid)
    for each in invalid:
        _LOG.warning("An item is left out. %s", each.message)
    return found


class _Page:
    """A page as JSON: the objects around the list of its items, from the outside in, and the list."""

    def __init__(self, body: bytes, path: str) -> None:
        self._objects: list[tuple[dict[str, msgspec.Raw], str]] = []
        raw = msgspec.Raw(body)
        for name in path.split("."):
            fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
            self._objects.append((fields, name))
            raw = fields[name]
        self.list = bytes(raw).decode()

    def with_items(self, items: list[str]) -> bytes:
        """The page with another list of items."""
        found = f"[{','.join(items)}]".encode()
        for fields, name in reversed(self._objects):
            found = msgspec.json.encode({**fields, name: msgspec.Raw(found)})
        return found


def _items(text: str) -> Iterator[str]:
    """The items of a list in JSON, one by one: all of them at once could take too much memory."""
    at = _after_spaces(text, 1)
    while text[at] != "]":
        _, end = _READER.raw_decode(text, at)
        yield text[at:end]
        at = _after_spaces(text, end)
        if text[at] == ",":
            at = _after_spaces(text, at + 1)


def _after_spaces(text: str, at: int) -> int:
    found = _SPACES.match(text, at)
    return at if found is None else found.end()


def _key(item: str, pagination: Pagination) -> str | None:
    """The key of an item, as text."""
    value = json.loads(item)
    key = value.get(pagination.key) if isinstance(value, dict) else None
    return str(key)[:80] if isinstance(key, str | int) else None


def _name(key: str | None, pagination: Pagination) -> str:
    return "an item without a key" if key is None else f"the item with {pagination.key} {key!r}"
