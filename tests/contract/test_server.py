"""Server ↔ contract: schemathesis checks the emulator in this process, with all checks in all phases that pytest runs.

`make contract` does the same over HTTP, with the same settings and the warnings of schemathesis's command line.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings
from schemathesis import BaseSchema, Case, Response, openapi
from schemathesis.errors import NoLinksFound

from realtimekit_emulator import Emulator

from .configuration import configuration, one_test_each
from .contract import CONTRACT, operations, resolve

# The likely pages, 1 to 3, are full even at the largest size that the emulator serves.
MEETINGS = 300


def schema_for(emulator: Emulator, *known: str, max_examples: int, token: str | None) -> BaseSchema:
    """The contract, sent to an emulator in this process; all path values except the known ones are made up."""
    ids = {f"path.{name}": getattr(emulator, name) for name in known}
    likely = LIKELY_PAGES if len(known) > 1 else None
    base_url = f"http://testserver/{emulator.base_url.split('/', 3)[3]}"
    config = configuration(max_examples=max_examples, base_url=base_url, token=token, parameters=ids, likely=likely)
    schema = openapi.from_dict(CONTRACT, config=config)
    schema.app = emulator.asgi
    return schema


# The path values that the emulator knows.
IDS = sorted(
    {p["name"] for each in operations() for p in each.parameters if p["in"] == "path"} & {"account_id", "app_id"}
)
SEEDED = Emulator(record=False)
# Most page numbers that schemathesis makes up are beyond the last page, and most sizes are larger than any page.
LISTS = [(operation, operation.pagination) for operation in operations() if operation.pagination]
LARGEST = {
    pages["size"]: resolve(operation.parameter(pages["size"])["schema"]).get("maximum", 1000)
    for operation, pages in LISTS
    if "size" in pages
}
LIKELY_PAGES: dict[str, Sequence[int]] = {f"query.{pages['page']}": (1, 2, 3) for _, pages in LISTS}
LIKELY_PAGES |= {f"query.{size}": (1, 7, largest) for size, largest in LARGEST.items()}
SEEDED.add_meetings(MEETINGS)
ANY_IDS = schema_for(SEEDED, max_examples=40, token=SEEDED.api_token)
ANY_APP = schema_for(SEEDED, *IDS[:1], max_examples=40, token=SEEDED.api_token)
KNOWN_IDS = schema_for(SEEDED, *IDS, max_examples=100, token=SEEDED.api_token)
NO_TOKEN = schema_for(SEEDED, max_examples=30, token=None)
WRONG_TOKEN = schema_for(SEEDED, *IDS, max_examples=30, token="nobody-has-this-token")

PATHS = {path: "_".join(each.id for each in operations() if each.path == path) for path in CONTRACT["paths"]}
statuses: Counter[int] = Counter()
items: Counter[int] = Counter()
refused: Counter[int] = Counter()


@one_test_each(ANY_IDS, PATHS)
def test_the_emulator_keeps_the_contract_for_any_request(case: Case[Any]) -> None:
    statuses[case.call_and_validate().status_code] += 1


@one_test_each(ANY_APP, PATHS)
def test_the_emulator_keeps_the_contract_for_any_app(case: Case[Any]) -> None:
    statuses[case.call_and_validate().status_code] += 1


@one_test_each(KNOWN_IDS, PATHS)
def test_the_emulator_keeps_the_contract_for_full_pages(case: Case[Any]) -> None:
    response = case.call_and_validate()
    statuses[response.status_code] += 1
    if response.status_code == 200 and case.method == "GET":
        items[number_of_items(case, response)] += 1


def number_of_items(case: Case[Any], response: Response) -> int:
    """How many items a page has; -1 where the operation is no list."""
    operation = next(each for each in operations() if each.path == case.path and each.method == case.method)
    if operation.pagination is None:
        return -1
    found = response.json()
    for step in operation.pagination["items"].split("."):
        found = found[step]
    return len(found)


def test_there_were_good_and_bad_requests_and_full_pages() -> None:
    if not items:
        pytest.skip("only together with the tests before it")
    assert {200, 400, 401, 403, 404, 405} <= statuses.keys(), statuses
    assert sum(count for size, count in items.items() if size > 0) > 20, items
    # A page is cut to what the emulator serves at most, or it is as large as the contract allows.
    assert SEEDED.max_per_page is not None
    assert max(items) == min(SEEDED.max_per_page, *LARGEST.values()), items


@one_test_each(NO_TOKEN, PATHS)
def test_without_a_token_every_request_is_refused(case: Case[Any]) -> None:
    check_refused(case)


@one_test_each(WRONG_TOKEN, PATHS)
def test_with_an_unknown_token_every_request_is_refused(case: Case[Any]) -> None:
    check_refused(case)


def check_refused(case: Case[Any]) -> None:
    response = case.call()
    header: Any = response.request.headers.get("Authorization")
    sent = header.decode("latin-1") if isinstance(header, bytes) else header
    codes = {error["code"] for error in json.loads(response.content)["errors"]}
    # The gateway calls a header malformed that is not a bearer's.
    is_malformed = sent is not None and re.fullmatch(r"Bearer +[A-Za-z0-9._~+/-]+=* *", sent, re.IGNORECASE) is None
    expected = (400, {6003}) if is_malformed and sent else (401, {10000} if not sent else {9109})
    assert (response.status_code, codes) == expected
    refused[response.status_code] += 1
    case.operation.validate_response(response)


def test_most_refused_requests_had_the_status_401() -> None:
    if not refused:
        pytest.skip("only together with the tests before it")
    assert refused[401] > 50, refused


def test_the_emulator_keeps_the_contract_from_response_to_request() -> None:
    """The stateful phase: it follows links from one operation to another, if the contract has any."""
    with contextlib.suppress(NoLinksFound):
        KNOWN_IDS.as_state_machine().run(settings=settings(max_examples=20, stateful_step_count=6))
