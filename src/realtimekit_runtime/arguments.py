"""From the arguments of a call to the request that is sent; what breaks the contract is refused here.

Refusing early is more than comfort: a path value of `..` would carry the token to another path, and a time without an
offset would silently mean another time.
"""

from __future__ import annotations

import math
import operator
import re
from datetime import date, datetime
from fractions import Fraction
from urllib.parse import quote
from uuid import UUID

from .errors import ArgumentError, ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .operations import Body, Operation, Parameter

__all__ = ["Request", "build_request"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Request:
    """One request, ready to be sent, without the token."""

    __slots__ = ("content", "headers", "method", "operation", "query", "target")

    def __init__(
        self,
        operation: Operation,
        target: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        content: bytes | None,
    ) -> None:
        self.operation = operation
        self.method = operation.method
        self.target = target
        self.query = query
        self.headers = headers
        self.content = content

    def url(self, base_url: str) -> str:
        """The absolute URL."""
        query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in self.query)
        return f"{base_url}{self.target}" + (f"?{query}" if query else "")


def build_request(
    operation: Operation,
    arguments: Mapping[str, Any],
    *,
    account_id: str | None = None,
    body: Any = None,
) -> Request:
    """Check the arguments of a call against the contract and build its request.

    Args:
        operation: The operation to call.
        arguments: Values by Python name; None means "not given".
        account_id: The client's account, taken where the call does not name one.
        body: The body of the request, or None.

    Raises:
        ArgumentError: A value breaks the contract.
        ConfigurationError: There is no account, neither here nor with the client.
    """
    target = operation.path
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for parameter in operation.parameters:
        value = arguments.get(parameter.python_name)
        if value is None and parameter.location == "path" and parameter.name == "account_id":
            value = account_id
            if value is None:
                raise ConfigurationError(
                    "No account: pass account_id=… to the call or the client, or set CLOUDFLARE_ACCOUNT_ID"
                )
        if value is None:
            if parameter.required:
                raise ArgumentError(f"{parameter.python_name} is required")
            continue
        texts = _texts(parameter, value)
        if parameter.location == "path":
            segment = _joined(parameter, texts)
            _check_segment(parameter, segment)
            target = target.replace("{" + parameter.name + "}", quote(segment, safe=""))
        elif parameter.location == "query":
            query += _query(parameter, value, texts)
        elif parameter.location == "header":
            headers[parameter.name] = _header(parameter, _joined(parameter, texts))
        else:
            cookies.append(f"{parameter.name}={quote(_joined(parameter, texts), safe='')}")
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    content = _content(operation.body, body, headers)
    return Request(operation, target, query, headers, content)


def _refuse(parameter: Parameter, expected: str, value: object) -> ArgumentError:
    return ArgumentError(f"{parameter.python_name} must be {expected}, not {value!r}")


def _texts(parameter: Parameter, value: Any) -> list[str]:
    """The value as it is written in a URL: one text, or one for each item of an array."""
    if parameter.kind == "array":
        if isinstance(value, str | bytes) or not isinstance(value, list | tuple):
            raise _refuse(parameter, "a list", value)
        _check_length(parameter, value, "items")
        item = parameter.items or parameter
        return [_text(item, entry) for entry in value]
    return [_text(parameter, value)]


def _text(parameter: Parameter, value: Any) -> str:
    kind = parameter.kind
    if kind == "integer":
        text, value = _integer(parameter, value)
    elif kind == "number":
        text, value = _number(parameter, value)
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise _refuse(parameter, "True or False", value)
        text = "true" if value else "false"
    elif kind == "date-time":
        text = _date_time(parameter, value)
    elif kind == "date":
        if isinstance(value, datetime) or not isinstance(value, date):
            raise _refuse(parameter, "a date", value)
        text = value.isoformat()
    elif kind == "uuid":
        text = _uuid(parameter, value)
    elif kind == "string":
        text = value = _string(parameter, value)
    else:
        text = value if isinstance(value, str) else _json(value)
    if parameter.enum is not None and value not in parameter.enum:
        allowed = ", ".join(repr(choice) for choice in parameter.enum)
        raise _refuse(parameter, f"one of {allowed}", value)
    return text


def _integer(parameter: Parameter, value: Any) -> tuple[str, int]:
    # Whatever counts as an int, numpy's included; True counts as one and is not meant.
    if isinstance(value, bool) or not hasattr(type(value), "__index__"):
        raise _refuse(parameter, "an int", value)
    number = operator.index(value)
    try:
        text = str(number)
    except ValueError:
        # More digits than Python wants to write, here or in a message.
        raise ArgumentError(f"{parameter.python_name} is too large") from None
    _check_range(parameter, number)
    return text, number


