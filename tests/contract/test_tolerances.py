"""What the reader accepts although the contract forbids it, and what it refuses although the contract allows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest

from realtimekit import DecodeError, Unset
from realtimekit_runtime.wire_names import python_names
from tests.clients import find

from .calls import sample_call
from .conftest import Both
from .contract import responses
from .field_paths import FieldPath, field_paths, whole_response
from .judge import complaints, is_same
from .tolerances import is_tolerated

LIMITS = {
    "minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt", "multipleOf": "multiple_of",
    "minLength": "min_length", "maxLength": "max_length", "pattern": "pattern",
    "minItems": "min_length", "maxItems": "max_length",
}  # fmt: skip
SUCCESSES = [response for response in responses() if response.is_success and response.is_json]


def at_every(fits: Callable[[FieldPath], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", [path for path in field_paths() if fits(path)], ids=str)


def has_format(name: str) -> Callable[[FieldPath], bool]:
    return lambda path: path.schema.get("format") == name


def read(clients: Both, operation: str, body: str) -> Any:
    clients.response = (200, body.encode(), {})
    outcome, other = clients.call(operation, sample_call(operation).arguments)
    if isinstance(outcome, Exception):
        assert (type(outcome), str(outcome)) == (type(other), str(other))
    else:
        assert outcome == other
    return outcome


def read_field(clients: Both, path: FieldPath, value: Any) -> Any:
    """The value that the model has at a path, after a response with another one there."""
    filled = path.filled(value)
    model = read(clients, path.response.operation, json.dumps(filled))
    assert not isinstance(model, Exception), model
    assert is_same(path.response.schema, filled, json.loads(json.dumps(model.to_dict())))
    assert type(model).from_dict(model.to_dict()) == model
    return path.read(model)


def check_refused(clients: Both, path: FieldPath, value: Any) -> None:
    error = read(clients, path.response.operation, json.dumps(path.filled(value)))
    assert type(error) is DecodeError, error
    assert error.path == path.json_path


def check_tolerated(path: FieldPath, value: Any) -> None:
    found = complaints(path.response.schema, path.filled(value))
    assert all(is_tolerated(path.response.schema, complaint) for complaint in found)


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_the_whole_response_is_read(clients: Both, response: Any) -> None:
    whole = whole_response(response)
    assert complaints(response.schema, whole) == []
    model = read(clients, response.operation, json.dumps(whole))
    assert is_same(response.schema, whole, model.to_dict())


# --- taken although not allowed, or beyond what the contract says ---------------------------------------------------


@at_every(lambda path: all(isinstance(value, str) for value in path.schema.get("enum", [0])))
@pytest.mark.parametrize("value", ["SOMETHING_NEW", "", "active ", "日本"])
def test_an_unknown_enum_value_is_kept_as_that_string(clients: Both, path: FieldPath, value: str) -> None:
    check_tolerated(path, value)
    found = read_field(clients, path, value)
    assert isinstance(found, str)
    assert found == value


def outside(schema: dict[str, Any]) -> list[Any]:
    """Values of the right type that are outside the limits of a schema."""
    found = [schema[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in schema]
    found += [schema[name] for name in ("exclusiveMinimum", "exclusiveMaximum") if name in schema]
    found += [schema["multipleOf"] / 2] if "multipleOf" in schema and "x-python-type" not in schema else []
    found += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema and "format" not in schema else []
    found += [""] if schema.get("minLength") and "format" not in schema else []
    return found + ([[]] if schema.get("minItems") else [])


@at_every(lambda path: bool(outside(path.schema)))
def test_a_value_outside_the_limits_is_kept(clients: Both, path: FieldPath) -> None:
    for value in outside(path.schema):
        check_tolerated(path, value)
        assert read_field(clients, path, value) == value


@at_every(lambda path: True)
def test_the_annotations_state_the_limits_of_the_contract(path: FieldPath) -> None:
    """Reading does not enforce them, so nothing else would notice a wrong limit in a model."""
    schema = path.schema
    expected = {name: schema[key] for key, name in LIMITS.items() if key in schema}
    if schema.get("format") == "date-time":
        expected = {"tz": True}
    elif schema.get("x-python-type") == "int" and expected.get("multiple_of") == 1:
        del expected["multiple_of"]
    assert dict(annotated_limits(hint_at(path))) == expected


def hint_at(path: FieldPath) -> Any:
    """The annotation of a path, without what stands for a missing value."""
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


def annotated_limits(hint: Any) -> Iterator[tuple[str, Any]]:
    for meta in getattr(hint, "__metadata__", ()):
        yield from meta.__rich_repr__()


@at_every(lambda path: path.is_optional)
def test_null_in_an_optional_field_is_none(clients: Both, path: FieldPath) -> None:
    check_tolerated(path, None)
    assert read_field(clients, path, None) is None


@at_every(has_format("date-time"))
@pytest.mark.parametrize("text", ["2019-12-27 18:11:19.117Z", "2019-12-27T19:11:19.117+0100"])
def test_a_time_may_have_a_space_in_the_place_of_the_t_or_no_colon_in_its_offset(
    clients: Both, path: FieldPath, text: str
) -> None:
    check_tolerated(path, text)
    assert read_field(clients, path, text).timestamp() == 1577470279.117


@at_every(has_format("uuid"))
def test_a_uuid_may_lack_its_hyphens(clients: Both, path: FieldPath) -> None:
    text = "182BD5E56E1A4FE4A799AA6D9A6AB26E"
    check_tolerated(path, text)
    assert read_field(clients, path, text).hex == text.lower()


# --- refused although allowed ---------------------------------------------------------------------------------------


@at_every(has_format("date-time"))
@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"])
def test_times_that_python_does_not_have_are_refused(clients: Both, path: FieldPath, text: str) -> None:
    check_refused(clients, path, text)


# --- and nothing else -----------------------------------------------------------------------------------------------

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, 59.999, 601, 1e308, "", "0", "true", "null", "ACTIVE", [], [[]], {}, {"id": "0"},
    "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e0",
    "g82bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "{182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e}",
    "urn:uuid:182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", 1577470279, "2019-12-27", "2019-12-27T18:11:19",
    "2019-12-27T18:11Z", "2019-12-27T24:00:00Z", "2019-02-29T00:00:00Z", "2019-12-27T18:11:19+24:00",
    "2019-12-27T18:11:61Z", "19-12-27T18:11:19Z", "2019-12-27T18:11:19.Z", "20191227T181119Z", "2019-W52-5T18:11:19Z",
]  # fmt: skip


@at_every(lambda path: True)
def test_everything_else_that_is_wrong_is_refused_where_it_stands(clients: Both, path: FieldPath) -> None:
    tried = 0
    for value in ODD:
        filled = path.filled(value)
        found = complaints(path.response.schema, filled)
        wrong = [complaint for complaint in found if not is_tolerated(path.response.schema, complaint)]
        if filled.get("success") is False:
            continue
        outcome = read(clients, path.response.operation, json.dumps(filled))
        if not wrong:
            assert not isinstance(outcome, Exception), outcome
            continue
        tried += 1
        assert type(outcome) is DecodeError, (value, outcome)
        assert outcome.path.startswith(path.json_path)
    assert tried > 5


@at_every(lambda path: isinstance(path.steps[-1], str) and not path.is_optional)
def test_a_required_field_that_is_missing_is_named(clients: Both, path: FieldPath) -> None:
    check_refused(clients, path, ...)
