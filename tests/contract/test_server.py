"""Server ↔ contract: schemathesis checks the emulator in this process, with all checks in all phases that pytest runs.

`make contract` does the same over HTTP, with the same settings and the warnings of schemathesis's command line.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
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
# Most page numbers that schemathesis makes up are beyond the last page, and most sizes are larger than any page.
LISTS = [(operation, operation.pagination) for operation in operations() if operation.pagination]
LARGEST = {
    pages["size"]: resolve(operation.parameter(pages["size"])["schema"]).get("maximum", 1000)
    for operation, pages in LISTS
    if "size" in pages
}
LIKELY: dict[str, Sequence[Any]] = {f"query.{pages['page']}": (1, 2, 3) for _, pages in LISTS}
LIKELY |= {f"query.{size}": (1, 7, largest) for size, largest in LARGEST.items()}
# Between most times that it makes up there is no meeting.
LIKELY |= {"query.start_time": ("1970-01-01T00:00:00Z",), "query.end_time": ("2100-01-01T00:00:00Z",)}
SEEDED = Emulator(record=False)
SEEDED.add_meetings(MEETINGS)
# Other ids are answered with 403 and 404.
LIKELY |= {"path.account_id": (SEEDED.account_id,), "path.app_id": (SEEDED.app_id,)}

statuses: Counter[int] = Counter()
items: Counter[int] = Counter()
refused: Counter[int] = Counter()


def schema_for(token: str | None, max_examples: int) -> BaseSchema:
    """The contract, sent to the emulator."""
    base_url = f"http://testserver/{SEEDED.base_url.split('/', 3)[3]}"
    config = configuration(max_examples=max_examples, base_url=base_url, token=token, likely=LIKELY)
    schema = openapi.from_dict(CONTRACT, config=config)
    schema.app = SEEDED.asgi
    return schema


def of_each_operation(schemas: Mapping[str, BaseSchema]) -> dict[str, BaseSchema]:
    return {
        f"{name}__{operation.id}": schema.include(operation_id=operation.id)
        for name, schema in schemas.items()
        for operation in operations()
    }


ALLOWED = schema_for(SEEDED.api_token, 180)
FORBIDDEN = {"no_token": schema_for(None, 30), "unknown_token": schema_for("nobody-has-this-token", 30)}


@one_test_each(of_each_operation({"known_token": ALLOWED}))
def test_the_emulator_keeps_the_contract(case: Case[Any]) -> None:
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
        pytest.skip("only together with the test before it")
    assert {200, 400, 401, 403, 404, 405} <= statuses.keys(), statuses
    assert sum(count for size, count in items.items() if size > 0) > 20, items
    # A page is cut to what the emulator serves at most, or it is as large as the contract allows.
    assert SEEDED.max_per_page is not None
    assert max(items) == min(SEEDED.max_per_page, *LARGEST.values()), items


@one_test_each(of_each_operation(FORBIDDEN))
def test_without_a_known_token_every_request_is_refused(case: Case[Any]) -> None:
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
        pytest.skip("only together with the test before it")
    assert refused[401] > 50, refused


def test_the_emulator_keeps_the_contract_from_response_to_request() -> None:
    """The stateful phase: it follows links from one operation to another, if the contract has any."""
    with contextlib.suppress(NoLinksFound):
        ALLOWED.as_state_machine().run(settings=settings(max_examples=20, stateful_step_count=6))