def _number(parameter: Parameter, value: Any) -> tuple[str, float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(parameter, "a number", value)
    if isinstance(value, float) and not math.isfinite(value):
        raise _refuse(parameter, "finite", value)
    if isinstance(value, int):
        return _integer(parameter, value)
    _check_range(parameter, value)
    # A subclass may have a repr of its own.
    return float.__repr__(value), value


def _check_range(parameter: Parameter, value: float) -> None:
    if parameter.minimum is not None and value < parameter.minimum:
        raise _refuse(parameter, f"at least {parameter.minimum}", value)
    if parameter.maximum is not None and value > parameter.maximum:
        raise _refuse(parameter, f"at most {parameter.maximum}", value)
    if parameter.exclusive_minimum is not None and value <= parameter.exclusive_minimum:
        raise _refuse(parameter, f"more than {parameter.exclusive_minimum}", value)
    if parameter.exclusive_maximum is not None and value >= parameter.exclusive_maximum:
        raise _refuse(parameter, f"less than {parameter.exclusive_maximum}", value)
    # In decimals, as they are written: 0.07 is a multiple of 0.01, which binary fractions deny.
    if parameter.multiple_of is not None and Fraction(repr(value)) % Fraction(repr(parameter.multiple_of)):
        raise _refuse(parameter, f"a multiple of {parameter.multiple_of}", value)


def _check_length(parameter: Parameter, value: str | list[Any] | tuple[Any, ...], unit: str) -> None:
    if parameter.min_length is not None and len(value) < parameter.min_length:
        raise _refuse(parameter, f"at least {parameter.min_length} {unit} long", value)
    if parameter.max_length is not None and len(value) > parameter.max_length:
        raise _refuse(parameter, f"at most {parameter.max_length} {unit} long", value)


def _string(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse(parameter, "a str", value)
    # Also turns a member of a string enum into the plain text.
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refuse(parameter, "text that UTF-8 can carry", value) from None
    _check_length(parameter, text, "characters")
    if parameter.pattern is not None and re.search(parameter.pattern, text) is None:
        raise _refuse(parameter, f"text that matches {parameter.pattern}", value)
    return text


def _date_time(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, datetime):
        raise _refuse(parameter, "a datetime", value)
    offset = value.utcoffset()
    if offset is None:
        raise _refuse(parameter, "a datetime with a time zone (tzinfo=…)", value)
    if offset.total_seconds() % 60:
        raise _refuse(parameter, "a datetime whose offset is whole minutes", value)
    return value.isoformat().replace("+00:00", "Z")


def _uuid(parameter: Parameter, value: Any) -> str:
    try:
        return str(value if isinstance(value, UUID) else UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise _refuse(parameter, "a UUID", value) from None


def _json(value: Any) -> str:
    import json

    from .models import to_builtins

    try:
        # Not msgspec, which writes NaN as null.
        text = json.dumps(to_builtins(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as exc:
        reason = str(exc)
    else:
        return text
    raise ArgumentError(f"A value cannot be written as JSON: {reason}")


def _check_segment(parameter: Parameter, segment: str) -> None:
    # URLs fold dot segments and drop empty ones: the request, and the token with it, would go to another path.
    if segment in ("", ".", ".."):
        raise _refuse(parameter, "more than dots and not empty, since it is part of a path", segment)
    if _CONTROL.search(segment):
        raise _refuse(parameter, "free of control characters", segment)


def _query(parameter: Parameter, value: Any, texts: list[str]) -> list[tuple[str, str]]:
    if parameter.kind == "any" and isinstance(value, dict):
        return [
            (f"{parameter.name}[{key}]", item if isinstance(item, str) else _json(item)) for key, item in value.items()
        ]
    if parameter.kind == "array" and not parameter.explode:
        return [(parameter.name, _joined(parameter, texts))]
    return [(parameter.name, text) for text in texts]


def _joined(parameter: Parameter, texts: list[str]) -> str:
    if len(texts) > 1 and any("," in text for text in texts):
        raise _refuse(parameter, "free of commas, since they stand between its items", texts)
    return ",".join(texts)


def _header(parameter: Parameter, text: str) -> str:
    if _CONTROL.search(text) or not text.isascii() or text != text.strip():
        raise _refuse(parameter, "printable ASCII without spaces around it, since it is sent as a header", text)
    return text


def _content(spec: Body | None, body: Any, headers: dict[str, str]) -> bytes | None:
    if spec is None or body is None:
        if spec is not None and spec.required:
            raise ArgumentError("body is required")
        return None
    if spec.media_type.startswith("multipart/"):
        return _multipart(body, headers)
    headers["Content-Type"] = spec.media_type
    if isinstance(body, bytes):
        return body
    if isinstance(body, str) and spec.media_type.startswith("text/"):
        return body.encode()
    plain = _checked_body(spec, body)
    if spec.media_type == "application/x-www-form-urlencoded":
        from urllib.parse import urlencode

        fields = {k: v if isinstance(v, str) else _json(v) for k, v in plain.items()}
        return urlencode(fields).encode()
    return _json(plain).encode()


def _checked_body(spec: Body, body: Any) -> Any:
    from .decoding import codec
    from .errors import DecodeError
    from .models import to_builtins

    try:
        plain = to_builtins(body)
    except (TypeError, ValueError, RecursionError) as exc:
        failure = ArgumentError(f"body cannot be written as JSON: {exc}")
    else:
        try:
            codec(spec.type()).convert(plain)
        except DecodeError as exc:
            failure = ArgumentError(exc.message.replace("The response", "body"))
        else:
            return plain
    raise failure


def _multipart(body: Any, headers: dict[str, str]) -> bytes:
    import httpx

    from .models import UNSET, Model, wire_names

    fields: dict[str, Any]
    if isinstance(body, Model):
        # Not by `to_dict`, which would write bytes as Base64.
        known = {wire: getattr(body, name) for name, wire in wire_names(type(body)).items()}
        fields = {wire: value for wire, value in known.items() if value is not UNSET} | body.additional_properties
    else:
        fields = dict(body)
    files = {
        name: value if isinstance(value, bytes | tuple) else (None, value if isinstance(value, str) else _json(value))
        for name, value in fields.items()
    }
    request = httpx.Request("POST", "http://localhost", files=files)
    headers["Content-Type"] = request.headers["Content-Type"]
    return request.read()
