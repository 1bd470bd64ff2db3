"""Models as the generator writes them, with every kind of field, and values for them."""

# ruff: noqa: RUF012  # as the generator writes them

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from hypothesis import strategies as st

from realtimekit_runtime.models import (
    UNSET,
    AwareDatetime,
    Meta,
    Model,
    OpenIntEnum,
    OpenStrEnum,
    Unset,
    model,
)


class Colour(OpenStrEnum):
    RED = "red"
    BLUE = "blue"


class Level(OpenIntEnum):
    LOW = 1
    HIGH = 2


@model
class Reading(Model):
    number: float


@model
class Cat(Model):
    lives: int


@model
class Dog(Model):
    bark_: str

    __wire_names__ = {"bark_": "bark"}


@model
class Tree(Model):
    """Contains itself."""

    name: str
    left: Tree | Unset | None = UNSET
    children: list[Tree] | Unset | None = UNSET


@model
class Crossed(Model):
    """The Python name of each field is the wire name of another."""

    one: int
    two: str
    class_: bool | Unset | None = UNSET

    __wire_names__ = {"one": "two", "two": "class", "class_": "one"}


@model
class Everything(Model):
    text: str
    whole: int
    number: float
    flag: bool
    key: UUID
    at: AwareDatetime
    day: date | Unset | None = UNSET
    few: Annotated[int, Meta(ge=0, le=9)] | Unset | None = UNSET
    colour: Colour | Unset | None = UNSET
    level: Level | Unset | None = UNSET
    anything: Any = UNSET
    texts: list[str] | Unset | None = UNSET
    counts: dict[str, int] | Unset | None = UNSET
    tree: Tree | Unset | None = UNSET
    crossed: Crossed | Unset | None = UNSET
    pets: list[Cat | Dog] | Unset | None = UNSET
    by_name: dict[str, Cat] | Unset | None = UNSET
    text_or_whole: str | int | Unset | None = UNSET
    camel_case: str | Unset | None = UNSET

    __wire_names__ = {"camel_case": "camelCase", "by_name": "by-name"}


MINIMAL: dict[str, Any] = {
    "text": "ä",
    "whole": 1,
    "number": 1.5,
    "flag": True,
    "key": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "at": "2019-12-27T18:11:19.117000Z",
}
WITH_UNKNOWN = MINIMAL | {
    "new": {"deep": [1, {"x": None}]},
    "_extra": 1,
    "camel_case": "the Python name of a field is no wire name",
    "tree": {"name": "a", "new": 1, "left": {"name": "b", "new": 2}, "children": [{"name": "c", "new": [3]}]},
    "crossed": {"two": 1, "class": "x", "one": None, "class_": "kept", "three": 3},
    "pets": [{"lives": 9, "new": 4}, {"bark": "wow", "new": 5, "bark_": "kept"}],
    "by-name": {"tom": {"lives": 7, "new": 6}},
}

TEXT = st.text()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def as_json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode()
