"""One item that breaks the contract: it is named, or left out so that the others can be read."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from realtimekit import Client, ConfigurationError, DecodeError, MeetingPage
from tests.clients import Connect

from .scripted import PAGE, Serve, response, send

MEETING = PAGE["data"][0]
PAGING = {"start_offset": 1, "end_offset": 5, "total_count": 5}
IDS = [f"00000000-0000-4000-8000-{number:012x}" for number in range(5)]


def page_with(changes: dict[int, Any], **more: Any) -> bytes:
    """A page of five meetings, some of them changed."""
    meetings = [{**MEETING, "id": each} for each in IDS]
    for index, change in changes.items():
        meetings[index] = {**meetings[index], **change} if isinstance(change, dict) else change
    return response(200, {**PAGE, "data": meetings, "paging": PAGING, **more})


def test_an_invalid_item_is_named_with_the_way_around_it(serve: Serve, connect: Connect) -> None:
    with pytest.raises(DecodeError) as caught:
        connect(serve(send(page_with({3: {"title": 7}}))).url).first_page()
    assert caught.value.path == "$.data[3].title"
    assert caught.value.item == IDS[3]
    assert f"id '{IDS[3]}'" in str(caught.value)
    assert "invalid_items='skip'" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({1: {"title": 7}}, ["$.data[1].title"]),
        ({0: {"created_at": "yesterday"}, 4: {"id": None}}, ["$.data[0].created_at", "$.data[4].id"]),
        ({2: None}, ["$.data[2]"]),
        ({index: {"status": 1} for index in range(5)}, [f"$.data[{index}].status" for index in range(5)]),
    ],
)
def test_the_other_items_are_read(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture, changes: dict[int, Any], paths: list[str]
) -> None:
    api = connect(serve(send(page_with(changes, new="kept"))).url, invalid_items="skip")
    page = api.first_page()
    assert [str(meeting.id) for meeting in page.data] == [each for at, each in enumerate(IDS) if at not in changes]
    assert [error.path for error in page.invalid] == paths
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == len(paths)
    for warning, path in zip(warnings, paths, strict=True):
        assert path in warning
    assert page.additional_properties == {"new": "kept"}


def test_a_loop_over_the_list_counts_what_was_left_out(serve: Serve, connect: Connect) -> None:
    server = serve(send(page_with({1: {"title": 7}, 3: 0})))
    assert len(connect(server.url, invalid_items="skip").items()) == 3
    assert len(server.requests) == 1


def test_a_good_page_has_no_invalid_items(serve: Serve, connect: Connect) -> None:
    assert connect(serve(send(page_with({}))).url, invalid_items="skip").first_page().invalid == ()
    assert MeetingPage.from_dict(PAGE).invalid == ()


@pytest.mark.parametrize(
    "body",
    [
        {**PAGE, "paging": None},
        {**PAGE, "data": {}},
        {**PAGE, "data": [1], "success": "no"},
        {"data": []},
        [],
        b'{"data": 1, ' + json.dumps(PAGE).encode()[1:],
    ],
)
@pytest.mark.parametrize("invalid_items", ["raise", "skip"])
def test_what_is_wrong_elsewhere_still_raises(serve: Serve, connect: Connect, body: Any, invalid_items: str) -> None:
    api = connect(serve(send(response(200, body))).url, invalid_items=invalid_items)
    with pytest.raises(DecodeError):
        api.first_page()


def test_a_page_of_invalid_items_is_not_left_out(serve: Serve, connect: Connect) -> None:
    api = connect(serve(send(response(200, {**PAGE, "data": [None] * 1000}))).url, invalid_items="skip")
    with pytest.raises(DecodeError, match=r"\$\.data\[0\]"):
        api.first_page()


def test_only_two_ways_are_known() -> None:
    with pytest.raises(ConfigurationError, match="'raise' or 'skip'"):
        Client(api_token="token", invalid_items="ignore")  # type: ignore[arg-type]
