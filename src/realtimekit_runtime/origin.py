"""Where in a response a model came from: its unknown fields are looked up there when somebody asks for them.

The origin of a whole response is a `Source`. The origin of a part is a pair: the origin of what is around it, and the
key or index of the part in there.
"""

from __future__ import annotations

import json
from typing import Any, Union

import msgspec

__all__ = ["Origin", "Source", "find", "untyped"]


class Source:
    """A response. Its plain Python values are read when somebody asks for them, once."""

    __slots__ = ("_body", "_tree")

    def __init__(self, body: bytes | None, tree: Any = None) -> None:
        self._body = body
        self._tree = tree

    def tree(self) -> Any:
        """The response as plain Python values."""
        if self._body is not None:
            self._tree, self._body = untyped(self._body), None
        return self._tree


Origin = Union[Source, "tuple[Origin, str | int]"]


def find(origin: Origin) -> Any:
    """The plain Python value at an origin."""
    steps = []
    while isinstance(origin, tuple):
        origin, step = origin
        steps.append(step)
    value = origin.tree()
    for step in reversed(steps):
        value = value[step]
    return value


def untyped(body: bytes) -> Any:
    """Read JSON into plain Python values. A number that is too large for a float is infinite.

    Raises:
        ValueError: The body is not JSON.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        # msgspec refuses some correct JSON, such as half a surrogate pair in a string.
        return json.loads(body.decode(), parse_int=_whole, parse_constant=_refuse)


def _whole(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        # Python refuses to read so many digits.
        return float(digits)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
