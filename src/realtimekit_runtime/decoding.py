"""From the bytes of a response to models, and a JSON path to whatever is wrong with them.

msgspec does the work in C. Around it stand the things it has no notion of: wire names that differ from Python names,
unions of models, `1.0` where an integer is meant, and the unknown fields (see `models`).
"""

from __future__ import annotations

import enum
import functools
import math
import operator
import re
import sys
import threading
import types
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count, repeat
from typing import Annotated, Any, ClassVar, Final, Union, get_args, get_origin

import msgspec

from .errors import DecodeError
from .models import Model, Unset, per_type, wire_names
from .places import Place, Source, untyped

__all__ = ["Codec", "codec"]

# Responses are read in several threads; a model is prepared in one.
_PREPARING: Final = threading.Lock()
_AT: Final = re.compile(r" - at `([^`]*)`")
_IS_FRACTION: Final = "Expected `int`, got `float`"
# Matches all of a JSON text. Strings and integers are skipped in one step with what stands between them. No part of the
# pattern is tried twice (`++`, `*+`), so that time and memory grow with the text and no faster.
_FRACTION: Final = re.compile(
    rb"""(?: "(?:[^"\\]++|\\.)*+" | [^"0-9-]++ | -?[0-9]++(?![0-9.eE]) )++
    | (?P<number> -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+ )""",
    re.VERBOSE | re.DOTALL,
)
# Reading without msgspec may take more than twenty times the memory of the body.
_MAX_SLOW_BYTES: Final = 2**20
_MISSING: Final = re.compile(r"Object missing required field `([^`]*)`")
_LIBRARY_ERRORS: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
_ABSENT: Final = (type(None), Unset)
# msgspec tells the members of such a union apart by itself.
_DISTINCT: Final = frozenset({str, int, float, bool})


class Codec:
    """Reads values of one Python type: a model, or lists and dicts of models and plain values."""

    def __init__(self, python_type: Any) -> None:
        self._wire_type = _wire_type(python_type)
        self._decoder = msgspec.json.Decoder(self._wire_type, dec_hook=_decode_custom)

    def decode(self, body: bytes) -> Any:
        """Read a JSON body.

        Raises:
            DecodeError: The body is no JSON or breaks the contract; `error.path` says where.
        """
        value, error = self._read(body, body)
        if error is not None and str(error).startswith(_IS_FRACTION):
            # JSON has one kind of number: 1.0 is an integer.
            value, error = self._read(_FRACTION.sub(_as_integer, body), body)
        if error is None:
            return value
        if not isinstance(error, msgspec.ValidationError) and len(body) <= _MAX_SLOW_BYTES:
            # Correct JSON that msgspec does not read, such as half a surrogate pair in a string.
            with suppress(ValueError, RecursionError):
                return self.convert(untyped(_FRACTION.sub(_as_integer, body)))
        raise _decode_error(error)

    def _read(self, body: bytes, source: bytes) -> tuple[Any, Exception | None]:
        try:
            # msgspec does not look into the strings that it skips.
            if not body.isascii():
                body.decode()
            value = self._decoder.decode(body)
            _keep_unknown(value, Source(source))
        except _LIBRARY_ERRORS as exc:
            return None, exc.with_traceback(None)
        return value, None

    def convert(self, data: Any) -> Any:
        """Read JSON-ready Python values.

        Raises:
            DecodeError: They break the contract; `error.path` says where.
        """
        try:
            value = msgspec.convert(data, self._wire_type, dec_hook=_decode_custom)
            _keep_unknown(value, Source(None, data))
        except _LIBRARY_ERRORS as exc:
            failure = _decode_error(exc)
        else:
            return value
        raise failure


@per_type
def codec(python_type: Any) -> Codec:
    """The codec of a type, made once."""
    with _PREPARING:
        return Codec(python_type)


def _as_integer(found: re.Match[bytes]) -> bytes:
    """A number with a fraction or an exponent as an integer, if it is one; anything else as it is."""
    text = found["number"]
    if text is None:
        return found[0]
    number = float(text)
    return b"%d" % number if math.isfinite(number) and number.is_integer() else text


# --- errors ---------------------------------------------------------------------------------------------------------


def _decode_error(exc: Exception) -> DecodeError:
    if isinstance(exc, RecursionError):
        return DecodeError("The response is nested too deeply to be read", path="$")
    # A custom type inside another reports its own path first, then the path to it.
    text = str(exc)
    path = "$" + "".join(found[1:] for found in reversed(_AT.findall(text)))
    reason = _AT.sub("", text)
    if missing := _MISSING.match(reason):
        path += f".{missing[1]}"
    return DecodeError(f"The response breaks the contract at {path}: {reason}", path=path)


# --- unknown fields -------------------------------------------------------------------------------------------------


