"""Models as the generator writes them, with every kind of field."""

# ruff: noqa: RUF012  # as the generator writes them

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

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
