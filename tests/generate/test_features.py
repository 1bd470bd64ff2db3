"""What contracts may say, generated, imported and executed: the Python does what the contract says."""

from __future__ import annotations

import importlib
import inspect
import json
import pickle
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any, Literal
from uuid import UUID

import httpx
import pytest

from realtimekit_runtime.errors import ArgumentError, DecodeError
from realtimekit_runtime.models import UNSET, Model

Sdk = Callable[[str], ModuleType]
ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


def client(package: ModuleType, response: Any, requests: list[httpx.Request] | None = None) -> Any:
    """A client whose every request is answered by `response`: a JSON value, or the response itself."""

    def handle(request: httpx.Request) -> httpx.Response:
        if requests is not None:
            requests.append(request)
        return response if isinstance(response, httpx.Response) else httpx.Response(200, json=response)

    http = httpx.Client(transport=httpx.MockTransport(handle))
    settings = {"api_token": "secret-token", "account_id": "a", "base_url": "https://api.test"}
    return package.Client(http_client=http, max_retries=0, **settings)


# --- every package ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["small", "vendor"])
def test_every_name_is_there(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    for module in (package, package.models, importlib.import_module(f"{name}_sdk.errors")):
        assert set(module.__all__) <= set(dir(module))
        for public in module.__all__:
            assert inspect.getdoc(getattr(module, public)) or public == "UNSET"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.models.Nothing


@pytest.mark.parametrize("name", ["small", "vendor"])
def test_every_class_says_that_it_is_of_the_package(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    for public in (*package.models.__all__, "Client", "AsyncClient"):
        cls = getattr(package, public)
        assert cls.__module__ == f"{name}_sdk"
        assert pickle.loads(pickle.dumps(cls)) is cls
        if issubclass(cls, Model):
            assert {"return"}.isdisjoint(typing.get_type_hints(cls))


@pytest.mark.parametrize("name", ["small", "vendor"])
def test_every_operation_has_its_methods(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    sync = client(package, {})
    asynchronous = package.AsyncClient(api_token="secret-token", account_id="a", base_url="https://api.test")
    for tag in importlib.import_module(f"{name}_sdk.api").TAGS:
        for method, operation in importlib.import_module(f"{name}_sdk.api.{tag}").OPERATIONS.items():
            arguments = list(inspect.signature(getattr(getattr(sync, tag), method)).parameters)
            assert arguments == list(inspect.signature(getattr(getattr(asynchronous, tag), method)).parameters)
            wanted = {parameter.python_name for parameter in operation.parameters}
            assert set(arguments) == wanted | ({"body"} if operation.body else set())
            assert len(wanted) == len(operation.parameters)


# --- schemas ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(sdk: Sdk) -> ModuleType:
    return sdk("small")


def thing(package: ModuleType, **fields: Any) -> Any:
    return package.Thing.from_dict({"data": [], **fields})


def test_all_of_is_one_model_with_the_fields_of_all(small: ModuleType) -> None:
    found = thing(small, id=ID, data=[{"data": []}], title="t")
    assert (found.id, found.title) == (UUID(ID), "t")
    assert isinstance(found.data[0], small.Thing)
    assert not issubclass(small.Thing, small.Base)


def test_nulls_in_the_older_spelling(small: ModuleType) -> None:
    hints = typing.get_type_hints(small.Thing)
    for name in ("parent", "nullable_ref", "nullable_enum", "nullable_inline", "level"):
        assert getattr(thing(small, **{name: None}), name) is None
        assert type(None) in typing.get_args(hints[name])
    assert isinstance(thing(small, parent={"id": ID}).parent, small.Base)
    assert isinstance(thing(small, nullable_inline={"a": "x"}).nullable_inline, small.ThingNullableInline)
    assert thing(small, nullable_enum="x").nullable_enum is small.ThingNullableEnum.X
    assert thing(small, list=[1, None]).list_ == [1, None]


def test_enums(small: ModuleType) -> None:
    values = {"ON": "on", "OFF": "off", "VALUE_1ST": "1st", "VALUE": "", "A_B": "a b", "A_B_6": "a-b"}
    assert {member.name: member.value for member in small.Status} == values
    assert {member.name: member.value for member in small.Level} == {"VALUE_1": 1, "VALUE_NEGATIVE_1": -1}
    found = thing(small, alias="newer", level=7)
    assert (found.alias, found.level) == ("newer", 7)
    assert found.to_dict() == {"data": [], "alias": "newer", "level": 7}


def test_the_member_of_a_union_that_knows_the_value(small: ModuleType) -> None:
    assert isinstance(thing(small, pet={"kind": "cat", "lives": 9}).pet, small.Cat)
    assert isinstance(thing(small, pet={"kind": "dog"}).pet, small.Dog)


def test_free_form_objects_are_dicts(small: ModuleType) -> None:
    assert thing(small, free={"a": 1}).free == {"a": 1}
    with pytest.raises(DecodeError):
        thing(small, free={"a": "1"})
    assert small.Base.from_dict({"data": {"any": [1]}}).data == {"any": [1]}


def test_odd_names_keep_their_wire_names(small: ModuleType) -> None:
    data = {"data": [], "to_dict": "t", "list": [1], "class": "a", "date": "2024-02-29"}
    found = small.Thing.from_dict(data)
    assert (found.to_dict_field, found.list_, found.class_, found.date) == ("t", [1], "a", date(2024, 2, 29))
    assert found.to_dict() == data


def test_what_is_only_written_is_missing_in_responses(small: ModuleType) -> None:
    assert thing(small).secret is UNSET


def test_a_number_that_counts_is_an_int(small: ModuleType) -> None:
    assert typing.get_type_hints(small.Thing)["count"] == int | None | type(UNSET)
    with pytest.raises(DecodeError):
        thing(small, count=1.5)


def test_a_constant_is_a_literal(small: ModuleType) -> None:
    assert typing.get_type_hints(small.Thing)["version"] == Literal[3] | None | type(UNSET)
    with pytest.raises(DecodeError):
        thing(small, version=4)


def test_every_default_is_said(small: ModuleType, packages: object) -> None:
    source = inspect.getsource(importlib.import_module("small_sdk.models.thing"))
    for default in ("a.", "null.", "false. Deprecated.", "0.", '"".', "off."):
        assert f"The service's default: {default}" in source
    doc = inspect.getdoc(small.Client(api_token="t", account_id="a").things.get) or ""
    assert "per_page: More than 0. The service's default: 0." in doc
    assert "response_query: The service's default: false." in doc
    assert "status: A status. The service's default: on." in doc


def test_only_what_is_needed_is_generated(small: ModuleType) -> None:
    assert "Alias" not in small.models.__all__
    assert not [name for name in small.models.__all__ if "Sort" in name]


# --- operations ---------------------------------------------------------------------------------------------------


def test_parameters_are_sent_where_they_belong(small: ModuleType) -> None:
    requests: list[httpx.Request] = []
    client(small, {}, requests).things.get(
        "a b/c",
        UUID(ID),
        url_query="u",
        per_page=1,
        class_query="q",
        body_query="b",
        response_query=False,
        day=date(2024, 2, 29),
        since=datetime(2024, 1, 1, tzinfo=UTC),
        status="on",
        sort="-created",
        ids=[1, 2],
        ratio=0.07,
        x_request_id="r",
    )
    (request,) = requests
    assert request.url.raw_path.split(b"?")[0] == f"/things/a%20b%2Fc/{ID}".encode()
    assert dict(request.url.params) == {
        "url": "u",
        "per_page": "1",
        "class": "q",
        "body": "b",
        "response": "false",
        "day": "2024-02-29",
        "since": "2024-01-01T00:00:00Z",
        "status": "on",
        "sort": "-created",
        "ids": "1,2",
        "ratio": "0.07",
    }
    assert request.headers["X-Request-ID"] == "r"


@pytest.mark.parametrize(
    "wrong",
    [{"per_page": 0}, {"sort": "up"}, {"status": "lost"}, {"ids": [1, 2, 3]}, {"since": datetime(2024, 1, 1)}],  # noqa: DTZ001
)
def test_arguments_are_checked_against_the_contract(wrong: dict[str, Any], small: ModuleType) -> None:
    requests: list[httpx.Request] = []
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        client(small, {}, requests).things.get("c", UUID(ID), url_query="u", **wrong)
    assert requests == []


def test_what_the_operation_says_of_a_parameter_beats_its_path(small: ModuleType) -> None:
    things = importlib.import_module("small_sdk.api.things")
    types = {
        name: next(p.type() for p in operation.parameters if p.name == "per_page")
        for name, operation in things.OPERATIONS.items()
        if name in ("get", "update")
    }
    assert [typing.get_args(found)[0] for found in types.values()] == [int, float]


def test_responses_and_bodies_of_all_kinds(small: ModuleType) -> None:
    assert isinstance(client(small, {"thing": {"data": []}}).things.get("c", ID, url_query="u").thing, small.Thing)
    assert client(small, httpx.Response(204)).things.update("c", ID) is None
    assert isinstance(client(small, [{"data": []}]).things.list()[0], small.Thing)
    assert client(small, "JSON").things.text() == "JSON"
    requests: list[httpx.Request] = []
    found = client(small, {}, requests)
    found.things.update("c", ID, body=small.Thing(data=[]))
    assert requests[-1].headers["content-type"] == "application/merge-patch+json"
    assert json.loads(requests[-1].content) == {"data": []}


def test_text_from_the_contract_is_never_code(small: ModuleType) -> None:
    doc = inspect.getdoc(client(small, {}).things.get) or ""
    assert 'Docstring """ trap \\.' in doc
    assert 'Backslashes \\d \\u \\x \\N{nothing} and "quotes" and {{ jinja }} {% if %} {# comment #}.' in " ".join(
        doc.split()
    )
    assert "    an indented block of code" in doc
    assert "ends with a backslash \\" in doc
    assert "\nDeprecated.\n" in doc
    assert 'A tag with """ and \\N{BULLET}' in (inspect.getdoc(type(client(small, {}).things)) or "")
    assert '"quoted" \\ and {{ braces }}' in (small.__doc__ or "")


def test_the_server_of_the_contract(sdk: Sdk) -> None:
    assert sdk("small").Client._base_url == sdk("small").AsyncClient._base_url == "https://eu.example.com/v1"
    assert sdk("small").__version__ == sdk("small").Client._version == "1.2.3"


def test_a_whole_document_of_a_vendor(sdk: Sdk) -> None:
    package = sdk("vendor")
    tags = importlib.import_module("vendor_sdk.api").TAGS
    operations = [len(importlib.import_module(f"vendor_sdk.api.{tag}").OPERATIONS) for tag in tags]
    assert (len(tags), sum(operations)) == (12, 72)
    meeting = {"id": ID, "name": None, "status": "1st", "config": {"max_video_streams": {"mobile": 1}}}
    page = client(package, {"success": True, "data": [meeting], "paging": {"total_count": 1}})
    found = page.meetings.get_all("app", filters=["a"], sort_order="DESC")
    assert found.data[0].status is package.KitMeetingStatus.VALUE_1ST
    assert found.data[0].config.max_video_streams.mobile == 1
    one = client(package, {"success": True, "data": {**meeting, "storage": {"type": "sftp", "host": "h"}}})
    storage = one.meetings.get_by_id("app", UUID(ID)).data.storage
    assert isinstance(storage, package.KitSftp)
