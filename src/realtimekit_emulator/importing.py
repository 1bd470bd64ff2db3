"""Meetings read from what people have: NDJSON, a JSON array, or responses of the service that somebody saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import jsonschema_rs

from .contract import Contract
from .problems import EmulatorError
from .records import to_record
from .storage import Record
from .validation import reject_constant

__all__ = ["read_meetings"]

Placed: TypeAlias = tuple[str, Any]
"""Where a meeting stands, in words, and the meeting."""


def read_meetings(text: str, name: str, contract: Contract) -> list[Record]:
    """Read and check every meeting in a text.

    Args:
        text: NDJSON, a JSON array, or a response of the service.
        name: What to call the text in errors.
        contract: What a meeting has to look like. `null` passes in optional fields, as the service sends it there.

    Raises:
        EmulatorError: If any of it is broken; the message names the line or the item.
    """
    check = _MeetingCheck(contract)
    records: list[Record] = []
    for place, meeting in _meetings(text, name):
        problem = check.problem(meeting)
        if problem is not None:
            raise EmulatorError(f"{name}, {place}: {problem}. Nothing was imported.")
        try:
            records.append(to_record(meeting))
        except EmulatorError as error:
            raise EmulatorError(f"{name}, {place}: {error} Nothing was imported.") from error
    return records


class _MeetingCheck:
    """Holds a meeting against the contract's schema of one."""

    def __init__(self, contract: Contract) -> None:
        resolve = contract.schemas.resolve
        operation = contract.operation("list_meetings")
        node: Any = operation.responses.get("200", {}) if operation else {}
        for step in ("content", "application/json", "schema", "properties", "data", "items"):
            node = resolve(node).get(step, {})
        schema = resolve(node)
        self._required = frozenset(schema.get("required", ()))
        self._validator: jsonschema_rs.Draft202012Validator = contract.schemas.validator(schema, "a meeting")

    def problem(self, meeting: Any) -> str | None:
        """What is wrong with a meeting, if anything."""
        if not isinstance(meeting, dict):
            return f"a meeting has to be a JSON object, and this is {json.dumps(meeting)[:40]}"
        given = {key: value for key, value in meeting.items() if value is not None or key in self._required}
        try:
            error = next(self._validator.iter_errors(given), None)
        except UnicodeEncodeError:
            return "it holds half a surrogate pair, which is no Unicode text"
        if error is None:
            return None
        field = "/".join(str(part) for part in error.instance_path)
        return f"{field}: {error.message[:200]}" if field else error.message[:200]


def _meetings(text: str, name: str) -> Iterator[Placed]:
    text = text.removeprefix("\ufeff")
    try:
        whole = _load(text)
    except ValueError as error:
        first = next((line for line in text.split("\n") if line.strip()), "")
        if not _is_json(first):
            line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) and first else ""
            reason = getattr(error, "msg", str(error)) if first else "it is empty"
            raise EmulatorError(f"{name}{line}: not valid JSON: {reason}. Nothing was imported.") from error
    else:
        yield from _unpack(whole, "line 1")
        return
    # Not `splitlines`: JSON texts may hold U+2028 and its like.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            value = _load(line)
        except ValueError as error:
            reason = getattr(error, "msg", str(error))
            raise EmulatorError(f"{name}, {place}: not valid JSON: {reason}. Nothing was imported.") from error
        yield from _unpack(value, place)


def _unpack(value: Any, place: str) -> Iterator[Placed]:
    """The meetings in a value: one, a list of them, or a response that has them as `data`."""
    if isinstance(value, dict) and isinstance(value.get("data"), list) and "id" not in value:
        value = value["data"]
    if not isinstance(value, list):
        yield place, value
        return
    for number, item in enumerate(value, 1):
        yield f"item {number}" if place == "line 1" else f"{place}, item {number}", item


def _load(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=reject_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _is_json(text: str) -> bool:
    """Whether a text is JSON as Python reads it, `NaN` and all: enough to tell lines from one long document."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
