"""What contracts may say, generated, imported and executed: the Python does what the contract says."""

from __future__ import annotations

import importlib
import inspect
import json
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest

from realtimekit_runtime.errors import DecodeError
from realtimekit_runtime.models import UNSET, AwareDatetime, Meta, Model, redacted

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
def test_every_public_name_is_there_and_documented(name: str, sdk: Sdk) -> None:
    package = sdk(name)
    for module in (package, package.models, importlib.import_module(f"{name}_sdk.errors")):
        assert set(module.__all__) <= set(dir(module))
        for public in module.__all__:
            assert inspect.getdoc(getattr(module, public)) or public == "UNSET"
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = module.nothing
    for public in (*package.models.__all__, "Client", "AsyncClient"):
        cls = getattr(package, public)
        assert cls.__module__ == f"{name}_sdk"
        assert pickle.loads(pickle.dumps(cls)) is cls
        assert typing.get_type_hints(cls) or not issubclass(cls, Model)


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


# --- schemas ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(sdk: Sdk) -> ModuleType:
    return sdk("small")


def thing(package: ModuleType, **fields: Any) -> Any:
    return package.Thing.from_dict({"data": [], **fields})


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("id", ID, "UUID"),
        ("data", [{"data": []}], "list"),
        ("parent", {"id": ID}, "Base"),
        ("nullable_ref", {}, "Base"),
        ("nullable_inline", {"a": "x"}, "ThingNullableInline"),
        ("nullable_enum", "x", "ThingNullableEnum"),
        ("level", 7, "Level"),
        ("alias", "newer", "Status"),
        # The member of the union that knows the value.
        ("pet", {"kind": "cat", "lives": 9}, "Cat"),
        ("pet", {"kind": "dog"}, "Dog"),
        ("free", {"a": 1}, "dict"),
        ("list", [1, None], "list"),
        ("date", "2024-02-29", "date"),
        ("count", 1, "int"),
        ("version", 3, "int"),
        ("anything", [{}], "list"),
    ],
)
def test_a_field_is_read_as_its_schema_says(name: str, value: Any, kind: str, small: ModuleType) -> None:
    found = thing(small, **{name: value})
    assert type(getattr(found, {"list": "list_"}.get(name, name))).__name__ == kind
    assert found.to_dict() == {"data": [], name: value}


@pytest.mark.parametrize(
    ("name", "value"), [("count", 1.5), ("version", 4), ("date", "2024-02-30"), ("free", {"a": "1"}), ("list", ["1"])]
)
def test_a_value_of_another_type_is_refused(name: str, value: Any, small: ModuleType) -> None:
    with pytest.raises(DecodeError):
        thing(small, **{name: value})


def test_nulls_in_the_older_spelling_are_a_part_of_the_type(small: ModuleType) -> None:
    hints = typing.get_type_hints(small.Thing)
    for name in ("parent", "nullable_ref", "nullable_enum", "nullable_inline", "level"):
        assert getattr(thing(small, **{name: None}), name) is None
        assert type(None) in typing.get_args(hints[name])


def test_all_of_is_one_model_with_the_fields_of_all(small: ModuleType) -> None:
    assert {"id", "data", "title"} <= typing.get_type_hints(small.Thing).keys()
    assert isinstance(thing(small, data=[{"data": []}]).data[0], small.Thing)
    assert not issubclass(small.Thing, small.Base)
    assert small.Base.from_dict({"data": {"any": [1]}}).data == {"any": [1]}


def test_the_members_of_an_enum_have_names_that_differ(small: ModuleType) -> None:
    values = {"ON": "on", "OFF": "off", "VALUE_1ST": "1st", "VALUE": "", "A_B": "a b", "A_B_6": "a-b"}
    assert {member.name: member.value for member in small.Status} == values
    assert {member.name: member.value for member in small.Level} == {"VALUE_1": 1, "VALUE_NEGATIVE_1": -1}


def test_odd_names_keep_their_wire_names(small: ModuleType) -> None:
    data = {"data": [], "to_dict": "t", "list": [1], "class": "a", "maxLength": 2, "max_length": 3, "request_id": "r"}
    found = small.Thing.from_dict(data)
    assert (found.request_id_field, found.request_id) == ("r", None)
    assert (found.to_dict_field, found.list_, found.class_, found.maxLength, found.max_length) == ("t", [1], "a", 2, 3)
    assert found.additional_properties == {}
    assert found.to_dict() == data


def test_what_is_only_written_is_missing_in_responses(small: ModuleType) -> None:
    assert thing(small).secret is UNSET


def test_secrets_are_shown_by_to_dict_alone(small: ModuleType) -> None:
    data = {"data": [{"data": [], "key": "inner-key"}], "secret": "outer-secret", "key": ""}
    found = small.Thing.from_dict(data)
    assert "outer-secret" not in repr(found)
    assert "inner-key" not in repr(found.data[0])
    assert "secret=[redacted]" in repr(found)
    shown = {"data": [{"data": [], "key": "[redacted]"}], "secret": "[redacted]", "key": ""}
    assert redacted([found, {"more": found}]) == [small.Thing.from_dict(shown), {"more": small.Thing.from_dict(shown)}]
    assert found.to_dict() == data


