"""Items of a page that break the contract: each is named, or left out so that the others can be read."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .decoding import codec
from .errors import DecodeError
from .rows import item_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .operations import Pagination

__all__ = ["read_valid_items"]

_LOG: Final = logging.getLogger("realtimekit")
# To look at single items may take more than twenty times the memory of the page.
_MAX_BYTES: Final = 4 * 2**20
_READER: Final = json.JSONDecoder()
_NOT_JSON: Final = (msgspec.MsgspecError, ValueError, KeyError, IndexError, RecursionError)


def read_valid_items(
    body: bytes, page_type: Any, pagination: Pagination, most: int
) -> tuple[Any | None, list[DecodeError]]:
    """Read a page without its invalid items.

    Args:
        body: The page.
        page_type: The type of the page.
        pagination: Where its items are.
        most: From so many invalid items on, the page is not read.

    Returns:
        The page, or None where it cannot be read, and an error for each item that is invalid.
    """
    row_type = item_type(page_type, pagination.items)
    valid: list[str] = []
    invalid: list[DecodeError] = []
    if row_type is None or len(body) > _MAX_BYTES:
        return None, invalid
    try:
        page = _Page(body, pagination.items)
        for index, item in enumerate(_items(page.list)):
            try:
                codec(row_type).decode(item.encode())
            except DecodeError as error:
                path = f"$.{pagination.items}[{index}]{error.path[1:]}"
                reason = error.message.partition(f"{error.path}: ")[2]
                key = _key(item, pagination)
                name = "an item without a key" if key is None else f"the item with {pagination.key} {key!r}"
                message = f"The response breaks the contract at {path}: {reason} ({name})"
                invalid.append(DecodeError(message, path=path, item=key))
                if len(invalid) == most:
                    return None, invalid
            else:
                valid.append(item)
        # Without an invalid item, something else is wrong with the page.
        found = codec(page_type).decode(page.with_items(valid)) if invalid else None
    except (*_NOT_JSON, DecodeError):
        return None, invalid
    if found is not None:
        found._invalid = tuple(invalid)
    for each in invalid:
        _LOG.warning("An item is left out. %s", each.message)
    return found, invalid


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
    at = 1
    while True:
        while text[at] in " \t\r\n,":
            at += 1
        if text[at] == "]":
            return
        _, end = _READER.raw_decode(text, at)
        yield text[at:end]
        at = end


def _key(item: str, pagination: Pagination) -> str | None:
    """The key of an item, as text."""
    value = json.loads(item)
    key = value.get(pagination.key) if isinstance(value, dict) else None
    return str(key)[:80] if isinstance(key, str | int) else None
