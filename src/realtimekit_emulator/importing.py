"""Meetings read from NDJSON, a JSON array, or saved responses of the service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import jsonschema_rs

from .contract import Contract
from .errors import EmulatorError
from .records import complete_meetings, to_record
from .schemas import errors_of
from .validation import reject_constant

__all__ = ["read_meetings"]

# The start of the next JSON value.
_NEXT = re.compile(r"[^ \t\r\n]")


def read_meetings(text: str, name: str, contract: Contract) -> list[dict[str, Any]]:
    """Read and check every meeting in a text; `complete_meetings` adds what one lacks.

    Args:
        text: Meetings, lists of meetings or responses of the service, as JSON, one or several of them.
        name: What to call the text in errors.
        contract: Has the schema of a meeting. `null` is valid in optional fields, since the service sends it there.

    Raises:
        EmulatorError: If any of it is broken; the message names the line or the item.
    """
    schema = _meeting_schema(contract)
    required = frozenset(schema.get("required", ()))
    validator = contract.validator(schema, "a meeting")
    found: list[dict[str, Any]] = []
    try:
        for place, meeting in _meetings(text):
            try:
                _check(meeting, validator, required)
                found.append(meeting)
            except EmulatorError as error:
                raise EmulatorError(f"{place}: {error}") from error
    except EmulatorError as error:
        raise EmulatorError(f"{name}: {error} Nothing was imported.") from error
    return found


def _meeting_schema(contract: Contract) -> dict[str, Any]:
    lists = (operation for operation in contract.operations() if operation.id == "list_meetings")
    node: Any = next((operation.responses.get("200", {}) for operation in lists), {})
    for step in ("content", "application/json", "schema", "properties", "data", "items"):
        node = node.get(step, {})
    return cast("dict[str, Any]", node)


def _check(meeting: Any, validator: jsonschema_rs.Draft202012Validator, required: frozenset[str]) -> None:
    if not isinstance(meeting, dict):
        raise EmulatorError(f"a meeting must be a JSON object, and this is {json.dumps(meeting)[:40]}.")
    [completed] = complete_meetings([meeting], None, 0)
    given = {key: value for key, value in completed.items() if value is not None or key in required}
    for pointer, message, _ in errors_of(validator, given):
        raise EmulatorError(f"{pointer.removeprefix('/')}: {message}." if pointer else f"{message}.")
    to_record(completed)


def _meetings(text: str) -> Iterator[tuple[str, Any]]:
    """Every meeting in a text, each with its place in words."""
    decoder = json.JSONDecoder(parse_constant=reject_constant)
    text = text.removeprefix("\ufeff")
    line, position = 1, 0
    while begin := _NEXT.search(text, position):
        line += text.count("\n", position, begin.start())
        try:
            value, position = decoder.raw_decode(text, begin.start())
        except RecursionError as error:
            raise EmulatorError(f"line {line}: it is nested too deeply.") from error
        except ValueError as error:
            at, reason = (error.lineno, error.msg) if isinstance(error, json.JSONDecodeError) else (line, error)
            raise EmulatorError(f"line {at}: not valid JSON: {reason}.") from error
        if isinstance(value, dict) and isinstance(value.get("data"), list) and "id" not in value:
            value = value["data"]
        if isinstance(value, list):
            for number, item in enumerate(value, 1):
                yield f"line {line}, item {number}", item
        else:
            yield f"line {line}", value
        line += text.count("\n", begin.start(), position)
    if position == 0:
        raise EmulatorError("it is empty.")
