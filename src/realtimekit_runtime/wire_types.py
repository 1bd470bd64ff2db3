"""The types by which msgspec checks values that are sent: the contract's, made as strict as sending needs them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from .models import per_type

__all__ = ["convert", "sent_type"]


class _CustomMeta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        # msgspec checks the type of what `_read_custom` returns; `read` has already done that.
        return True


class _Custom(metaclass=_CustomMeta):
    """A type that msgspec hands to `_read_custom`, because it cannot read the type itself."""

    read: ClassVar[Callable[[Any], Any]]


def _custom(name: str, read: Callable[[Any], Any]) -> type[_Custom]:
    return type(name, (_Custom,), {"read": staticmethod(read)})


def _read_custom(custom: type[_Custom], value: Any) -> Any:
    return custom.read(value)


def convert(value: Any, wire_type: Any, builtin_types: tuple[type, ...] = ()) -> Any:
    """Read a plain value as a type of this module.

    Args:
        value: The value.
        wire_type: The type.
        builtin_types: Types whose values are not read from text.

    Raises:
        ValueError: The value does not fit.
    """
    try:
        return msgspec.convert(value, wire_type, dec_hook=_read_custom, builtin_types=builtin_types)
    except msgspec.ValidationError as exc:
        failure = ValueError(str(exc))
    # Not a ValidationError: msgspec adds the outer path to any other ValueError only.
    raise failure


@per_type
def sent_type(hint: Any) -> Any:
    """The type that checks a value which is sent: with limits, and without enum values that the contract lacks."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _one_of_values(tuple(member.value for member in hint))
    if origin is Literal:
        return _one_of_values(args)
    if origin is list:
        return list[sent_type(args[0])]  # type: ignore[misc]
    if origin is Annotated:
        (meta,) = hint.__metadata__
        if args[0] is float and meta.multiple_of is not None:
            return _multiple_of(meta)
        return Annotated[sent_type(args[0]), meta]
    return hint


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
