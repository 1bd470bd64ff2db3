"""The base of every generated model: an attrs class that keeps the fields that the contract does not know.

msgspec fills a model from the bytes of a response and skips unknown fields. A model therefore remembers its origin in
the response, and reads its unknown fields from there when somebody asks for them. Until then, they cost nothing.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Mapping
from copy import copy, deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeVar, dataclass_transform

import attrs
import msgspec
from msgspec import UNSET, Meta
from msgspec import UnsetType as Unset

from .decoding import codec
from .origin import Origin, find
from .wire_names import wire_names

if TYPE_CHECKING:
    from .errors import DecodeError

__all__ = [
    "UNSET",
    "AwareDatetime",
    "Meta",
    "Model",
    "OpenIntEnum",
    "OpenStrEnum",
    "Unset",
    "model",
    "redacted",
    "resolve_annotations",
    "to_builtins",
]

AwareDatetime = Annotated[datetime, Meta(tz=True)]
"""A `date-time` of the contract: RFC 3339, so it always has an offset."""

_T = TypeVar("_T")
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_REDACTED: Final = "[redacted]"


@dataclass_transform(eq_default=False, kw_only_default=True, field_specifiers=(attrs.field,))
def model(cls: type[_T]) -> type[_T]:
    """Make `cls`, a subclass of `Model`, an attrs class with keyword arguments."""
    return attrs.define(kw_only=True, eq=False, repr=False, getstate_setstate=False)(cls)


def resolve_annotations(cls: type[Model], names: dict[str, Any]) -> None:
    """Turn the annotations of a model from texts into types.

    The module of a model imports the models that it names, then makes this call as its last step, because models may
    name each other in a circle. Later the names could not be found: a public model says that its module is the package.
    """
    cls.__annotations__ = inspect.get_annotations(cls, globals=names, locals={}, eval_str=True)


class Model:
    """Base of all generated models.

    An optional field that the response did not have is `UNSET`; one that was `null` is `None`. Both are false.

    A model that was read keeps the whole body of its response in memory. Of a few that are kept for long, keep
    `to_dict()`.
    """

    __slots__ = ("_extra", "_invalid", "_request_id")

    # Annotated for type checkers only: these are not fields, and `get_type_hints` would list them.
    if TYPE_CHECKING:
        # The wire names of the fields whose Python names differ from them.
        __wire_names__: ClassVar[Mapping[str, str]]
        # The Python names of the fields that are secrets: `writeOnly`, or with the format `password`.
        __secrets__: ClassVar[frozenset[str]]
        # The unknown fields, or where to find them (see `origin`).
        _extra: dict[str, Any] | Origin
        # Errors about items that were left out of a page.
        _invalid: tuple[DecodeError, ...]
        # The id of the response that this model is the whole of.
        _request_id: str | None
    else:
        __wire_names__ = {}
        __secrets__ = frozenset()

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The fields that the contract does not know, by wire name, as plain Python values.

        `to_dict` writes them back. You may change the dict.
        """
        try:
            extra = self._extra
        except AttributeError:
            extra = self._extra = {}
        if not isinstance(extra, dict):
            known = wire_names(type(self)).values()
            found: dict[str, Any] = find(extra)
            extra = self._extra = {k: v for k, v in found.items() if k not in known}
        return extra

    @additional_properties.setter
    def additional_properties(self, value: dict[str, Any]) -> None:
        self._extra = dict(value)

    @property
    def invalid(self) -> tuple[DecodeError, ...]:
        """Of a page read with `Client(invalid_items="skip")`: an error for each item that was left out."""
        return getattr(self, "_invalid", ())

    @property
    def request_id(self) -> str | None:
        """Of a page, or of any other whole response: its `cf-ray`, by which the vendor's support can find it.

        None for models inside a response, for those that you make, and where the response has no such header. It is no
        field of the contract: `to_dict` and comparisons leave it out.
        """
        return getattr(self, "_request_id", None)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON-ready Python values by wire name, with its unknown fields and its secrets.

        Fields that are `UNSET` are left out. Times are RFC 3339 strings, UUIDs strings.
        """
        out: dict[str, Any] = {}
        for name, wire_name in wire_names(type(self)).items():
            value = getattr(self, name)
            if value is not UNSET:
                out[wire_name] = value if type(value) in _PLAIN else to_builtins(value)
        out.update(to_builtins(self.additional_properties))
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a model from JSON-ready Python values: the inverse of `to_dict`.

        Limits (ranges, lengths, patterns) are not checked.

        Raises:
            DecodeError: `data` breaks the contract; `error.path` says where.
        """
        # A copy, because the caller may change `data` before the unknown fields are read from it.
        decoded: Self = codec(cls).convert(deepcopy(data))
        return decoded

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(self) is not type(other):
            return NotImplemented
        return (
            all(getattr(self, n) == getattr(other, n) for n in wire_names(type(self)))
            and self.additional_properties == other.additional_properties
        )

    __hash__ = None  # type: ignore[assignment]  # a model can be changed

    def __repr__(self) -> str:
        fields = [(name, getattr(self, name)) for name in wire_names(type(self))]
        shown = [
            f"{name}={_REDACTED if value and name in self.__secrets__ else _short(value)}"
            for name, value in fields
            if value is not UNSET
        ]
        # Unknown fields are shown once they were looked up. Looking them up reads the whole response again, and
        # asyncio.run makes a repr of what it returns.
        extra = getattr(self, "_extra", None)
        if extra and isinstance(extra, dict):
            shown.append(f"additional_properties={extra!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in wire_names(type(self))}
        about = {name: getattr(self, name) for name in ("_invalid", "_request_id") if hasattr(self, name)}
        return state | about | {"_extra": self.additional_properties}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


def redacted(value: Any) -> Any:
    """A value with `[redacted]` in the place of each secret, also in the models, lists and dicts inside.

    Models with secrets are copied. Those without stay as they are, since a copy looks up their unknown fields.
    """
    if isinstance(value, Model):
        fields = {name: getattr(value, name) for name in wire_names(type(value))}
        shown = {
            name: _REDACTED if field and name in value.__secrets__ else redacted(field)
            for name, field in fields.items()
        }
        changed = {name: new for name, new in shown.items() if new is not fields[name]}
        if not changed:
            return value
        made = copy(value)
        for name, new in changed.items():
            setattr(made, name, new)
        return made
    if isinstance(value, list):
        items = [redacted(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        entries = {key: redacted(item) for key, item in value.items()}
        return entries if any(entries[key] is not item for key, item in value.items()) else value
    return value


def _short(value: Any) -> str:
    """The repr of a field; a list of models is its length and their class."""
    if isinstance(value, list) and value and isinstance(value[0], Model):
        return f"<{len(value)} x {type(value[0]).__name__}>"
    return repr(value)


class OpenStrEnum(enum.StrEnum):
    """A string enum that keeps unknown values, as strings."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member


class OpenIntEnum(enum.IntEnum):
    """An integer enum that keeps unknown values, as integers."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = int(value)
        return member


def to_builtins(value: Any) -> Any:
    """Turn models, times, UUIDs and enums into JSON-ready values, also those in lists and dicts."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [to_builtins(item) for item in value]
    if isinstance(value, dict):
        return {key: to_builtins(item) for key, item in value.items()}
    return msgspec.to_builtins(value)
