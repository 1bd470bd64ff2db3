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
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
import msgspec
from msgspec import Meta, UnsetType

from .wire_names import is_model, per_type, python_names, wire_names

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
        found = _wire_type(hint, _RECEIVED)
        _show_to_msgspec()
    return found


@per_type
def sent_type(hint: Any) -> Any:
    """The type by which msgspec checks plain values of a Python type that are sent."""
    with _MAKING:
        return _wire_type(hint, _SENT)


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


def _renamed(model: Any) -> type[_Custom]:
    """A model with wire names that are no Python names."""
    names = python_names(model)

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            # An unknown field may have the Python name of a known one.
            value = {names[k]: v for k, v in value.items() if k in names}
        try:
            return convert(value, model)
        except ValueError as exc:
            failure = ValueError(_on_wire(str(exc), wire_names(model)))
        raise failure

    return _custom(model.__name__, read)


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
    if not is_model(type(found)):
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


class _Direction(NamedTuple):
    """What becomes of the parts of an annotation when values are received, or when they are sent.

    Attributes:
        model: Makes the type of a model.
        values: Makes the type of an enum or a `Literal`.
        limited: Makes a type with limits.
        absent: What may stand in the place of a value.
    """

    model: Callable[[Any], Any]
    values: Callable[[Any], Any]
    limited: Callable[[Any, Meta], Any]
    absent: tuple[Any, ...]


def _wire_type(hint: Any, direction: _Direction) -> Any:
    """The type in the place of an annotation."""
    origin, args = get_origin(hint), get_args(hint)
    if is_model(hint):
        return direction.model(hint)
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        return direction.values(hint)
    if origin is Annotated:
        return direction.limited(_wire_type(args[0], direction), *hint.__metadata__)
    if origin is list:
        return list[_wire_type(args[0], direction)]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _wire_type(args[1], direction)]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        absent = [arg for arg in args if arg in direction.absent]
        members = tuple(_wire_type(arg, direction) for arg in args if arg not in (types.NoneType, UnsetType))
        if len(members) > 1 and not _DISTINCT.issuperset(members):
            members = (_one_of(members),)
        return functools.reduce(operator.or_, (*members, *absent))
    return hint


# --- what is received: without limits, and unknown enum values are kept ----------------------------------------------

_received_models: dict[Any, Any] = {}
# The annotations of the models that msgspec has not seen yet.
_new_annotations: dict[Any, dict[str, Any]] = {}


def _received_model(model: Any) -> Any:
    if model not in _received_models:
        # Now, since a model may have itself in it.
        _received_models[model] = _renamed(model) if model.__wire_names__ else model
        hints = get_type_hints(model, include_extras=True)
        _new_annotations[model] = {name: _wire_type(hints[name], _RECEIVED) for name in wire_names(model)}
    return _received_models[model]


def _show_to_msgspec() -> None:
    """Let msgspec see the new models with these types in their annotations; it looks once and remembers them."""
    annotations = {model: model.__annotations__ for model in _new_annotations}
    try:
        for model, wire_types in _new_annotations.items():
            model.__annotations__ = wire_types
        for model in _new_annotations:
            msgspec.json.Decoder(model)
    finally:
        for model, own in annotations.items():
            model.__annotations__ = own
        _new_annotations.clear()


def _without_limits(wire_type: Any, meta: Meta) -> Any:
    # That a time has an offset is its format, not a limit.
    return Annotated[wire_type, Meta(tz=meta.tz)] if meta.tz else wire_type


_RECEIVED: Final = _Direction(_received_model, lambda hint: hint, _without_limits, (types.NoneType, UnsetType))


# --- what is sent: with limits, and with the contract's enum values only ---------------------------------------------

_sent_models: dict[Any, Any] = {}


def _sent_model(model: Any) -> Any:
    """The type of a model, which is a dict by now."""
    if model not in _sent_models:
        names = wire_names(model)
        made: Any = TypedDict(model.__name__, dict.fromkeys(names.values(), Any))  # type: ignore[misc]
        _sent_models[model] = made
        hints = get_type_hints(model, include_extras=True)
        made.__annotations__ = {wire: _wire_type(hints[name], _SENT) for name, wire in names.items()}
        fields = attrs.fields(model)
        made.__required_keys__ = frozenset(names[field.name] for field in fields if field.default is attrs.NOTHING)
    return _sent_models[model]


def _sent_values(hint: Any) -> Any:
    return _one_of_values(get_args(hint) or tuple(member.value for member in hint))


def _with_limits(wire_type: Any, meta: Meta) -> Any:
    return _multiple_of(meta) if wire_type is float and meta.multiple_of else Annotated[wire_type, meta]


_SENT: Final = _Direction(_sent_model, _sent_values, _with_limits, (types.NoneType,))