def _keep_unknown(value: Any, place: Place) -> None:
    if isinstance(value, Model):
        value._extra = place
        for name, wire_name in _nested(type(value)):
            child = getattr(value, name)
            if child:
                _keep_unknown(child, (place, wire_name))
    elif isinstance(value, list):
        if value and isinstance(value[0], Model) and not _nested(type(value[0])):
            _keep_unknown_flat(value, place)
        else:
            for index, item in enumerate(value):
                _keep_unknown(item, (place, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            _keep_unknown(item, (place, key))


def _keep_unknown_flat(items: list[Any], place: Place) -> None:
    # The hot loop of a page: a list of models of one class, without models inside.
    cls = type(items[0])
    for item, own_place in zip(items, zip(repeat(place), count()), strict=False):
        if type(item) is cls:
            item._extra = own_place
        else:
            _keep_unknown(item, own_place)


@per_type
def _nested(cls: type[Model]) -> tuple[tuple[str, str], ...]:
    """The fields of a model that may hold other models: Python name and wire name."""
    hints = _prepare(cls)
    return tuple((name, wire_name) for name, wire_name in wire_names(cls).items() if _may_hold_models(hints[name]))


def _may_hold_models(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Model | _Custom):
        return True
    return any(_may_hold_models(arg) for arg in get_args(hint))


# --- types ----------------------------------------------------------------------------------------------------------


class _CustomMeta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        # msgspec checks what `_decode_custom` returns; the hook has done so already.
        return True


class _Custom(metaclass=_CustomMeta):
    """A type that msgspec hands to `_decode_custom` because it cannot read it itself."""

    read: ClassVar[Callable[[Any], Any]]


def _decode_custom(custom: type[_Custom], value: Any) -> Any:
    return custom.read(value)


def _convert(value: Any, wire_type: Any) -> Any:
    try:
        return msgspec.convert(value, wire_type, dec_hook=_decode_custom)
    except msgspec.ValidationError as exc:
        failure = ValueError(str(exc))
    # Not a ValidationError: msgspec adds the outer path to any other ValueError only.
    raise failure


@per_type
def _renamed(cls: type[Model]) -> type[_Custom]:
    """A model some of whose wire names are no Python names."""
    python_names = {wire: name for name, wire in wire_names(cls).items()}

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            # An unknown wire name must not be taken for a field that bears it as its Python name.
            value = {python_names[k]: v for k, v in value.items() if k in python_names}
        try:
            return _convert(value, cls)
        except ValueError as exc:
            failure = ValueError(_on_wire(str(exc), wire_names(cls)))
        raise failure

    return type(cls.__name__, (_Custom,), {"read": staticmethod(read)})


def _on_wire(message: str, names: Mapping[str, str]) -> str:
    """A message about a model, with the wire name of the field where msgspec knows the Python name."""
    reason, at, path = message.rpartition(" - at `$.")
    if not at:
        return _MISSING.sub(lambda found: found[0].replace(found[1], names.get(found[1], found[1])), message)
    name = re.split(r"\W", path, maxsplit=1)[0]
    return f"{reason}{at}{names.get(name, name)}{path[len(name) :]}"


def _one_of(members: tuple[Any, ...]) -> type[_Custom]:
    """A union that msgspec cannot tell apart: of the members that fit, the one that knows most of it is taken."""

    def read(value: Any) -> Any:
        reasons, fitting = [], []
        for member in members:
            try:
                fitting.append(_convert(value, member))
            except ValueError as exc:
                # Not in the form that `_decode_error` takes for the place of the union.
                reasons.append(_AT.sub(r" at \1", str(exc)))
        if not fitting:
            raise ValueError(f"None of the {len(members)} allowed forms: {'; '.join(reasons)}")
        return min(fitting, key=lambda found: _unknown_parts(found, value))

    return type("OneOf", (_Custom,), {"read": staticmethod(read)})


def _unknown_parts(found: Any, value: Any) -> int:
    """How much of a value its reading tolerates without knowing it: unknown fields and enum values."""
    if isinstance(found, enum.Enum):
        return int(found.name not in type(found).__members__)
    if not isinstance(found, Model):
        return 0
    names = wire_names(type(found))
    return len(value.keys() - names.values()) + sum(_unknown_parts(getattr(found, name), {}) for name in names)


def _wire_type(hint: Any) -> Any:
    """The type that msgspec reads in the place of a hint."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Model):
        _prepare(hint)
        return _renamed(hint) if hint.__wire_names__ else hint
    if origin is Annotated:
        return Annotated[(_wire_type(args[0]), *hint.__metadata__)]
    if origin is list:
        return list[_wire_type(args[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _wire_type(args[1])]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        absent = [arg for arg in args if arg in _ABSENT]
        members = tuple(_wire_type(arg) for arg in args if arg not in _ABSENT)
        if len(members) > 1 and not _DISTINCT.issuperset(members):
            members = (_one_of(members),)
        return functools.reduce(operator.or_, (*members, *absent))
    return hint


_prepared: dict[type[Model], dict[str, Any]] = {}


def _prepare(cls: type[Model]) -> dict[str, Any]:
    """Resolve the annotations of a model, in place, to types that msgspec reads.

    Models name each other in annotations without importing each other; the package of models, which has them all, is
    where the names are looked up.
    """
    if cls not in _prepared:
        module = sys.modules[cls.__module__]
        package = sys.modules[cls.__module__.rpartition(".")[0]]
        names: Any = ChainMap(vars(module), _Names(package))
        own = dict(cls.__annotations__)
        _prepared[cls] = own
        for name, hint in own.items():
            if isinstance(hint, str):
                own[name] = eval(hint, {}, names)  # noqa: S307  # annotations of our own generated code
        for name, hint in own.items():
            own[name] = _wire_type(hint)
        cls.__annotations__ = own
    return _prepared[cls]


class _Names(dict[str, Any]):
    """The attributes of a module, lazy ones among them, as a mapping."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __missing__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None
