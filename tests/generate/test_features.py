"""What contracts may say, generated, imported and executed: in Python it does what it says there."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

import httpx
import pytest

from realtimekit_runtime.decoding import codec
from realtimekit_runtime.errors import ArgumentError, DecodeError
from realtimekit_runtime.models import UNSET, AwareDatetime, Meta, Model, OpenIntEnum, OpenStrEnum, wire_names
from realtimekit_runtime.pagers import Pager
from realtimekit_runtime.wire_types import convert, sent_type

Sdk = Callable[[str], ModuleType]
ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
NAMES = ("empty", "modern", "names", "schemas", "vendor")


def client(package: ModuleType, response: Any, requests: list[httpx.Request] | None = None, **settings: Any) -> Any:
    """A client whose every request is answered by `response`: a JSON value, or the response itself."""

    def handle(request: httpx.Request) -> httpx.Response:
        if requests is not None:
            requests.append(request)
        return response if isinstance(response, httpx.Response) else httpx.Response(200, json=response)

    http = httpx.Client(transport=httpx.MockTransport(handle))
    settings = {"api_token": "secret-token", "account_id": "a", "base_url": "https://api.test", **settings}
    return package.Client(http_client=http, max_retries=0, **settings)


def everything(package: ModuleType, **more: Any) -> Any:
    required = {
        "pet": {"kind": "cat"},
        "nothing_said": [1],
        "nullable_ref": None,
        "maybe": None,
    }
    return package.models.Everything.from_dict(required | more)


# --- every package ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    for module in (package, package.models, __import__(f"{name}_sdk.errors", fromlist=["errors"])):
        assert set(module.__all__) <= set(dir(module))
        for public in module.__all__:
            assert inspect.getdoc(getattr(module, public)) or public == "UNSET"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.models.Nothing


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_has_its_methods(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    api = __import__(f"{name}_sdk.api", fromlist=["api"])
    sync = client(package, {})
    asynchronous = package.AsyncClient(api_token="secret-token", account_id="a", base_url="https://api.test")
    for tag in api.TAGS:
        module = __import__(f"{name}_sdk.api.{tag}", fromlist=[tag])
        resource = getattr(sync, tag)
        for method, operation in module.OPERATIONS.items():
            function = getattr(resource, method)
            assert arguments_of(getattr(getattr(asynchronous, tag), method)) == arguments_of(function)
            wanted = {parameter.python_name for parameter in operation.parameters}
            assert set(arguments_of(function)) == wanted | ({"body"} if operation.body else set())
            assert len(wanted) == len(operation.parameters)
            assert inspect.getdoc(function)


def arguments_of(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", NAMES)
def test_models_round_trip(name: str, sdk: Sdk) -> None:
    """Every model, from the smallest and from the fullest response that its annotations allow."""
    package = sdk(name)
    for public in package.models.__all__:
        cls = getattr(package.models, public)
        if not issubclass(cls, Model):
            assert issubclass(cls, OpenStrEnum | OpenIntEnum)
            continue
        codec(cls)
        for full in (False, True):
            data = example(cls, full=full)
            found = cls.from_dict(data)
            assert found.to_dict() == data, public
            assert cls.from_dict(found.to_dict()) == found
            assert pickle.loads(pickle.dumps(found)) == found
            assert copy.deepcopy(found) == found
            assert codec(cls).decode(json.dumps(data).encode()) == found
            assert codec(cls).convert({**data, "x-unknown": 1}).additional_properties == {"x-unknown": 1}


def example(hint: Any, *, full: bool, depth: int = 0) -> Any:
    """A value that a type reads."""
    if isinstance(hint, type) and issubclass(hint, Model):
        codec(hint)
        found = {}
        for name, wire in wire_names(hint).items():
            field = hint.__annotations__[name]
            if _is_required(hint, name) or (full and depth < 3):
                found[wire] = example(field, full=full, depth=depth + 1)
        return found
    if isinstance(hint, type) and issubclass(hint, OpenStrEnum | OpenIntEnum):
        return next(iter(hint)).value
    arguments = get_args(hint)
    if hasattr(hint, "__metadata__"):
        return _limited(hint, full=full, depth=depth)
    if get_origin(hint) is list:
        return [example(arguments[0], full=full, depth=depth)] if depth < 3 else []
    if get_origin(hint) is dict:
        return {"key": example(arguments[1], full=full, depth=depth)} if depth < 3 else {}
    if str(get_origin(hint)) == "typing.Literal":
        return arguments[0]
    if arguments:
        real = [argument for argument in arguments if argument not in (type(None), type(UNSET))]
        return example(real[0], full=full, depth=depth) if real else None
    # The runtime reads some types by classes of its own, which know what they stand for.
    plain: dict[Any, Any] = {str: "text", int: 3, float: 0.5, bool: True, UUID: ID, date: "2024-02-29", bytes: "AAEC"}
    if hint in plain:
        return plain[hint]
    return _custom(hint, full=full, depth=depth)


def _is_required(cls: Any, name: str) -> bool:
    import attrs

    return attrs.fields_dict(cls)[name].default is attrs.NOTHING


def _limited(hint: Any, *, full: bool, depth: int) -> Any:
    inner, meta = get_args(hint)[0], hint.__metadata__[0]
    if inner is datetime:
        return "2024-02-29T12:00:00Z"
    if inner is str:
        return "a" * max(1, meta.min_length or 1)
    if inner in (int, float):
        low = meta.ge if meta.ge is not None else (meta.gt or 0) + (0.5 if inner is float else 1)
        return inner(low)
    return example(inner, full=full, depth=min(depth, 2))


def _custom(hint: Any, *, full: bool, depth: int) -> Any:
    if hint is type(None):
        return None
    name = getattr(hint, "__name__", "")
    closure = inspect.getclosurevars(getattr(hint, "read", lambda: None)).nonlocals
    if "cls" in closure:
        return example(closure["cls"], full=full, depth=depth)
    if "members" in closure:
        return example(closure["members"][0], full=full, depth=depth)
    assert hint is Any, (hint, name, closure)
    return {"any": [1, None]}


# --- schemas ------------------------------------------------------------------------------------------------------


@pytest.fixture
def schemas(sdk: Sdk) -> ModuleType:
    return sdk("schemas")


def test_all_of_becomes_one_model(schemas: ModuleType) -> None:
    record = schemas.models.Record(id="1", name="n", nested=schemas.models.RecordNested(added=1))
    assert record.to_dict() == {"id": "1", "name": "n", "nested": {"added": 1}}
    assert record.created is UNSET  # only the service sets it
    assert record.secret is UNSET  # never in a response
    assert not issubclass(schemas.models.Record, schemas.models.Base)


def test_around_one_reference_all_of_is_that_reference(schemas: ModuleType) -> None:
    found = everything(schemas, described="on", nullable_all={"id": "1"}, nullable_ref={"id": "2"})
    assert found.described is schemas.models.Status.ON
    assert isinstance(found.nullable_all, schemas.models.Base)
    assert isinstance(found.nullable_ref, schemas.models.Base)
    assert everything(schemas, nullable_all=None).nullable_all is None


def test_a_null_in_an_optional_field_reads_none(schemas: ModuleType) -> None:
    optional = [name for name in wire_names(schemas.models.Everything) if name not in ("pet", "nothing_said")]
    found = everything(schemas, **dict.fromkeys(optional))
    assert all(getattr(found, name) is None for name in optional)
    assert found.to_dict() == {"pet": {"kind": "cat"}, "nothing_said": [1]} | dict.fromkeys(optional)


def test_a_null_in_a_required_field_is_an_error_unless_the_contract_allows_it(schemas: ModuleType) -> None:
    with pytest.raises(DecodeError) as caught:
        everything(schemas, pet=None)
    assert caught.value.path.startswith("$.pet")


def test_unknown_values_of_enums_are_kept(schemas: ModuleType) -> None:
    found = everything(schemas, nullable_enum="new", int_enum=9, pet={"kind": "cat", "lives": 9})
    assert (found.nullable_enum, found.int_enum) == ("new", 9)
    assert found.to_dict()["nullable_enum"] == "new"


def test_recursion(schemas: ModuleType) -> None:
    tree = {"value": [1, {"a": None}], "children": [{"by_name": {"x": {"parent": None}}}], "parent": {"value": 1.5}}
    found = everything(schemas, tree=tree).tree
    assert isinstance(found.children[0].by_name["x"], schemas.models.Tree)
    assert found.to_dict() == tree
    nested = {"and": [{"field": "a"}, {"and": [{"field": "b", "value": 1}]}]}
    assert everything(schemas, filter=nested).filter.to_dict() == nested


def test_a_union_beside_properties_is_a_union_of_objects_that_have_them_all(schemas: ModuleType) -> None:
    assert isinstance(everything(schemas, alternating={"a": "", "b": 1}).alternating, schemas.models.AlternatingOption1)
    assert isinstance(everything(schemas, alternating={"a": "", "c": ""}).alternating, schemas.models.AlternatingWithAC)
    with pytest.raises(DecodeError):
        everything(schemas, alternating={"b": 1})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("narrowed", [3], [2]),
        ("strict", [10], [0]),
        ("half", [1], [0, 100]),
        ("huge", [2**64 - 1], []),
        ("lists", [[[{"kind": "cat"}]]], [[]]),
        ("free_too", [{"a": 1}], [{}]),
    ],
)
def test_limits_are_enforced_on_what_is_sent_and_not_on_what_is_read(
    name: str, good: list[Any], bad: list[Any], schemas: ModuleType
) -> None:
    for value in good + bad:
        assert everything(schemas, **{name: value}).to_dict()[name] == value
    for value in good:
        convert(everything(schemas, **{name: value}).to_dict(), sent_type(schemas.models.Everything))
    for value in bad:
        with pytest.raises(ValueError, match=rf"\$\.{name}"):
            convert(everything(schemas, **{name: value}).to_dict(), sent_type(schemas.models.Everything))


def test_free_form_objects_are_dicts(schemas: ModuleType) -> None:
    found = everything(schemas, free={"a": [1]}, counts={"a": 1}, map_of_lists={"a": [{"kind": "cat"}]})
    assert found.free == {"a": [1]}
    assert isinstance(found.map_of_lists["a"][0], schemas.models.Cat)
    with pytest.raises(DecodeError):
        everything(schemas, counts={"a": "1"})


def test_only_what_is_reachable_is_generated(schemas: ModuleType) -> None:
    assert "Failure" not in schemas.models.__all__
    assert "Envelope" not in schemas.models.__all__
    assert "Status" in schemas.models.__all__


def test_what_cannot_be_expressed_is_named(packages: object, warnings: dict[str, list[str]]) -> None:
    said = "\n".join(warnings["schemas"])
    for words in (
        "`uniqueItems` cannot be expressed",
        "`not` cannot be expressed",
        "`required` names 'absent'",
        "`pattern` '(?<year>\\\\d+)' is none for Python",
        "`maxLength` of a uuid",
        "`multipleOf` 0.01 is not checked",
        "does not fit into 64 bits",
        "exclude each other",
        "contains itself",
        "not offered: application/x-www-form-urlencoded, application/xml",
        "the style 'pipeDelimited' of 'pipes' is not known; it is sent as `form`",
        "is no absolute URL",
        "none of the security schemes is a bearer token",
    ):
        assert words in said, words
    assert all(line.split(": warning: ")[0].rsplit(":", 1)[1].isdecimal() for line in warnings["schemas"])
    assert warnings["empty"] == []
    assert warnings["names"] == []


# --- operations ---------------------------------------------------------------------------------------------------


def test_parameters_are_sent_where_they_belong(schemas: ModuleType) -> None:
    requests: list[httpx.Request] = []
    client(schemas, [[1]], requests).responses.scalars(
        ids=[UUID(ID)],
        filter={"name": "n"},
        status="on",
        direction="asc",
        level=2,
        since=datetime(2024, 1, 1, tzinfo=UTC),
        ratio=0.5,
        flag=False,
        pipes=["a", "b"],
        x_ids=[1, 2],
        since_header="later",
    )
    (request,) = requests
    assert request.method == "DELETE"
    assert dict(request.url.params) | {"pipes": ""} == {
        "ids": ID,
        "filter[name]": "n",
        "status": "on",
        "direction": "asc",
        "level": "2",
        "since": "2024-01-01T00:00:00Z",
        "ratio": "0.5",
        "flag": "false",
        "pipes": "",
    }
    assert request.url.params.get_list("pipes") == ["a", "b"]
    assert (request.headers["X-Ids"], request.headers["since"]) == ("1,2", "later")


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": []},
        {"level": 4},
        {"direction": "up"},
        {"ratio": 0},
        {"ratio": 2},
        {"limited": "A"},
        {"limited": "abcde"},
        {"since": datetime(2024, 1, 1)},  # noqa: DTZ001  # that is what is wrong
        {"status": "lost"},
    ],
)
def test_arguments_are_held_against_the_contract(wrong: dict[str, Any], schemas: ModuleType) -> None:
    requests: list[httpx.Request] = []
    with pytest.raises(ArgumentError):
        client(schemas, [], requests).responses.scalars(**{"ids": [UUID(ID)], **wrong})
    assert requests == []


def test_responses_of_all_kinds(schemas: ModuleType) -> None:
    assert client(schemas, {"kind": "cat"}).responses.either() == schemas.models.Cat(kind=schemas.models.CatKind.CAT)
    assert client(schemas, httpx.Response(200, text="plain")).responses.text() == "plain"
    assert client(schemas, httpx.Response(200, content=b"\x00\xff")).responses.binary() == b"\x00\xff"
    assert client(schemas, {"any": [1]}).responses.put_binary(body=b"\x00") == {"any": [1]}
    assert (
        client(schemas, httpx.Response(200, json=True)).responses.upload(body=schemas.models.UploadBody(file=b"\x00"))
        is True
    )
    assert client(schemas, httpx.Response(200)).responses.head() is None
    assert client(schemas, [[1]]).responses.scalars(ids=[UUID(ID)]) == [[1]]


def test_no_body_where_some_responses_have_one(schemas: ModuleType) -> None:
    assert client(schemas, httpx.Response(204)).responses.either() is None


def test_the_form_of_a_union_that_knows_the_value(schemas: ModuleType) -> None:
    assert isinstance(everything(schemas, pet={"kind": "dog", "tricks": ["sit"]}).pet, schemas.models.Dog)


def test_bodies_of_all_kinds(schemas: ModuleType) -> None:
    requests: list[httpx.Request] = []
    responses = client(schemas, {}, requests).responses
    responses.put_binary(body=b"\x00\xff")
    responses.post_text(body="plain")
    responses.form(body=schemas.models.Cat(kind="cat", lives=9))
    responses.form()
    assert [(request.headers.get("content-type"), request.content) for request in requests] == [
        ("application/octet-stream", b"\x00\xff"),
        ("text/plain", b"plain"),
        ("application/json", b'{"kind":"cat","lives":9}'),
        (None, b""),
    ]


def test_odd_names_are_sent_as_the_contract_has_them(sdk: Sdk) -> None:
    package = sdk("names")
    requests: list[httpx.Request] = []
    odd = {"class": "c", "id": 1, "": "empty", "to_dict": "t", "ﬁ": "f", "values": 'it\'s "x"', "numbers": -1}
    found = client(package, odd, requests).r2_buckets_list_items.things_create_one_thing(
        "a b",
        "c/d",
        "..x",
        7,
        body_query="q",
        body=package.models.Odd.from_dict(odd),
        class_query="query",
        list=["1", "2"],
        date=date(2024, 2, 29),
        datetime=datetime(2024, 1, 1, tzinfo=UTC),
        int=5,
        filter_name="f",
        x_request_id="r",
        session_id="s",
    )
    (request,) = requests
    assert request.url.raw_path.split(b"?")[0] == b"/things/a%20b/c%2Fd/..x/7"
    assert list(request.url.params.multi_items()) == [
        ("class", "query"),
        ("body", "q"),
        ("list", "1"),
        ("list", "2"),
        ("date", "2024-02-29"),
        ("datetime", "2024-01-01T00:00:00Z"),
        ("int", "5"),
        ("filter[name]", "f"),
    ]
    assert (request.headers["X-Request-ID"], request.headers["Cookie"]) == ("r", "session id=s")
    assert json.loads(request.content) == odd
    assert found.to_dict() == odd
    assert (found.class_, found.id, found.field, found.field_to_dict) == ("c", 1, "empty", "t")
    assert found.values is package.models.Values.ITS_X


def test_text_from_the_contract_is_never_code(sdk: Sdk) -> None:
    resource = client(sdk("names"), {}).r2_buckets_list_items
    doc = inspect.getdoc(resource.things_create_one_thing)
    assert doc
    assert 'Docstring """ trap \\.' in doc
    assert "Backslashes \\d \\u \\x \\N{nothing}" in doc
    assert "{{ jinja }} {% if %} {# comment #}" in " ".join(doc.split())
    assert "    an indented block of code" in doc
    assert "ends with a backslash \\" in doc