def test_limits_and_defaults_are_said(small: ModuleType) -> None:
    source = inspect.getsource(importlib.import_module("small_sdk.models.thing"))
    for default in ("a.", "null.", "false. Deprecated.", "0.", '"".', "off."):
        assert f"The service's default: {default}" in source
    for limits in ("At least 0.", "Exactly 1 character.", "At most 9.5. More than 0."):
        assert limits in source
    doc = inspect.getdoc(small.Client(api_token="t", account_id="a").things.get) or ""
    assert "per_page: More than 0. The service's default: 0." in doc
    assert "ids: At most 2 items." in doc
    assert "response_query: The service's default: false." in doc
    assert "status: A status. The service's default: on." in doc


def test_only_what_is_needed_is_generated(small: ModuleType) -> None:
    assert "Alias" not in small.models.__all__
    assert not [name for name in small.models.__all__ if "Sort" in name or "Wrong" in name]


# --- operations ---------------------------------------------------------------------------------------------------


def test_parameters_are_sent_where_they_belong(small: ModuleType) -> None:
    # The argument, its value, the parameter, and its text.
    queries: list[tuple[str, Any, str, str]] = [
        ("url_query", "u", "url", "u"),
        ("per_page", 1, "per_page", "1"),
        ("class_query", "q", "class", "q"),
        ("body_query", "b", "body", "b"),
        ("response_query", False, "response", "false"),
        ("day", date(2024, 2, 29), "day", "2024-02-29"),
        ("since", datetime(2024, 1, 1, tzinfo=UTC), "since", "2024-01-01T00:00:00Z"),
        ("status", "on", "status", "on"),
        ("sort", "-created", "sort", "-created"),
        ("ids", [1, 2], "ids", "1,2"),
        ("ratio", 0.07, "ratio", "0.07"),
    ]
    requests: list[httpx.Request] = []
    arguments = {argument: value for argument, value, _, _ in queries}
    client(small, {}, requests).things.get("a b/c", UUID(ID), **arguments, x_request_id="r")
    (request,) = requests
    assert request.url.raw_path.split(b"?")[0] == f"/things/a%20b%2Fc/{ID}".encode()
    assert dict(request.url.params) == {parameter: text for _, _, parameter, text in queries}
    assert request.headers["X-Request-ID"] == "r"


def test_parameters_have_the_types_of_their_schemas(small: ModuleType) -> None:
    operations = importlib.import_module("small_sdk.api.things").OPERATIONS
    types = {parameter.name: parameter.type() for parameter in operations["get"].parameters}
    assert types["thing_id"] is UUID
    assert types["since"] == AwareDatetime
    assert types["status"] is small.Status
    assert types["sort"] == Literal["created", "-created"]
    assert types["ids"] == Annotated[list[int], Meta(max_length=2)]
    assert types["ratio"] == Annotated[float, Meta(multiple_of=0.01)]
    # What the operation says of a parameter beats what its path says.
    assert types["per_page"] == Annotated[int, Meta(gt=0)]
    (of_path,) = [each.type() for each in operations["update"].parameters if each.name == "per_page"]
    assert of_path == Annotated[float, Meta(le=10)]


def test_responses_and_bodies(small: ModuleType) -> None:
    assert isinstance(client(small, {"thing": {"data": []}}).things.get("c", ID, url_query="u").thing, small.Thing)
    assert client(small, httpx.Response(204)).things.update("c", ID) is None
    assert isinstance(client(small, [{"data": []}]).things.list()[0], small.Thing)
    assert client(small, "JSON").things.text() == "JSON"
    requests: list[httpx.Request] = []
    client(small, {}, requests).things.update("c", ID, body=small.Thing(data=[]))
    assert requests[-1].headers["content-type"] == "application/merge-patch+json"
    assert json.loads(requests[-1].content) == {"data": []}


def test_text_from_the_contract_is_never_code(small: ModuleType) -> None:
    doc = inspect.getdoc(client(small, {}).things.get) or ""
    for text in (
        'Docstring """ trap \\.',
        'Backslashes \\d \\u \\x \\N{nothing} and "quotes" and {{ jinja }} {% if %} {# comment #}.',
        "ends with a backslash \\",
    ):
        assert text in " ".join(doc.split())
    assert "    an indented block of code" in doc
    assert "\nDeprecated.\n" in doc
    assert 'A tag with """ and \\N{BULLET}' in (inspect.getdoc(type(client(small, {}).things)) or "")
    assert '"quoted" \\ and {{ braces }}' in (small.__doc__ or "")


def test_the_server_and_the_version_of_the_contract(small: ModuleType) -> None:
    assert small.Client._base_url == small.AsyncClient._base_url == "https://eu.example.com/v1"
    assert small.__version__ == small.Client._version == "1.2.3"


def imported(packages: Path, use: str) -> set[str]:
    """What importing and using the small package imports."""
    code = f"""
        import sys
        sys.path.insert(0, {str(packages)!r})
        before = set(sys.modules)
        import small_sdk
        {use}
        print(*(set(sys.modules) - before))
    """
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_only_what_is_used_is_imported(packages: Path) -> None:
    assert imported(packages, "") == {"__future__", "small_sdk"}
    used = imported(packages, "small_sdk.Client(api_token='t', account_id='a').things")
    assert "small_sdk.api.things" in used
    # Models wait until the first response is read.
    assert not [name for name in used if name.startswith("small_sdk.models.")]
