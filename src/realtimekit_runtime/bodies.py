"""Makes the body of a request and checks it against the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .errors import ArgumentError
from .models import UNSET, Model, to_builtins
from .wire_names import wire_names
from .wire_types import convert, explain, sent_type

if TYPE_CHECKING:
    from .operations import Body

__all__ = ["as_json", "body_content"]


def body_content(spec: Body, body: Any, headers: dict[str, str]) -> bytes | None:
    """The bytes of a body, or None if there is none. The `Content-Type` is added to `headers`.

    Raises:
        ArgumentError: The body breaks the contract.
    """
    if body is None:
        if spec.required:
            raise ArgumentError("body is required")
        return None
    if spec.media_type.startswith("multipart/"):
        return _multipart(body, headers)
    headers["Content-Type"] = spec.media_type
    if isinstance(body, bytes):
        return body
    if isinstance(body, str) and spec.media_type.startswith("text/"):
        return body.encode()
    plain = _checked(spec, body)
    if spec.media_type == "application/x-www-form-urlencoded":
        return urlencode({k: v if isinstance(v, str) else as_json(v) for k, v in plain.items()}).encode()
    return as_json(plain).encode()


def _checked(spec: Body, body: Any) -> Any:
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

    fields: dict[str, Any]
    if isinstance(body, Model):
        # Not by `to_dict`, which would write bytes as Base64.
        known = {wire: getattr(body, name) for name, wire in wire_names(type(body)).items()}
        fields = {wire: value for wire, value in known.items() if value is not UNSET} | body.additional_properties
    else:
        fields = dict(body)
    files = {
        name: value if isinstance(value, bytes | tuple) else (None, value if isinstance(value, str) else as_json(value))
        for name, value in fields.items()
    }
    request = httpx.Request("POST", "http://localhost", files=files)
    headers["Content-Type"] = request.headers["Content-Type"]
    return request.read()


def as_json(value: Any) -> str:
    """A value as JSON.

    Raises:
        ArgumentError: JSON or UTF-8 cannot carry it.
    """
    try:
        # Not msgspec, which writes NaN as null.
        text = json.dumps(to_builtins(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as exc:
        reason = str(exc)
    else:
        return text
    raise ArgumentError(f"A value cannot be written as JSON: {reason}")
