"""JSON values that fit a schema of the contract, with more odd ones than schemathesis makes up.

Optional fields are present, absent or null, times are extreme, and some fields are not in the contract.
"""

from __future__ import annotations

import math
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from .contract import Response, operations, resolve, responses

__all__ = [
    "any_json",
    "bounds",
    "item_schema",
    "one_of_them",
    "response_values",
    "success_of",
    "time_texts",
    "values",
]

Values = st.SearchStrategy[Any]

# Texts that URLs, or the code that builds them, often get wrong.
NASTY = [
    "a/b", "/", "//", "../x", "x/..", "...", ".a", "..;", "a/../../b", "%", "%2e%2e", "%2F", "%00", "?", "a?b=c", "#",
    "&", "=", "+", " ", " a ", ";", ",", ":", "@", "//evil.example", "http://evil.example", "\\", "\\..\\", "'", '"',
    "<>", "{app_id}", "{}", "$1",
    "~", "é", "e\u0301", "日本", "🚀", "\u202e", "\u2028", "\ufeff", "\U0010ffff", "nul", "None", "null", "0", "-",
]  # fmt: skip
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
any_json: Values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def time_texts(draw: st.DrawFn) -> str:
    """RFC 3339 times of the years 1 to 9999, in any spelling with at most microseconds."""
    text = draw(st.datetimes()).isoformat(sep=draw(st.sampled_from("TTTt")))
    offset = draw(st.just("Z") | st.sampled_from(["z", "+00:00", "-00:00", "+23:59", "-23:59", "+05:30"]))
    return text + offset


def values(schema: dict[str, Any]) -> Values:
    """Values that fit a schema."""
    schema = resolve(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return st.one_of([values(member) for member in schema[union]])
    if "allOf" in schema:
        return st.tuples(*(values(member) for member in schema["allOf"])).map(_joined)
    kind = schema.get("type")
    if isinstance(kind, list):
        return st.one_of([values({**schema, "type": each}) for each in kind])
    if kind is None and "properties" in schema:
        kind = "object"
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "string":
            return _strings(schema)
        case "integer" | "number":
            return _numbers(schema)
        case "array":
            return _arrays(schema)
        case "object":
            return _objects(schema)
        case _:
            return any_json


def _joined(parts: tuple[Any, ...]) -> Any:
    return {name: value for part in parts for name, value in part.items()} if isinstance(parts[0], dict) else parts[0]


def _strings(schema: dict[str, Any]) -> Values:
    match schema.get("format"):
        case "date-time":
            return time_texts()
        case "date":
            return st.dates().map(str)
        case "uuid":
            return st.uuids().map(str)
    least, most = schema.get("minLength", 0), schema.get("maxLength")

    def fits(text: str) -> bool:
        return least <= len(text) and (most is None or len(text) <= most)

    if "pattern" in schema:
        return st.from_regex(schema["pattern"]).filter(fits)
    texts = st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)
    # A limit shows at the longest text that is allowed.
    longest = st.characters(codec="utf-8").map(lambda character: character * (1000 if most is None else most))
    nasty = list(filter(fits, NASTY))
    return texts | longest | st.sampled_from(nasty) if nasty else texts | longest


def bounds(schema: dict[str, Any]) -> tuple[Any, Any]:
    """The least and the greatest number that a schema allows, each None if there is no limit."""
    low, high = schema.get("minimum"), schema.get("maximum")
    low = schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else low
    high = schema["exclusiveMaximum"] - 1 if "exclusiveMaximum" in schema else high
    return low, high


def _numbers(schema: dict[str, Any]) -> Values:
    low, high = bounds(schema)
    step = schema.get("multipleOf", 1)
    whole = st.integers(
        None if low is None else math.ceil(low / step), None if high is None else math.floor(high / step)
    )
    numbers: Values = whole.map(lambda number: number * step)
    if schema["type"] == "number":
        # JSON does not tell 1.0 from 1.
        numbers |= numbers.filter(lambda number: abs(number) < 2**53).map(float)
        if "multipleOf" not in schema:
            numbers |= st.floats(low, high, allow_nan=False, allow_infinity=False)
    return numbers


def _arrays(schema: dict[str, Any]) -> Values:
    most = schema.get("maxItems", 4)
    return st.lists(values(schema.get("items", {})), min_size=schema.get("minItems", 0), max_size=most)


def _objects(schema: dict[str, Any]) -> Values:
    properties = schema.get("properties", {})
    required = {name: values(properties.get(name, {})) for name in schema.get("required", ())}
    optional = {name: values(inner) | st.none() for name, inner in properties.items() if name not in required}
    known = st.fixed_dictionaries(required, optional=optional)
    additional = schema.get("additionalProperties", True)
    if additional is False:
        return known
    names = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
        ["_extra", "__class__", "self", "to_dict"]
    )
    others = values(additional) if isinstance(additional, dict) else any_json
    unknown = st.dictionaries(names.filter(lambda name: name not in properties), others, max_size=2)
    return st.tuples(known, unknown).map(lambda parts: {**parts[1], **parts[0]})


def success_of(operation_id: str) -> Response | None:
    """The documented JSON response of an operation that means success, if there is one."""
    found = (
        response
        for response in responses()
        if response.operation == operation_id and response.is_success and response.is_json
    )
    return next(found, None)


def response_values(response: Response) -> Values:
    """Whole responses of requests that succeeded."""
    return values(response.schema).map(_successful)


def _successful(value: Any) -> Any:
    return {**value, "success": True} if isinstance(value, dict) and "success" in value else value


def item_schema(operation_id: str) -> dict[str, Any]:
    """The schema of the items of a list."""
    response = success_of(operation_id)
    operation = next(operation for operation in operations() if operation.id == operation_id)
    assert response is not None
    assert operation.pagination is not None
    schema = resolve(response.schema)
    for step in operation.pagination["items"].split("."):
        schema = resolve(schema["properties"][step])
    return resolve(schema["items"])


def one_of_them(strategy: st.SearchStrategy[Any]) -> Any:
    """A value of a strategy, the same in every run. hypothesis cannot do this within a test of its own."""
    # The first value is simple enough; to simplify it would take seconds.
    quiet = settings(database=None, derandomize=True, max_examples=10, phases=[Phase.generate])
    return find(strategy, lambda _: True, settings=quiet)
