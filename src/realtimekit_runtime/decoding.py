"""Reads the bytes of a response into models; an error names the JSON path to what is wrong.

msgspec does the work in C, by the types of `wire_types`. Here is what it cannot do: read `1.0` as an integer, and keep
the unknown fields (see `models`).
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from decimal import Decimal
from itertools import count, repeat
from typing import Any, Final, get_args, get_type_hints

import msgspec

from .errors import DecodeError
from .origin import Origin, Source, untyped
from .wire_names import is_model, per_type, wire_names
from .wire_types import explain, read_custom, read_type

__all__ = ["Codec", "codec"]

# Reading without msgspec may take more than twenty times the memory of the body.
_MAX_SLOW_BYTES: Final = 2**20
_IS_FRACTION: Final = re.compile(r"Expected `int\b[^`]*`, got `float`")
# Matches all of a JSON text. Strings and integers are skipped in one step, with what stands between them. No part of
# the pattern is tried twice (`++`, `*+`), so that time and memory grow only with the length of the text.
_FRACTION: Final = re.compile(
    rb"""(?: "(?:[^"\\]++|\\.)*+" | [^"0-9-]++ | -?[0-9]++(?![0-9.eE]) )++
    | (?P<number> -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+ )""",
    re.VERBOSE | re.DOTALL,
)
_LIBRARY_ERRORS: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)


class Codec:
    """Reads values of one Python type: a model, or lists and dicts of models and plain values."""

    def __init__(self, python_type: Any) -> None:
        self._wire_type = read_type(python_type)
        self._decoder = msgspec.json.Decoder(self._wire_type, dec_hook=read_custom)

    def decode(self, body: bytes) -> Any:
        """Read a JSON body.

        Raises:
            DecodeError: The body is no JSON or breaks the contract; `error.path` says where.
        """
        value, error = self._read(body, body)
        if error is not None and _IS_FRACTION.match(str(error)):
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
            value = msgspec.convert(data, self._wire_type, dec_hook=read_custom)
            _keep_unknown(value, Source(None, data))
        except _LIBRARY_ERRORS as exc:
            failure = _decode_error(exc)
        else:
            return value
        raise failure


@per_type
def codec(python_type: Any) -> Codec:
    """The codec of a type, made once."""
    return Codec(python_type)


def _as_integer(found: re.Match[bytes]) -> bytes:
    """A number with a fraction or an exponent as an integer, if it is one; anything else as it is."""
    text = found["number"]
    if text is None:
        return found[0]
    if text.endswith(b".0"):
        return text[:-2]
    if math.isinf(float(text)):
        # It would take as many digits as its exponent says.
        return text
    with suppress(ArithmeticError):
        # Exact, which a float is only up to 2 ** 53.
        number = Decimal(text.decode())
        if number == (whole := int(number)):
            return b"%d" % whole
    return text


# --- errors ---------------------------------------------------------------------------------------------------------


def _decode_error(exc: Exception) -> DecodeError:
    if isinstance(exc, RecursionError):
        return DecodeError("The response is nested too deeply to be read", path="$")
    reason, path = explain(exc)
    return DecodeError(f"The response breaks the contract at {path}: {reason}", path=path)


# --- unknown fields -------------------------------------------------------------------------------------------------


def _keep_unknown(value: Any, origin: Origin) -> None:
    if isinstance(value, list):
        if value and is_model(type(value[0])):
            _keep_unknown_of_items(value, origin)
        else:
            for index, item in enumerate(value):
                _keep_unknown(item, (origin, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            _keep_unknown(item, (origin, key))
    elif is_model(type(value)):
        value._extra = origin
        for name, wire_name in _nested(type(value)):
            child = getattr(value, name)
            if child:
                _keep_unknown(child, (origin, wire_name))


def _keep_unknown_of_items(items: list[Any], origin: Origin) -> None:
    # The hot loop of a page: a list of models of one class. Few of their fields hold models.
    cls = type(items[0])
    nested = _nested(cls)
    for item, own_origin in zip(items, zip(repeat(origin), count()), strict=False):
        if type(item) is cls:
            item._extra = own_origin
            for name, wire_name in nested:
                if child := getattr(item, name):
                    _keep_unknown(child, (own_origin, wire_name))
        else:
            _keep_unknown(item, own_origin)


@per_type
def _nested(model: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a model that may have other models in them: Python name and wire name."""
    hints = get_type_hints(model)
    return tuple((name, wire_name) for name, wire_name in wire_names(model).items() if _may_hold_models(hints[name]))


def _may_hold_models(hint: Any) -> bool:
    return is_model(hint) or any(_may_hold_models(arg) for arg in get_args(hint))
