"""The types by which msgspec reads what is received and checks what is sent, made from the annotations of the models.

Reading is tolerant: limits are not enforced, so that one number out of range does not cost a page. Sending is strict:
limits hold, and so do the values of enums. In both directions, some types of the contract are read in Python, because
msgspec cannot tell the members of a union of models apart, or because the wire names of a model are no Python names.
"""

from __future__ import annotations

import enum
import functools
import operator
import re
import threading
import types
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final, Literal, TypedDict, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from msgspec import Meta

from .models import Model, Unset, per_type, wire_names

__all__ = ["convert", "explain", "read_custom", "read_type", "sent_type"]

# Responses are read in several threads; the types are made in one.
_MAKING: Final = threading.RLock()
_AT: Final = re.compile(r" - at `([^`]*)`")
_MISSING: Final = re.compile(r"Object missing required field `([^`]*)`")
# msgspec itself can tell the members of such a union apart.
_DISTINCT: Final = frozenset({str, int, float, bool})


@per_type
def read_type(hint: Any) -> Any:
    """The type by which msgspec reads values of a Python type from a response."""
    with _MAKING:
        found = _RECEIVED.wire_type(hint)
        _RECEIVED.show_to_msgspec()
    return found


@per_type
def sent_type(hint: Any) -> Any:
    """The type by which msgspec checks plain values of a Python type that are sent."""
    with _MAKING:
        return _SENT.wire_type(hint)


def convert(value: Any, wire_type: Any, builtin_types: tuple[type, ...] = ()) -> Any:
    """Read a plain value as a type of this module.

    Args:
        value: The value.
        wire_type: The type.
        builtin_types: Types whose values are not read from text.

    Raises:
        ValueError: The value does not fit; see `explain`.
    """
    try:
        return msgspec.convert(value, wire_type, dec_hook=read_custom, builtin_types=builtin_types)
    except msgspec.ValidationError as exc:
        failure = ValueError(str(exc))
    # Not a ValidationError: msgspec adds the outer path to any other ValueError only.
    raise failure


def explain(exc: Exception) -> tuple[str, str]:
    """Why a value does not fit its type, and the JSON path to it."""
    # A custom type inside another one names its own path first, then the path to it.
    text = str(exc)
    path = "$" + "".join(found[1:] for found in reversed(_AT.findall(text)))
    reason = _AT.sub("", text)
    if missing := _MISSING.match(reason):
        path += f".{missing[1]}"
    return reason, path


# --- types that are read in Python ----------------------------------------------------------------------------------


class _CustomMeta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        # msgspec checks the type of what `read_custom` returns; `read` has already done that.
        return True


class _Custom(metaclass=_CustomMeta):
    """A type that msgspec hands to `read_custom`, because it cannot read the type itself."""

    read: ClassVar[Callable[[Any], Any]]


def read_custom(custom: type[_Custom], value: Any) -> Any:
    """The hook that reads a custom type for msgspec."""
    return custom.read(value)


def _custom(name: str, read: Callable[[Any], Any]) -> type[_Custom]:
    return type(name, (_Custom,), {"read": staticmethod(read)})


def _renamed(cls: type[Model]) -> type[_Custom]:
    """A model with wire names that are no Python names."""
    python_names = {wire: name for name, wire in wire_names(cls).items()}

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            # An unknown field may have the Python name of a known one.
            value = {python_names[k]: v for k, v in value.items() if k in python_names}
        try:
            return convert(value, cls)
        except ValueError as exc:
            failure = ValueError(_on_wire(str(exc), wire_names(cls)))
        raise failure

    return _custom(cls.__name__, read)


def _on_wire(message: str, names: Mapping[str, str]) -> str:
    """A message about a model, with the wire name of the field in the place of its Python name."""
    reason, at, path = message.rpartition(" - at `$.")
    if not at:
        return _MISSING.sub(lambda found: found[0].replace(found[1], names.get(found[1], found[1])), message)
    name = re.split(r"\W", path, maxsplit=1)[0]
    return f"{reason}{at}{names.get(name, name)}{path[len(name) :]}"


def _one_of(members: tuple[Any, ...]) -> type[_Custom]:
    """A union: of the members that fit, the one that knows most of the value is taken."""

    def read(value: Any) -> Any:
        reasons, fitting = [], []
        for member in members:
            try:
                fitting.append(convert(value, member))
            except ValueError as exc:
                # In another form, because `explain` would take it for the path to the union.
                reasons.append(_AT.sub(r" at \1", str(exc)))
        if not fitting:
            raise ValueError(f"None of the {len(members)} allowed forms: {'; '.join(reasons)}")
        return min(fitting, key=lambda found: _unknown_parts(found, value))

    return _custom("OneOf", read)


def _unknown_parts(found: Any, value: Any) -> int:
    """How many fields and enum values of a value are unknown to the contract."""
    if isinstance(found, enum.Enum):
        return int(found.name not in type(found).__members__)
    if not isinstance(found, Model):
        return 0
    names = wire_names(type(found))
    return len(value.keys() - names.values()) + sum(_unknown_parts(getattr(found, name), {}) for name in names)


