"""An argument arrives at the server as it was meant, or is refused before anything is sent."""

from __future__ import annotations

import datetime as dt
import enum
import math
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtimekit import ArgumentError, RealtimeKitError
from realtimekit_runtime import types
from realtimekit_runtime.arguments import build_request
from realtimekit_runtime.operations import Body, Operation, Parameter
from tests.clients import APP, Connect

from .scripted import Serve, page
from .small_models import MINIMAL, Cat, Colour, Everything, Level

BASE = "https://api.example/v4"
UTC = dt.UTC


def operation(*parameters: Parameter, body: Body | None = None) -> Operation:
    path = "/things" + "".join(f"/{{{p.name}}}" for p in parameters if p.location == "path") + "/end"
    return Operation("list_things", "GET", path, response=lambda: None, parameters=parameters, body=body)


def received(parameter: Parameter, value: Any) -> list[str]:
    """What a server reads for the parameter."""
    request = build_request(operation(parameter), {parameter.python_name: value})
    if parameter.location == "header":
        return [request.headers[parameter.name]]
    # httpx has the last word on the URL.
    sent = httpx.Request("GET", request.url(BASE)).url
    assert sent.host == "api.example"
    parts = urlsplit(f"https://api.example{sent.raw_path.decode()}")
    if parameter.location == "path":
        assert parts.query == ""
        start, things, segment, end = parts.path.removeprefix("/v4").split("/")
        assert (start, things, end) == ("", "things", "end")
        return [unquote(segment)]
    assert parts.path == "/v4/things/end"
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    assert {name for name, _ in query} <= {parameter.name}
    return [text for _, text in query]


def id_of(value: object) -> str | None:
    """The id of a parametrized value: pytest's own, which fails at an int with more digits than Python writes."""
    return "huge" if isinstance(value, int) and abs(value) > 10**4000 else None


def text() -> Any:
    return str


PATH = Parameter("some id", "path", text, renamed="some_id", required=True)
QUERY = Parameter("q&=", "query", text, renamed="q")
AWKWARD = [
    "%2e%2e",
    "%2E",
    "a/b",
    "/",
    "\\",
    "a b",
    "ä",
    "😀",
    "...",
    ". .",
    "?x=1",
    "#x",
    "{app_id}",
    "+",
    "%",
    "~",
    "a;b",
]
CONTROL = ["\n", "a\0b", "\x7f", "a\x85", "\t", "\x1f"]


@pytest.mark.parametrize("value", AWKWARD)
@pytest.mark.parametrize("parameter", [PATH, QUERY])
def test_a_text_arrives_as_it_is(parameter: Parameter, value: str) -> None:
    assert received(parameter, value) == [value]


@given(st.text(), st.sampled_from([PATH, QUERY, Parameter("X-Some", "header", text)]))
def test_any_text_arrives_as_it_is_or_is_refused(value: str, parameter: Parameter) -> None:
    try:
        arrived = received(parameter, value)
    except ArgumentError:
        assert parameter.location in ("path", "header")
        return
    assert arrived == [value]


@pytest.mark.parametrize("value", ["", ".", "..", *CONTROL, f"x{CONTROL[0]}"])
def test_a_path_value_cannot_change_the_path(value: str) -> None:
    with pytest.raises(ArgumentError, match="some_id"):
        received(PATH, value)


AWARE = dt.datetime(2019, 12, 27, 18, 11, 19, 117000, UTC)


def test_what_is_sent_over_the_wire(serve: Serve, connect: Connect) -> None:
    server = serve(page())
    api = connect(server.url + "/client/v4/")
    zone = dt.timezone(dt.timedelta(hours=2))
    api.first_page(account_id="a/ä?", page_no=0, per_page=7, start_time=AWARE, end_time=AWARE.astimezone(zone))
    (request,) = server.requests
    parts = urlsplit(request.target)
    assert parts.path == f"/client/v4/accounts/a%2F%C3%A4%3F/realtime/kit/{APP}/meetings"
    assert dict(parse_qsl(parts.query)) == {
        "page_no": "0",
        "per_page": "7",
        "start_time": "2019-12-27T18:11:19.117000Z",
        "end_time": "2019-12-27T20:11:19.117000+02:00",
    }
    assert request.method == "GET"
    assert request.body == b""


# --- every kind of parameter ----------------------------------------------------------------------------------------


def query(python_type: Any, **more: Any) -> Parameter:
    return Parameter("x", "query", lambda: python_type, **more)


def limited(python_type: Any, **limits: Any) -> Parameter:
    return query(Annotated[python_type, types.Meta(**limits)])


