"""The parameters of operations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from .contract import Place
from .forms import Schema, without_null
from .names import Names, identifier
from .source import Source, text_of

__all__ = ["CLIENT_PARAMETERS", "Parameter", "Parameters"]

# Path parameters that the client has a default for: keyword arguments that may be left out.
CLIENT_PARAMETERS: Final = frozenset({"account_id"})

_LOCATIONS: Final = ("path", "query", "header", "cookie")
# What the specification says to ignore as a parameter: the transport sets these.
_TRANSPORT_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
# How a value is written in a URL or header; the first is the usual one.
_STYLES: Final = {"path": ("simple",), "query": ("form", "deepObject"), "header": ("simple",), "cookie": ("form",)}


@dataclass
class Parameter:
    """A parameter, and what it is called in Python."""

    name: str
    location: str
    required: bool
    description: str
    schema: Schema
    explode: bool
    place: Place
    default: Any = None
    deprecated: bool = False
    python_name: str = ""

    @property
    def is_optional(self) -> bool:
        """Whether a caller may leave it out."""
        return not self.required or (self.location == "path" and self.name in CLIENT_PARAMETERS)


class Parameters:
    """Reads the parameters of operations."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def of(
        self, path: str, operation: tuple[dict[str, Any], Place], item: tuple[dict[str, Any], Place]
    ) -> list[Parameter]:
        """The parameters of an operation, by location and in the order of the path, each with a name of its own."""
        found: dict[tuple[str, str], Parameter] = {}
        for owner, owner_place in (operation, item):
            stated = owner.get("parameters") or []
            if not isinstance(stated, list):
                raise self._source.contract.error("`parameters` must be a list", (*owner_place, "parameters"))
            own: dict[tuple[str, str], Parameter] = {}
            for at, entry in enumerate(stated):
                parameter = self._parameter(*self._source.mapping(entry, (*owner_place, "parameters", at)))
                key = (parameter.name, parameter.location)
                if key in own:
                    self._source.warn(
                        f"the parameter {parameter.name!r} stands here twice; the first is taken", parameter.place
                    )
                elif not (parameter.location == "header" and parameter.name.lower() in _TRANSPORT_HEADERS):
                    own[key] = parameter
            # What the operation says beats what its path says.
            found = {**found, **{key: value for key, value in own.items() if key not in found}}
        in_path = list(dict.fromkeys(re.findall(r"{([^{}]*)}", path)))
        for name in in_path:
            if (name, "path") not in found:
                self._source.warn(f"the path names {name!r}, which is no parameter; any text is taken", operation[1])
                found[name, "path"] = Parameter(
                    name=name,
                    location="path",
                    required=True,
                    description="",
                    schema={"type": "string"},
                    explode=False,
                    place=operation[1],
                )
        parameters = sorted(
            found.values(),
            key=lambda p: (_LOCATIONS.index(p.location), in_path.index(p.name) if p.name in in_path else 0),
        )
        for parameter in parameters:
            if parameter.location == "path" and parameter.name not in in_path:
                self._source.warn(
                    f"the path does not name {parameter.name!r}; the parameter is left out", parameter.place
                )
        kept = [p for p in parameters if p.location != "path" or p.name in in_path]
        _name(kept)
        return kept

    def _parameter(self, raw: dict[str, Any], place: Place) -> Parameter:
        name, location = raw.get("name"), raw.get("in")
        if not isinstance(name, str) or not name:
            raise self._source.contract.error("a parameter needs a `name`", place)
        if location not in _LOCATIONS:
            raise self._source.contract.error(f"`in` must be one of {', '.join(_LOCATIONS)}, not {location!r}", place)
        stated, stated_place = raw.get("schema"), (*place, "schema")
        if stated is None and isinstance(raw.get("content"), dict) and raw["content"]:
            media_type, content = next(iter(raw["content"].items()))
            stated = content.get("schema") if isinstance(content, dict) else None
            stated_place = (*place, "content", media_type, "schema")
            self._source.warn(f"a parameter by `content` is sent like one by `schema`, not as {media_type}", place)
        schema = without_null(
            self._source.schemas.of({} if stated is None else stated, stated_place, name, parameter=True)
        )
        style = raw.get("style")
        if style is not None and style not in _STYLES[location]:
            self._source.warn(
                f"the style {style!r} of {name!r} is not known; it is sent as `{_STYLES[location][0]}`", place
            )
        written = stated if isinstance(stated, dict) else {}
        if "$ref" in written:
            written = self._source.mapping(written, stated_place)[0]
        default = written.get("default")
        return Parameter(
            name=name,
            location=location,
            required=raw.get("required") is True or location == "path",
            description=text_of(raw.get("description")) or schema.get("description", ""),
            schema=schema,
            explode=raw.get("explode", location in ("query", "cookie")) is not False,
            place=place,
            default=default if isinstance(default, str | int | float) else None,
            deprecated=raw.get("deprecated") is True,
        )


def _name(parameters: list[Parameter]) -> None:
    """Give each parameter a Python name of its own; the location tells apart those of the same name."""
    wanted = [identifier(parameter.name) for parameter in parameters]
    names = Names({"body"})
    for at, (parameter, name) in enumerate(zip(parameters, wanted, strict=True)):
        is_taken = name == "body" or name in wanted[:at]
        parameter.python_name = names.take(f"{name.rstrip('_')}_{parameter.location}" if is_taken else name)
