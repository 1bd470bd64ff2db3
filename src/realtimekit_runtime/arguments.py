"""From the arguments of a call to the request that is sent; what breaks the contract is refused here.

Refusing early is more than comfort: a path value of `..` would carry the token to another path, and a time without an
offset would silently mean another time.
"""

from __future__ import annotations

import math
import operator
import re
from datetime import date, datetime
from typing import Annotated, get_args, get_origin
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
# msgspec's reasons are like "Expected `int` >= 0" or "Expected `int`, got `str`"; two differ.
_EXPECTED = re.compile(r"Expected (.+?)(?:, got .+?)?")
_UNEXPECTED = {"Invalid UUID": "a UUID", "Number out of range": "a number that a float can hold"}


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
        value = _plain(value)
        texts = _texts(parameter, value)
        if not texts and parameter.location != "path":
            if parameter.required:
                raise _refuse(parameter, "a list with at least one item", value)
            continue
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
    try:
        shown = repr(value)
    except ValueError:
        shown = "a number with too many digits"
    return ArgumentError(f"{parameter.python_name} must be {expected}, not {shown}")


def _texts(parameter: Parameter, value: Any) -> list[str]:
    """Check the value and return its texts for the URL: one for each item of a list, otherwise one."""
    hint = parameter.type()
    checked = _check(parameter, value, hint)
    if get_origin(get_args(hint)[0] if get_origin(hint) is Annotated else hint) is list:
        return [_text(parameter, item, plain) for item, plain in zip(checked, value, strict=True)]
    return [_text(parameter, checked, value)]


def _plain(value: Any) -> Any:
    """The value as Python's own types: members of enums and numpy's numbers become texts, ints and floats."""
    from .models import Model

    if isinstance(value, Model):
        return value.to_dict()
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


def _check(parameter: Parameter, value: Any, hint: Any) -> Any:
    from .wire_types import convert, explain, sent_type

    try:
        # A time must be a datetime, not a text; a UUID may be a text.
        return convert(value, sent_type(hint), builtin_types=(date, datetime))
    except ValueError as exc:
        reason, path = explain(exc)
    found = _EXPECTED.fullmatch(reason)
    expected = found[1].replace("`array`", "`list`") if found else _UNEXPECTED.get(reason, reason)
    raise _refuse(parameter, expected if path == "$" else f"{expected} at {path[1:]}", value)


def _text(parameter: Parameter, value: Any, plain: Any) -> str:
    """The text of a value that was checked."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _refuse(parameter, "text that UTF-8 can carry", value) from None
        return value
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:
            raise _refuse(parameter, "a number that Python can write", value) from None
    if isinstance(value, float):
        if not math.isfinite(value) or value != plain:
            raise _refuse(parameter, "a finite number that a float holds exactly", plain)
        return str(plain) if isinstance(plain, int) else repr(value).removesuffix(".0")
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None or offset.total_seconds() % 60:
            raise _refuse(parameter, "a datetime whose offset is whole minutes", value)
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else _json(value)


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
    if isinstance(value, dict):
        return [
            (f"{parameter.name}[{key}]", item if isinstance(item, str) else _json(item)) for key, item in value.items()
        ]
    if parameter.explode:
        return [(parameter.name, text) for text in texts]
    return [(parameter.name, _joined(parameter, texts))]


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
    from .models import to_builtins
    from .wire_types import convert, explain, sent_type

    try:
        plain = to_builtins(body)
    except (TypeError, ValueError, RecursionError) as exc:
        failure = ArgumentError(f"body cannot be written as JSON: {exc}")
    else:
        try:
            convert(plain, sent_type(spec.type()))
        except (ValueError, RecursionError) as exc:
            reason, path = explain(exc)
            failure = ArgumentError(f"body breaks the contract at {path}: {reason}")
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