def test_a_method_named_like_a_builtin_shadows_nothing(sdk: Sdk) -> None:
    package = sdk("names")
    shadow = {"date": "2024-02-29", "list": ["a"], "str": "s"}
    resource = client(package, [shadow]).client
    assert resource.list()[0].date == date(2024, 2, 29)
    assert client(package, "2024-02-29").client.date() == date(2024, 2, 29)
    assert client(package, {"k": shadow}).client.models()["k"].list == ["a"]


def test_the_server_of_the_contract(sdk: Sdk) -> None:
    for name, url in (
        ("names", "https://eu.example.com/v1"),
        ("modern", "https://modern.example.com"),
        ("schemas", ""),
        ("empty", ""),
    ):
        assert sdk(name).Client._base_url == sdk(name).AsyncClient._base_url == url
    assert sdk("modern").__version__ == sdk("modern").Client._version == "3.1.4-beta.2"


# --- the 3.1 dialect, pages ---------------------------------------------------------------------------------------


def event(number: int) -> dict[str, Any]:
    return {
        "event-id": str(UUID(int=number)),
        "kind": "event",
        "at": "2024-01-01T00:00:00Z",
        "source": {"host": "h"},
    }


def test_a_pager_where_the_contract_says_so(sdk: Sdk) -> None:
    package = sdk("modern")
    page = {"data": [event(1)], "paging": {"total": 1}}
    events = client(package, page).events
    assert isinstance(events.list(before=datetime(2024, 1, 1, tzinfo=UTC)), Pager)
    found = events.list(before=datetime(2024, 1, 1, tzinfo=UTC)).first_page()
    assert isinstance(found, package.models.EventPage)
    assert isinstance(found.data[0].source, package.models.SourceMachine)
    assert "pager" in (inspect.getdoc(events.list) or "")


