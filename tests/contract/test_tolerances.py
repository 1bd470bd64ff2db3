"""Every field with all kinds of values: what is right or tolerated is read and written back, all else is refused."""

from __future__ import annotations

import json
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from realtimekit import DecodeError, Unset
from realtimekit_runtime.wire_names import python_names
from tests.clients import find

from .conftest import Both, check_read
from .field_paths import FieldPath, field_paths
from .judge import complaints, json_path
from .tolerances import LIMITS, is_tolerated

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, 59.999, 601, 1e22, "", "0", "true", "null", "ACTIVE", "active ", "日本",
    [], [[]], {}, {"id": "0"},
    "182BD5E56E1A4FE4A799AA6D9A6AB26E", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e0",
    "g82bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "{182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e}",
    "urn:uuid:182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "2019-12-27 18:11:19.117Z", "2019-12-27T19:11:19.117+0100", "2019-12-27", "2019-12-27T18:11:19",
    "2019-12-27T18:11Z", "2019-12-27T24:00:00Z", "2019-02-29T00:00:00Z", "2019-12-27T18:11:19+24:00",
    "2019-12-27T18:11:61Z", "19-12-27T18:11:19Z", "2019-12-27T18:11:19.Z", "20191227T181119Z", "2019-W52-5T18:11:19Z",
    1577470279,
]  # fmt: skip
# The contract allows these times, and Python does not have them.
TIMES_BEYOND_PYTHON = ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"]

every_field = pytest.mark.parametrize("path", field_paths(), ids=str)


def read(clients: Both, path: FieldPath, body: Any) -> Any:
    """What both clients make of a response: a model or an error."""
    outcome, other = clients.receive(path.response, json.dumps(body).encode())
    assert type(outcome) is type(other)
    assert str(outcome) == str(other)
    return outcome


def outside(schema: dict[str, Any]) -> list[Any]:
    """Values of the right type that are outside the limits of a schema."""
    found = [schema[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in schema]
    found += [schema[name] for name in ("exclusiveMinimum", "exclusiveMaximum") if name in schema]
    found += [schema["multipleOf"] / 2] if "multipleOf" in schema and "x-python-type" not in schema else []
    found += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema and "format" not in schema else []
    found += [""] if schema.get("minLength") and "format" not in schema else []
    return found + ([[]] if schema.get("minItems") else [])


@every_field
def test_a_value_is_read_if_nothing_is_wrong_or_all_is_tolerated(clients: Both, path: FieldPath) -> None:
    schema, refused = path.response.schema, 0
    for value in [*VALUES, *outside(path.schema)]:
        body = path.filled(value)
        if body.get("success") is False:
            continue
        outcome = read(clients, path, body)
        if all(is_tolerated(schema, complaint) for complaint in complaints(schema, body)):
            check_read(path.response, body, outcome)
        else:
            refused += 1
            assert type(outcome) is DecodeError, (value, outcome)
            assert outcome.path.startswith(json_path(path.steps))
    assert refused > 5


@pytest.mark.parametrize("path", [path for path in field_paths() if path.schema.get("format") == "date-time"], ids=str)
def test_a_time_that_python_does_not_have_is_refused(clients: Both, path: FieldPath) -> None:
    for text in TIMES_BEYOND_PYTHON:
        error = read(clients, path, path.filled(text))
        assert type(error) is DecodeError, error
        assert error.path == json_path(path.steps)


@every_field
def test_the_annotations_state_the_limits_of_the_contract(path: FieldPath) -> None:
    """Reading does not enforce them, so nothing else would notice a wrong limit in a model."""
    expected = {keyword: path.schema[keyword] for keyword in LIMITS if keyword in path.schema}
    if path.schema.get("x-python-type") == "int" and expected.get("multipleOf") == 1:
        del expected["multipleOf"]
    stated = msgspec.json.schema(annotation(path))
    assert {keyword: stated[keyword] for keyword in LIMITS if keyword in stated} == expected


def annotation(path: FieldPath) -> Any:
    """The annotation of a field, without what stands for a missing value."""
    hint = find(path.response.operation)[2].response()
    for step in path.steps:
        if isinstance(step, str):
            names = python_names(hint)
            hint = get_type_hints(hint, include_extras=True)[names[step]]
        else:
            hint = get_args(get_args(hint)[0] if get_origin(hint) is Annotated else hint)[0]
        members = [arg for arg in get_args(hint) if arg not in (type(None), Unset)]
        if get_origin(hint) in (Union, UnionType) and len(members) == 1:
            hint = members[0]
    return hint
