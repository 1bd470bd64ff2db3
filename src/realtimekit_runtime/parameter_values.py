"""Checks the value of a parameter and writes it as the texts that are sent.

msgspec checks the value against the type of the parameter. Checked here is what it cannot say: NaN and infinities,
offsets with seconds, texts that UTF-8 cannot carry, and values that would change the path or break a header. A path
value of `..` would send the token to another path.
"""

from __future__ import annotations

import math
import operator
import re
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from .errors import ArgumentError
from .wire_types import convert, explain, sent_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from .operations import Parameter

__all__ = ["sent_pairs"]

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# msgspec's reasons are like "Expected `int` >= 0" or "Expected `int`, got `str`"; two differ.
_EXPECTED: Final = re.compile(r"Expected (.+?)(?:, got .+?)?")
_UNEXPECTED: Final = {"Invalid UUID": "a UUID", "Number out of range": "a number that a float can hold"}


def sent_pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """The names and texts as which a value is sent: in the query any number of them, elsewhere one.

    Raises:
        ArgumentError: The value breaks the contract.
    """
    texts = _texts(parameter, _plain(value))
    if parameter.location == "path":
        return [(parameter.name, _segment(parameter, _joined(parameter, texts)))]
    if not texts and parameter.required:
        raise _refusal(parameter, "a list with at least one item", value)
    if not texts or (parameter.location == "query" and parameter.explode):
        return [(parameter.name, text) for text in texts]
    text = _joined(parameter, texts)
    return [(parameter.name, _header(parameter, text) if parameter.location == "header" else text)]


def _refusal(parameter: Parameter, expected: str, value: object) -> ArgumentError:
    try:
        shown = repr(value)
    except ValueError:
        shown = "a number with too many digits"
    return ArgumentError(f"{parameter.python_name} must be {expected}, not {shown}")


# --- from a value to its texts --------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """The value as Python's own types: members of enums and numpy's numbers become texts, ints and floats."""
    if isinstance(value, list | tuple):
        return [_plain_item(item) for item in value]
    return _plain_item(value)


def _plain_item(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return float(value)
    if hasattr(type(value), "__index__") and not isinstance(value, bool):
        return operator.index(value)
    return value


@cache
def _checked_type(python_type: Callable[[], Any]) -> tuple[Any, bool]:
    """The type by which msgspec checks the values, and whether they are lists."""
    hint = python_type()
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return sent_type(hint), get_origin(inner) is list


def _texts(parameter: Parameter, value: Any) -> list[str]:
    """Check the value and return its texts: one for each item of a list, otherwise one."""
    wire_type, is_list = _checked_type(parameter.type)
    try:
        # A time must be a datetime, not a text; a UUID may be a text.
        checked = convert(value, wire_type, builtin_types=(date, datetime))
    except ValueError as exc:
        reason, path = explain(exc)
    else:
        if is_list:
            return [_text(parameter, item, plain) for item, plain in zip(checked, value, strict=True)]
        return [_text(parameter, checked, value)]
    found = _EXPECTED.fullmatch(reason)
    expected = found[1].replace("`array`", "`list`") if found else _UNEXPECTED.get(reason, reason)
    raise _refusal(parameter, expected if path == "$" else f"{expected} at {path[1:]}", value)


def _text(parameter: Parameter, value: Any, plain: Any) -> str:
    """The text of a value that was checked; `plain` is the value as it was given."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _refusal(parameter, "text that UTF-8 can carry", value) from None
        return value
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:
            raise _refusal(parameter, "a number that Python can write", value) from None
    if isinstance(value, float):
        if not math.isfinite(value) or value != plain:
            raise _refusal(parameter, "a finite number that a float holds exactly", plain)
        return str(plain) if isinstance(plain, int) else repr(value).removesuffix(".0")
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None or offset.total_seconds() % 60:
            raise _refusal(parameter, "a datetime whose offset is whole minutes", value)
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# --- from texts to what is sent -------------------------------------------------------------------------------------


def _joined(parameter: Parameter, texts: list[str]) -> str:
    if len(texts) > 1 and any("," in text for text in texts):
        raise _refusal(parameter, "without commas in its items, because commas join them", texts)
    return ",".join(texts)


def _segment(parameter: Parameter, text: str) -> str:
    # URLs fold dot segments and drop empty ones: the request, and the token with it, would go to another path.
    if text in ("", ".", ".."):
        raise _refusal(parameter, "more than dots and not empty, because it is part of a path", text)
    if _CONTROL.search(text):
        raise _refusal(parameter, "without control characters", text)
    return text


def _header(parameter: Parameter, text: str) -> str:
    if _CONTROL.search(text) or not text.isascii() or text != text.strip():
        raise _refusal(parameter, "printable ASCII without spaces around it, because it is sent as a header", text)
    return text
