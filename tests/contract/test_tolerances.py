"""What the reader accepts although the contract forbids it, and what it refuses although the contract allows it."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import httpx
import pytest

from realtimekit import DecodeError, Unset
from realtimekit.api import TAGS
from realtimekit_runtime.models import wire_names

from .calls import sample_call
from .clients import Both
from .contract import responses
from .judge import complaints, is_same, is_valid
from .places import Place, places, whole_response
from .tolerances import is_tolerated

LIMITS = {
    "minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt", "multipleOf": "multiple_of",
    "minLength": "min_length", "maxLength": "max_length", "pattern": "pattern",
    "minItems": "min_length", "maxItems": "max_length",
}  # fmt: skip
SUCCESSES = [response for response in responses() if response.is_success and response.is_json]


@pytest.fixture(scope="module")
def clients() -> Iterator[Both]:
    with Both(account_id="account") as both:
        yield both


def at_every(fits: Callable[[Place], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("place", [place for place in places() if fits(place)], ids=str)


def has_format(name: str) -> Callable[[Place], bool]:
    return lambda place: place.schema.get("format") == name


def read(clients: Both, operation: str, body: str) -> Any:
    clients.handler = lambda _: httpx.Response(200, content=body.encode())
    outcome, other = clients.one(operation, sample_call(operation).arguments)
    if isinstance(outcome, Exception):
        assert (type(outcome), str(outcome)) == (type(other), str(other))
    else:
        assert outcome == other
    return outcome


def read_place(clients: Both, place: Place, value: Any) -> Any:
    """The value that the model has at a place, after a response with another one there."""
    filled = place.filled(value)
    model = read(clients, place.response.operation, json.dumps(filled))
    assert not isinstance(model, Exception), model
    assert is_same(place.response.schema, filled, json.loads(json.dumps(model.to_dict())))
    assert type(model).from_dict(model.to_dict()) == model
    return place.read(model)


def check_refused(clients: Both, place: Place, value: Any) -> None:
    error = read(clients, place.response.operation, json.dumps(place.filled(value)))
    assert type(error) is DecodeError, error
    assert error.path == place.json_path


def check_tolerated(place: Place, value: Any) -> None:
    found = complaints(place.response.schema, place.filled(value))
    assert all(is_tolerated(place.response.schema, complaint) for complaint in found)


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_the_whole_response_is_read(clients: Both, response: Any) -> None:
    whole = whole_response(response)
    assert complaints(response.schema, whole) == []
    model = read(clients, response.operation, json.dumps(whole))
    assert is_same(response.schema, whole, model.to_dict())


# --- taken although not allowed, or beyond what the contract says ---------------------------------------------------


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_unknown_fields_are_kept_and_written_back(clients: Both, response: Any) -> None:
    def extended(value: Any) -> Any:
        if isinstance(value, list):
            return [extended(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            "a new field": {"deep": [1, None, "é", 1.5]},
            **{k: extended(v) for k, v in value.items()},
            "class": None,
        }

    whole = extended(whole_response(response))
    model = read(clients, response.operation, json.dumps(whole))
    assert is_same(response.schema, whole, model.to_dict())
    assert model.additional_properties == {"a new field": {"deep": [1, None, "é", 1.5]}, "class": None}


@at_every(lambda place: all(isinstance(value, str) for value in place.schema.get("enum", [0])))
@pytest.mark.parametrize("value", ["SOMETHING_NEW", "", "active ", "日本"])
def test_an_unknown_enum_value_is_kept_as_that_string(clients: Both, place: Place, value: str) -> None:
    check_tolerated(place, value)
    found = read_place(clients, place, value)
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


@at_every(lambda place: bool(outside(place.schema)))
def test_a_value_outside_the_limits_is_kept(clients: Both, place: Place) -> None:
    for value in outside(place.schema):
        check_tolerated(place, value)
        assert read_place(clients, place, value) == value


@at_every(lambda place: True)
def test_the_annotations_state_the_limits_of_the_contract(place: Place) -> None:
    """Reading does not enforce them, so nothing else would notice a wrong limit in a model."""
    schema = place.schema
    expected = {name: schema[key] for key, name in LIMITS.items() if key in schema}
    if schema.get("format") == "date-time":
        expected = {"tz": True}
    elif schema.get("x-python-type") == "int" and expected.get("multiple_of") == 1:
        del expected["multiple_of"]
    assert dict(annotated_limits(hint_at(place))) == expected


def hint_at(place: Place) -> Any:
    """The annotation of a place, without what stands for a missing value."""
    modules = [importlib.import_module(f"realtimekit.api.{tag}") for tag in TAGS]
    operations = {operation.id: operation for module in modules for operation in module.OPERATIONS.values()}
    hint = operations[place.response.operation].response()
    for step in place.path:
        if isinstance(step, str):
            names = {wire: name for name, wire in wire_names(hint).items()}
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


@at_every(lambda place: place.is_optional)
def test_null_in_an_optional_field_is_none(clients: Both, place: Place) -> None:
    check_tolerated(place, None)
    assert read_place(clients, place, None) is None


@at_every(lambda place: not place.is_optional and isinstance(place.path[-1], str) and not is_valid(place.schema, None))
def test_null_in_a_required_field_is_refused(clients: Both, place: Place) -> None:
    check_refused(clients, place, None)


@at_every(lambda place: place.schema.get("type") == "integer" or place.schema.get("x-python-type") == "int")
@pytest.mark.parametrize("value", [61.0, 1e20])
def test_a_whole_number_may_be_spelled_with_a_fraction_or_an_exponent(
    clients: Both, place: Place, value: float
) -> None:
    if complaints(place.schema, value):
        pytest.skip("beyond this field's limits")
    found = read_place(clients, place, value)
    assert type(found) is int
    assert found == value


@at_every(has_format("date-time"))
@pytest.mark.parametrize("text", ["2019-12-27 18:11:19.117Z", "2019-12-27T19:11:19.117+0100"])
def test_a_time_may_have_a_space_in_the_place_of_the_t_or_no_colon_in_its_offset(
    clients: Both, place: Place, text: str
) -> None:
    check_tolerated(place, text)
    assert read_place(clients, place, text).timestamp() == 1577470279.117


@at_every(has_format("date-time"))
def test_digits_beyond_microseconds_are_rounded(clients: Both, place: Place) -> None:
    assert read_place(clients, place, "2019-12-27T18:11:19.1234567Z").microsecond == 123457


@at_every(has_format("uuid"))
def test_a_uuid_may_lack_its_hyphens(clients: Both, place: Place) -> None:
    text = "182BD5E56E1A4FE4A799AA6D9A6AB26E"
    check_tolerated(place, text)
    assert read_place(clients, place, text).hex == text.lower()


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_an_unknown_number_beyond_every_float_is_infinite_or_refused(clients: Both, response: Any) -> None:
    body = json.dumps(whole_response(response)).replace("{", '{"unknown": 1e400, ', 1)
    outcome = read(clients, response.operation, body)
    assert type(outcome) is DecodeError or outcome.additional_properties == {"unknown": math.inf}


@at_every(lambda place: place.schema.get("type") == "string" and not {"format", "enum"} & place.schema.keys())
def test_half_a_surrogate_pair_is_kept(clients: Both, place: Place) -> None:
    assert read_place(clients, place, "a\ud800b") == "a\ud800b"


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_half_a_surrogate_pair_is_kept_in_an_unknown_field(clients: Both, response: Any) -> None:
    body = json.dumps({**whole_response(response), "unknown": "\ud800"})
    assert read(clients, response.operation, body).additional_properties == {"unknown": "\ud800"}


# --- refused although allowed ---------------------------------------------------------------------------------------


@at_every(has_format("date-time"))
@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"])
def test_times_that_python_does_not_have_are_refused(clients: Both, place: Place, text: str) -> None:
    assert complaints(place.response.schema, place.filled(text)) == []
    check_refused(clients, place, text)


# --- and nothing else -----------------------------------------------------------------------------------------------

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, 59.999, 601, 1e308, "", "0", "true", "null", "ACTIVE", [], [[]], {}, {"id": "0"},
    "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e0",
    "g82bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "{182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e}",
    "urn:uuid:182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", 1577470279, "2019-12-27", "2019-12-27T18:11:19",
    "2019-12-27T18:11Z", "2019-12-27T24:00:00Z", "2019-02-29T00:00:00Z", "2019-12-27T18:11:19+24:00",
    "2019-12-27T18:11:61Z", "19-12-27T18:11:19Z", "2019-12-27T18:11:19.Z", "20191227T181119Z", "2019-W52-5T18:11:19Z",
]  # fmt: skip


@at_every(lambda place: True)
def test_everything_else_that_is_wrong_is_refused_where_it_stands(clients: Both, place: Place) -> None:
    tried = 0
    for value in ODD:
        filled = place.filled(value)
        found = complaints(place.response.schema, filled)
        wrong = [complaint for complaint in found if not is_tolerated(place.response.schema, complaint)]
        if filled.get("success") is False:
            continue
        outcome = read(clients, place.response.operation, json.dumps(filled))
        if not wrong:
            assert not isinstance(outcome, Exception), outcome
            continue
        tried += 1
        assert type(outcome) is DecodeError, (value, outcome)
        assert outcome.path.startswith(place.json_path)
    assert tried > 5


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
@pytest.mark.parametrize(
    "broken",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: f"{text},",
        lambda text: f"{text}{text}",
        lambda text: f"\ufeff{text}",
        lambda text: text.replace("{", '{"unknown": NaN, ', 1),
        lambda text: text.replace("{", '{"unknown": -Infinity, ', 1),
        lambda text: text.replace("{", '{"unknown": 01, ', 1),
        lambda text: text.replace("{", '{"unknown": "\n", ', 1),
        lambda text: text.replace("{", "{'unknown': 1, ", 1),
        lambda text: text.replace("{", "{/**/", 1),
        lambda text: f"<!DOCTYPE html><p>{text}",
    ],
)
def test_what_is_no_json_is_refused_as_a_whole(clients: Both, response: Any, broken: Callable[[str], str]) -> None:
    error = read(clients, response.operation, broken(json.dumps(whole_response(response))))
    assert (type(error), error.path) == (DecodeError, "$")


@pytest.mark.parametrize("response", SUCCESSES, ids=lambda response: response.operation)
def test_a_required_field_that_is_missing_is_named(clients: Both, response: Any) -> None:
    for place in places():
        if place.response is response and isinstance(place.path[-1], str) and not place.is_optional:
            filled = place.filled(None)
            at: Any = filled
            for step in place.path[:-1]:
                at = at[step]
            del at[place.path[-1]]
            error = read(clients, response.operation, json.dumps(filled))
            assert (type(error), error.path) == (DecodeError, place.json_path)
