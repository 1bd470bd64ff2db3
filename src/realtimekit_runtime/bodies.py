"""Makes the body of a request: JSON, checked against the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .errors import ArgumentError
from .models import to_builtins
from .wire_types import convert, explain, sent_type

if TYPE_CHECKING:
    from .operations import Body

__all__ = ["body_content"]


def body_content(spec: Body, body: Any) -> bytes | None:
    """The bytes of a body, or None if there is none.

    Raises:
        ArgumentError: The body breaks the contract, or JSON cannot carry it.
    """
    if body is None:
        if spec.required:
            raise ArgumentError("body is required")
        return None
    try:
        plain = to_builtins(body)
        # Not msgspec, which writes NaN as null.
        content = json.dumps(plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        failure = ArgumentError(f"body cannot be written as JSON: {exc}")
    else:
        try:
            convert(plain, sent_type(spec.type()))
        except (ValueError, RecursionError) as exc:
            reason, path = explain(exc)
            failure = ArgumentError(f"body breaks the contract at {path}: {reason}")
        else:
            return content
    raise failure