class Small(enum.IntEnum):
    ONE = 1


class Whole:
    """Counts as an int, as numpy's numbers do."""

    def __index__(self) -> int:
        return 7


class Loud(float):
    """Has a repr of its own, as numpy's numbers do."""

    def __repr__(self) -> str:
        return f"Loud({float(self)})"


@pytest.mark.parametrize(
    ("parameter", "value", "arrives"),
    [
        (query(int), Whole(), ["7"]),
        (query(int), Small.ONE, ["1"]),
        (limited(int, ge=7, le=7), Whole(), ["7"]),
        (query(float), Small.ONE, ["1"]),
        (query(float), 1.0, ["1"]),
        (query(float), Loud(1.5), ["1.5"]),
        (limited(float, ge=0, lt=1), -0.0, ["-0"]),
        (query(bool), True, ["true"]),
        (query(bool), False, ["false"]),
        (query(dt.date), dt.date(1, 2, 3), ["0001-02-03"]),
        (query(UUID), UUID(int=1), ["00000000-0000-0000-0000-000000000001"]),
        (query(UUID), "00000000000000000000000000000001", ["00000000-0000-0000-0000-000000000001"]),
        (query(str), Colour.RED, ["red"]),
        (query(Literal["red", "blue"]), Colour.BLUE, ["blue"]),
        (query(Colour), "blue", ["blue"]),
        (query(Level), Level.HIGH, ["2"]),
        (limited(str, pattern="^[a-f]+$"), "abc", ["abc"]),
        (limited(str, max_length=1), "😀", ["😀"]),
        (limited(float, multiple_of=0.01), 0.07, ["0.07"]),
        (query(list[int]), [1, 2], ["1", "2"]),
        (query(list[int], explode=False), (1, Whole()), ["1,7"]),
        (query(list[str]), [], []),
        (query(list[str], explode=False), [], []),
        (limited(list[Colour], max_length=2), [Colour.RED, "blue"], ["red", "blue"]),
    ],
)
def test_a_value_arrives_as_the_contract_writes_it(parameter: Parameter, value: Any, arrives: list[str]) -> None:
    assert received(parameter, value) == arrives


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [
        *((query(float), wrong) for wrong in (math.nan, math.inf, -math.inf, True, "1", None.__class__, 1j, 10**400)),
        *((query(int), wrong) for wrong in (1.0, True, "1", math.nan, dt.date(2020, 1, 1), 10**5000)),
        *((query(bool), wrong) for wrong in (0, 1, "true")),
        *((query(dt.date), wrong) for wrong in (AWARE, "2019-12-27")),
        *(
            (query(types.AwareDatetime), wrong)
            for wrong in (AWARE.date(), AWARE.replace(tzinfo=None), "2019-12-27T00:00:00Z")
        ),
        *((query(UUID), wrong) for wrong in ("x", 1, b"x")),
        *((query(Literal["a", "b"]), wrong) for wrong in ("c", "", "A", 1)),
        *((query(Literal[1, 2]), wrong) for wrong in (True, "1", 3)),
        *((query(Colour), wrong) for wrong in (Colour("green"), "green")),
        (query(Level), Level(3)),
        *((limited(str, min_length=2, max_length=3), wrong) for wrong in ("a", "abcd")),
        (limited(str, pattern="^[a-f]+$"), "xyz"),
        *((limited(int, ge=2, le=3), wrong) for wrong in (1, 4, -(10**5000), 10**5000)),
        *((limited(float, gt=0, lt=1), wrong) for wrong in (0, 1, -0.0)),
        (limited(int, multiple_of=5), 7),
        *((limited(float, multiple_of=0.01, gt=0), wrong) for wrong in (0.075, math.nan, -0.01, "0.01")),
        *((query(list[int]), wrong) for wrong in ("12", 1, [1, "2"], [True], {1: 2})),
        *((limited(list[int], min_length=1, max_length=2), wrong) for wrong in ([], [1, 2, 3])),
        (query(list[int], required=True), []),
        (query(list[str], explode=False), ["a,b", "c"]),
        *((query(str), wrong) for wrong in (object(), b"x", 1, "\ud800")),
        *((Parameter("x", "header", text), wrong) for wrong in ("a\nb", "a\0", "ä", " a", "a ")),
        (Parameter("x", "path", lambda: list[str]), []),
        (Parameter("x", "path", lambda: list[str]), ["a,b", "c"]),
    ],
    ids=id_of,
)
def test_a_value_that_the_contract_forbids_is_refused(parameter: Parameter, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^x "):
        received(parameter, wrong)


@pytest.mark.parametrize(
    ("parameter", "wrong", "message"),
    [
        (limited(int, ge=0), -1, "x must be `int` >= 0, not -1"),
        (query(int), "1", "x must be `int`, not '1'"),
        (limited(str, max_length=2), "abc", "x must be `str` of length <= 2, not 'abc'"),
        (query(Colour), "green", "x must be one of 'red', 'blue', not 'green'"),
        (query(list[int]), [1, "2"], "x must be `int` at [1], not [1, '2']"),
        (query(list[int]), 5, "x must be `list`, not 5"),
        (query(UUID), "5", "x must be a UUID, not '5'"),
        (limited(float, multiple_of=0.5), 0.7, "x must be `float` that's a multiple of 0.5, not 0.7"),
        (limited(int, ge=0), -(10**5000), "x must be `int` >= 0, not a number with too many digits"),
    ],
    ids=id_of,
)
def test_an_error_names_the_argument_the_limit_and_the_value(parameter: Parameter, wrong: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        received(parameter, wrong)
    assert str(caught.value) == message


def is_held(number: float) -> bool:
    """Whether a float holds the number exactly."""
    try:
        return math.isfinite(number) and float(number) == number
    except OverflowError:
        return False


@given(st.integers() | st.floats() | st.booleans() | st.text() | st.none() | st.decimals() | st.fractions())
def test_any_number_arrives_exactly_or_is_refused(value: Any) -> None:
    try:
        arrived = received(query(float), value)
    except ArgumentError:
        assert type(value) not in (int, float) or not is_held(value)
        return
    assert [type(value)(text) for text in arrived] == ([] if value is None else [value])


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(st.datetimes(timezones=st.none() | st.timezones() | OFFSETS))
def test_any_time_with_an_offset_of_whole_minutes_arrives_exactly(value: dt.datetime) -> None:
    offset = value.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        with pytest.raises(ArgumentError):
            received(query(types.AwareDatetime), value)
        return
    (text,) = received(query(types.AwareDatetime), value)
    again = dt.datetime.fromisoformat(text)
    assert (again.replace(tzinfo=None), again.utcoffset()) == (value.replace(tzinfo=None, fold=0), offset)


@given(st.lists(st.text(), min_size=1), st.booleans())
def test_any_list_of_texts_arrives_item_by_item_or_is_refused(value: list[str], explode: bool) -> None:
    parameter = query(list[str], explode=explode)
    try:
        arrived = received(parameter, value)
    except ArgumentError:
        assert not explode
        assert any("," in text for text in value)
        return
    assert (arrived if explode or len(value) == 1 else arrived[0].split(",")) == value


def test_a_required_argument_that_is_missing_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="some_id is required"):
        build_request(operation(PATH), {})
    with pytest.raises(ArgumentError, match="body is required"):
        build_request(operation(body=Body("application/json", lambda: Cat, required=True)), {})


def test_what_is_too_long_for_a_url_is_refused_once(serve: Serve, connect: Connect) -> None:
    server = serve(page())
    api = connect(server.url)
    with pytest.raises(RealtimeKitError) as caught:
        api.request(operation(query(str)), {"x": "x" * 100_000})
    assert isinstance(caught.value, ArgumentError)
    assert server.requests == []
    assert len(api.waits) == 1


# --- bodies ---------------------------------------------------------------------------------------------------------

JSON = Body("application/json", lambda: Everything)


@pytest.mark.parametrize("body", [MINIMAL, Everything.from_dict(MINIMAL)])
def test_a_body_is_sent_as_json(serve: Serve, connect: Connect, body: Any) -> None:
    server = serve(page())
    create = Operation("create_thing", "POST", "/things", response=lambda: None, body=JSON)
    connect(server.url).request(create, body=body)
    (request,) = server.requests
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert Everything.from_dict(httpx.Response(200, content=request.body).json()) == Everything.from_dict(MINIMAL)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        MINIMAL | {"number": math.nan},
        MINIMAL | {"number": math.inf},
        MINIMAL | {"anything": [math.nan]},
        MINIMAL | {"at": "2019-12-27T18:11:19"},
        MINIMAL | {"text": "\ud800"},
        MINIMAL | {"few": 10},
        MINIMAL | {"anything": object()},
    ],
)
def test_a_body_that_breaks_the_contract_is_refused(body: Any) -> None:
    with pytest.raises(ArgumentError):
        build_request(operation(body=JSON), {}, body=body)
