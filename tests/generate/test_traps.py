"""What the stock generator gets wrong, as far as it lies in generated code: none of it is left in ours.

What lies in the runtime (transport, errors, decoding) is tested with the runtime.
"""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from generation.contract import Contract, ContractError
from generation.output import ROOT, render

import realtimekit
from realtimekit import UNSET, ArgumentError, Client, DecodeError, Meeting, MeetingPage, MeetingStatus, NotFoundError
from realtimekit.api.meetings import LIST_MEETINGS, OPERATIONS, Meetings
from realtimekit_runtime.models import Meta

GENERATED = Path(realtimekit.__file__).parent
MEETING = {
    "id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "created_at": "2019-12-27T18:11:19.117Z",
    "updated_at": "2019-12-27T18:11:19.117Z",
}


def source() -> str:
    return "\n".join(path.read_text() for path in GENERATED.rglob("*.py"))


def client(status: int, response: Any) -> Client:
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status, json=response)))
    return Client(api_token="secret-token", account_id="a", http_client=http, max_retries=0)


def test_the_parser_drops_servers_and_we_do_not() -> None:
    assert Client._base_url == "https://api.cloudflare.com/client/v4"


def test_the_parser_drops_extensions_and_we_do_not() -> None:
    assert OPERATIONS["list"] == LIST_MEETINGS
    assert LIST_MEETINGS.permissions == ("Realtime Admin", "Realtime")
    pagination = LIST_MEETINGS.pagination
    assert pagination
    assert [getattr(pagination, name) for name in ("page", "size", "items", "total", "end", "key")] == [
        "page_no",
        "per_page",
        "data",
        "paging.total_count",
        "paging.end_offset",
        "id",
    ]
    assert inspect.signature(Meetings.list).parameters["page_no"].annotation == "int | None"


def test_the_parser_drops_limits_and_descriptions_and_we_do_not() -> None:
    types = {parameter.name: parameter.type() for parameter in LIST_MEETINGS.parameters}
    assert types["account_id"] == Annotated[str, Meta(max_length=32)]
    assert types["app_id"] == Annotated[str, Meta(max_length=36)]
    assert types["page_no"] == Annotated[int, Meta(ge=0)]
    assert all(parameter.description for parameter in LIST_MEETINGS.parameters)
    doc = " ".join((inspect.getdoc(Meetings.list) or "").split())
    assert "app_id: The app identifier tag. At most 36 characters." in doc
    assert "Realtime Admin, Realtime" in doc
    assert "From 60 to 600." in source()


def test_documented_errors_are_raised_not_returned() -> None:
    with pytest.raises(NotFoundError):
        client(404, {"success": False, "error": {"code": 404, "message": "No"}}).meetings.list("app").first_page()
    assert "Error" not in str(inspect.signature(Meetings.list).return_annotation)
    assert not any("Error" in name for name in realtimekit.models.__all__)


def test_an_unknown_value_costs_nothing() -> None:
    found = Meeting.from_dict({**MEETING, "status": "ARCHIVED"})
    assert found.status == "ARCHIVED"
    assert isinstance(found.status, MeetingStatus)


def test_a_missing_field_survives_pickling_and_copying() -> None:
    found = Meeting.from_dict(MEETING)
    for same in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found), copy.copy(found)):
        assert same.title is UNSET
        assert same == found


def test_a_null_list_is_a_named_error() -> None:
    with pytest.raises(DecodeError) as caught:
        MeetingPage.from_dict({"data": None, "paging": {}, "success": True})
    assert caught.value.path == "$.data"


@pytest.mark.parametrize("wrong", [{"account_id": ".."}, {"start_time": datetime(2024, 1, 1)}, {"page_no": True}])  # noqa: DTZ001
def test_what_would_go_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        client(200, {}).meetings.list("app", **wrong).first_page()
    assert client(404, {}).meetings.list("app", start_time=datetime(2024, 1, 1, tzinfo=UTC))


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import realtimekit; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['__future__', 'realtimekit']\n"


def test_using_a_resource_imports_no_model() -> None:
    code = (
        "import sys, realtimekit; realtimekit.Client(api_token='t', account_id='a').meetings;"
        "print([name for name in sys.modules if name.startswith('realtimekit.models.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- contracts that are broken at random --------------------------------------------------------------------------

ODD: list[Any] = [
    None,
    [],
    {},
    "",
    "x",
    1,
    -1.5,
    True,
    False,
    {"a": 1},
    {"$ref": "#/nowhere"},
    {"$ref": 1},
    [None],
    10**30,
]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*place, key))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_wrong_is_said_in_one_line_or_read(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    document = Contract(Path(__file__).parent / "small.yaml").original
    everywhere = list(places(document))
    for number in range(40):
        broken = copy.deepcopy(document)
        place = chance.choice(everywhere)
        around: Any = broken
        for key in place[:-1]:
            around = around[key]
        around[place[-1]] = copy.deepcopy(chance.choice(ODD))
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(broken))
        said = ""
        try:
            render(Contract.read(file), ROOT / "generator-config.yml", tmp_path / str(number))
        except ContractError as error:
            said = str(error)
        except Exception as error:
            raise AssertionError(f"{place} -> {around[place[-1]]!r}") from error
        assert re.fullmatch(rf"({re.escape(str(file))}:\d+: .+)?", said), place
        assert " object at 0x" not in said, place
        for path in (tmp_path / str(number)).rglob("*.py"):
            compile(path.read_bytes(), str(path), "exec")