def _one_of_values(values: tuple[Any, ...]) -> type[_Custom]:
    def read(value: Any) -> Any:
        if not any(type(value) is type(allowed) and value == allowed for allowed in values):
            raise ValueError(f"Expected one of {', '.join(map(repr, values))}")
        return value

    return _custom("OneOfValues", read)


def _multiple_of(meta: Meta) -> type[_Custom]:
    """A float with a `multiple_of`, which is checked in decimals: 0.07 is a multiple of 0.01, but not in binary."""
    other_limits = {name: limit for name, limit in meta.__rich_repr__() if name != "multiple_of"}
    unit = meta.multiple_of

    def read(value: Any) -> Any:
        number = convert(value, Annotated[float, Meta(**other_limits)])
        if Fraction(repr(number)) % Fraction(repr(unit)):
            raise ValueError(f"Expected `float` that's a multiple of {unit}")
        return number

    return _custom("MultipleOf", read)


# --- from annotations to types --------------------------------------------------------------------------------------


class _Direction:
    """What the types of both directions have in common."""

    # What may stand in the place of a value.
    absent: tuple[Any, ...]

    def wire_type(self, hint: Any) -> Any:
        """The type in the place of an annotation."""
        origin, args = get_origin(hint), get_args(hint)
        if isinstance(hint, type) and issubclass(hint, Model):
            return self.model(hint)
        if origin is Literal or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
            return self.values(hint)
        if origin is Annotated:
            return self.limited(self.wire_type(args[0]), *hint.__metadata__)
        if origin is list:
            return list[self.wire_type(args[0])]  # type: ignore[misc]
        if origin is dict:
            return dict[str, self.wire_type(args[1])]  # type: ignore[misc]
        if origin in (Union, types.UnionType):
            absent = [arg for arg in args if arg in self.absent]
            members = tuple(self.wire_type(arg) for arg in args if arg not in (types.NoneType, Unset))
            if len(members) > 1 and not _DISTINCT.issuperset(members):
                members = (_one_of(members),)
            return functools.reduce(operator.or_, (*members, *absent))
        return hint

    def model(self, cls: type[Model]) -> Any:
        """The type of a model."""
        raise NotImplementedError

    def values(self, hint: Any) -> Any:
        """The type of an enum or a `Literal`."""
        raise NotImplementedError

    def limited(self, wire_type: Any, meta: Meta) -> Any:
        """The type with its limits."""
        raise NotImplementedError


class _Received(_Direction):
    """Without limits; unknown enum values are kept."""

    absent = (types.NoneType, Unset)

    def __init__(self) -> None:
        self._made: dict[type[Model], Any] = {}
        self._new: dict[type[Model], dict[str, Any]] = {}

    def model(self, cls: type[Model]) -> Any:
        if cls not in self._made:
            self._made[cls] = _renamed(cls) if cls.__wire_names__ else cls
            hints = get_type_hints(cls, include_extras=True)
            self._new[cls] = {name: self.wire_type(hints[name]) for name in wire_names(cls)}
        return self._made[cls]

    def show_to_msgspec(self) -> None:
        """Let msgspec see the new models with these types in their annotations; it looks once and remembers them."""
        annotations = {cls: cls.__annotations__ for cls in self._new}
        try:
            for cls, wire_types in self._new.items():
                cls.__annotations__ = wire_types
            for cls in self._new:
                msgspec.json.Decoder(cls)
        finally:
            for cls in self._new:
                cls.__annotations__ = annotations[cls]
            self._new = {}

    def values(self, hint: Any) -> Any:
        return hint

    def limited(self, wire_type: Any, meta: Meta) -> Any:
        # That a time has an offset is its format, not a limit.
        return Annotated[wire_type, Meta(tz=meta.tz)] if meta.tz else wire_type


class _Sent(_Direction):
    """With limits, and with the contract's enum values only. Models are dicts by now."""

    absent = (types.NoneType,)

    def __init__(self) -> None:
        self._made: dict[type[Model], Any] = {}

    def model(self, cls: type[Model]) -> Any:
        if cls not in self._made:
            names = wire_names(cls)
            made: Any = TypedDict(cls.__name__, dict.fromkeys(names.values(), Any))  # type: ignore[misc]
            self._made[cls] = made
            hints = get_type_hints(cls, include_extras=True)
            # Now, since a model may have itself in it.
            made.__annotations__ = {wire: self.wire_type(hints[name]) for name, wire in names.items()}
            fields: Any = attrs.fields(cls)  # type: ignore[arg-type]  # every model is made by attrs
            made.__required_keys__ = frozenset(names[field.name] for field in fields if field.default is attrs.NOTHING)
        return self._made[cls]

    def values(self, hint: Any) -> Any:
        return _one_of_values(get_args(hint) or tuple(member.value for member in hint))

    def limited(self, wire_type: Any, meta: Meta) -> Any:
        return _multiple_of(meta) if wire_type is float and meta.multiple_of else Annotated[wire_type, meta]


_RECEIVED: Final = _Received()
_SENT: Final = _Sent()
