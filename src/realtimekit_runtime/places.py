"""Where in a response a model stood: what its unknown fields are looked up by, once somebody asks.

A place is the response itself (`Source`), or a pair of the place around it and a key or an index.
"""

from __future__ import annotations

import json
from typing import Any, Union

import msgspec

__all__ = ["Place", "Source", "find", "untyped"]


class Source:
    """A response, and its untyped values once somebody asks for them."""

    __slots__ = ("_body", "_tree")

    def __init__(self, body: bytes | None, tree: Any = None) -> None:
        self._body = body
        self._tree = tree

    def tree(self) -> Any:
        """The response as plain Python values."""
        if self._body is not None:
            self._tree, self._body = untyped(self._body), None
        return self._tree


Place = Union[Source, "tuple[Place, str | int]"]


def find(place: Place) -> Any:
    """The plain Python value at a place."""
    steps = []
    while isinstance(place, tuple):
        place, step = place
        steps.append(step)
    value = place.tree()
    for step in reversed(steps):
        value = value[step]
    return value


def untyped(body: bytes) -> Any:
    """Read JSON into plain Python values; a number beyond Python's is infinite.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        # Correct JSON that msgspec refuses, such as half a surrogate pair in a string.
        return json.loads(body.decode(), parse_int=_whole, parse_constant=_refuse)


def _whole(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        # More digits than Python wants to read.
        return float(digits)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
