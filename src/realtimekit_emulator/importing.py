"""Meetings read from NDJSON, a JSON array, or saved responses of the service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from .contract import Contract
from .errors import EmulatorError
from .records import complete_meetings, to_record
from .schemas import errors_of
from .validation import reject_constant

__all__ = ["read_meetings"]

# The start of the next JSON value.
_NEXT = re.compile(r"[^ \t\r\n]")


def read_meetings(raw: bytes, name: str, contract: Contract) -> list[dict[str, Any]]:
    """Read and check every meeting in a file; `complete_meetings` adds what one lacks.

    Args:
        raw: Meetings, lists of meetings or responses of the service, as JSON in UTF-8, one or several of them.
        name: What to call the file in errors.
        contract: Has the schema of a meeting. `null` is valid in optional fields, since the service sends it there.

    Raises:
        EmulatorError: If any of it is broken; the message names the line or the item.
    """
    schema = _meeting_schema(contract)
    validator, required = contract.validator(schema, "a meeting"), frozenset(schema.get("required", ()))
    found: list[dict[str, Any]] = []
    try:
        for place, meeting in _meetings(raw.decode("utf-8-sig")):
            try:
                _check(meeting, validator, required)
            except EmulatorError as error:
                raise ValueError(f"{place}: {error}") from error
            found.append(meeting)
    except UnicodeDecodeError as error:
        raise EmulatorError(f"{name} is not UTF-8 text (byte {error.start}). Nothing was imported.") from error
    except ValueError as error:
        raise EmulatorError(f"{name}: {error} Nothing was imported.") from error
    return found


def _meeting_schema(contract: Contract) -> dict[str, Any]:
    lists = (operation for operation in contract.operations() if operation.id == "list_meetings")
    node: Any = next((operation.responses.get("200", {}) for operation in lists), {})
    for step in ("content", "application/json", "schema", "properties", "data", "items"):
        node = node.get(step, {})
    return dict(node)


def _check(meeting: Any, validator: jsonschema_rs.Draft202012Validator, required: frozenset[str]) -> None:
    if not isinstance(meeting, dict):
        raise EmulatorError(f"a meeting must be a JSON object, but this is {json.dumps(meeting)[:40]}.")
    [completed] = complete_meetings([meeting], None, 0)
    given = {key: value for key, value in completed.items() if value is not None or key in required}
    for pointer, message, _ in errors_of(validator, given):
        raise EmulatorError(f"{pointer.removeprefix('/')}: {message}." if pointer else f"{message}.")
    to_record(completed)


def _meetings(text: str) -> Iterator[tuple[str, Any]]:
    """Every meeting in a text, each with its place in words."""
    decoder = json.JSONDecoder(parse_constant=reject_constant)
    line, position = 1, 0
    while begin := _NEXT.search(text, position):
        line += text.count("\n", position, begin.start())
        try:
            value, position = decoder.raw_decode(text, begin.start())
        except json.JSONDecodeError as error:
            raise ValueError(f"line {error.lineno}: not valid JSON: {error.msg}.") from error
        except (ValueError, RecursionError) as error:
            raise ValueError(f"line {line}: not valid JSON: {error}.") from error
        if isinstance(value, dict) and isinstance(value.get("data"), list) and "id" not in value:
            value = value["data"]
        if isinstance(value, list):
            for number, item in enumerate(value, 1):
                yield f"line {line}, item {number}", item
        else:
            yield f"line {line}", value
        line += text.count("\n", begin.start(), position)
    if position == 0:
        raise ValueError("it is empty.")