def test_what_the_operation_says_of_a_parameter_beats_its_path(sdk: Sdk) -> None:
    events = client(sdk("modern"), {}).events
    with pytest.raises(ArgumentError, match="per_page"):
        events.list(before=datetime(2024, 1, 1, tzinfo=UTC), per_page=0).first_page()


def test_extensions_of_the_operation(sdk: Sdk) -> None:
    package = sdk("modern")
    from modern_sdk.api.events import OPERATIONS  # type: ignore[import-not-found]

    assert OPERATIONS["list"].permissions == ("Events Read",)
    assert OPERATIONS["list"].pagination.key == "event-id"
    assert [(p.python_name, p.type()) for p in OPERATIONS["list"].parameters] == [
        ("account_id", Annotated[str, Meta(max_length=32)]),
        ("page_no", int),
        ("per_page", Annotated[int, Meta(gt=0, le=100)]),
        ("before", AwareDatetime),
    ]
    assert list(OPERATIONS) == ["list", "get", "delete", "update", "fetch_all"]
    signature = inspect.signature(package.Client(api_token="t", account_id="a").events.list)
    assert signature.parameters["before"].default is inspect.Parameter.empty
    assert signature.parameters["account_id"].default is None


def test_account_id_comes_from_the_client_where_left_out(sdk: Sdk) -> None:
    requests: list[httpx.Request] = []
    events = client(sdk("modern"), event(1), requests).events
    events.get("e")
    events.get("e", account_id="other")
    assert [request.url.path for request in requests] == ["/accounts/a/events/e", "/accounts/other/events/e"]


def test_a_whole_document_of_a_vendor(sdk: Sdk) -> None:
    package = sdk("vendor")
    from vendor_sdk.api import TAGS  # type: ignore[import-not-found]

    assert len(TAGS) == 12
    meeting = {"id": ID, "name": None, "status": "1st", "config": {"max_video_streams": {"mobile": 1}}}
    page = client(package, {"success": True, "data": [meeting], "paging": {"total_count": 1}})
    found = page.meetings.get_all("app", filters=["a"], sort_order="DESC")
    assert found.data[0].status is package.models.KitMeetingStatus.VALUE_1ST
    assert found.data[0].config.max_video_streams.mobile == 1
    one = client(package, {"success": True, "data": {**meeting, "storage": {"type": "sftp", "host": "h"}}})
    storage = one.meetings.get_by_id("app", UUID(ID)).data.storage
    assert isinstance(storage, package.models.KitSftp)
