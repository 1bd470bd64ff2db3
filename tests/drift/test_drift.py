"""`make drift`: what it says of a vendor's document, compared with a small contract. Redocly is the real one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import drift
import pytest
import yaml
from comparison.redocly import PROGRAM, ComparisonError

from tests.runtime.scripted import Server, response, send

pytestmark = pytest.mark.skipif(not PROGRAM.is_file(), reason="needs Redocly: run `make node`")

Document = dict[str, Any]
PATH = "/accounts/{account_id}/realtime/kit/{app_id}/meetings"
TESTS = Path(__file__).parents[1]


def contract() -> Document:
    """The frozen contract, with permissions, a null, and the reasons for what the vendor does not have."""
    document: Document = yaml.safe_load((TESTS / "regenerate" / "frozen.yaml").read_text("utf-8"))
    found, components = operation(document), document["components"]
    found["x-api-token-group"] = ["Realtime Admin", "Realtime"]
    found["x-departure"] = {"responses": "No errors are documented."}
    found["responses"]["200"]["x-departure"] = {"headers": "No headers are documented."}
    components["schemas"]["Meeting"]["properties"]["title"]["type"] = ["string", "null"]
    components["parameters"]["app_id"]["schema"]["x-departure"] = {"maxLength": "Ids are longer."}
    counts = [components["parameters"][name]["schema"] for name in ("page_no", "per_page")]
    for schema in [*counts, *components["schemas"]["Paging"]["properties"].values()]:
        schema["x-departure"] = {"x-python-type": "It counts.", "multipleOf": "It counts."}
    return document


def vendor() -> Document:
    """The vendor's document, which says the same."""
    document: Document = yaml.safe_load((TESTS / "drift" / "vendor.yaml").read_text("utf-8"))
    return document


def operation(document: Document) -> Document:
    found: Document = document["paths"][PATH]["get"]
    return found


def parameter(document: Document, name: str) -> Document:
    found: Document = next(each for each in operation(document)["parameters"] if each["name"] == name)
    return found


def fields(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["kit_meeting"]["properties"]
    return found


Compare = Callable[..., tuple[int, str]]


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Compare the contract with a vendor's document; return the exit code and what is printed."""

    def call(theirs: Document, ours: Document | None = None) -> tuple[int, str]:
        code = drift.show_drift(ours or contract(), theirs, tmp_path)
        return code, capsys.readouterr().out

    return call


def test_the_same_in_other_words_is_in_step(compare: Compare) -> None:
    code, out = compare(vendor())
    assert code == 0, out
    assert "In step" in out
    assert "2 operations beside ours" in out
    assert "Known: Ids are longer.\n  components.parameters.app_id.schema.maxLength: 36; the vendor: -\n" in out
    assert "Known: No errors are documented.\n  list_meetings.responses.4XX" in out


def add_parameter(document: Document, *, required: bool = False) -> None:
    added = {"name": "search", "in": "query", "required": required, "schema": {"type": "string", "nullable": True}}
    operation(document)["parameters"].insert(0, added)


def add_field(document: Document) -> None:
    document["components"]["schemas"]["kit_size"] = {"type": "integer", "minimum": 1, "example": 2}
    size = {"allOf": [{"$ref": "#/components/schemas/kit_size"}], "description": "Pixels."}
    fields(document)["video"] = {"type": "object", "properties": {"width": size}}


def rename_field(document: Document) -> None:
    fields(document)["titles"] = fields(document).pop("title") | {"maxLength": 9}


MEETING = "components.schemas.Meeting.properties"
VIDEO = '{"type": "object", "properties": {"width": {"type": "integer", "minimum": [...]'
SEARCH = '{"name": "search", "in": "query", "schema": {"type": ["string", "null"]}}'
Edit = Callable[[Document], Any]
ADDITIONS: dict[str, tuple[Edit, list[str]]] = {
    "a parameter": (add_parameter, [f"| minor | list_meetings.parameters.query search | - | {SEARCH} |"]),
    "a field with an object": (add_field, [f"| minor | {MEETING}.video | - | {VIDEO} |"]),
    "a value": (
        lambda document: document["components"]["schemas"]["kit_status"]["enum"].append("PAUSED"),
        ['| minor | components.schemas.MeetingStatus.enum | ["ACTIVE", "INACTIVE"] | ["INACTIVE", "ACTIVE", "PAUSED"]'],
    ),
    "another limit": (
        lambda document: parameter(document, "page_no")["schema"].update(minimum=1),
        ["| major | components.parameters.page_no.schema.minimum | 0 | 1 |"],
    ),
    "a new limit": (
        lambda document: fields(document)["title"].update(maxLength=100),
        [f"| patch | {MEETING}.title.maxLength | - | 100 |"],
    ),
    "a permission": (
        lambda document: operation(document)["x-api-token-group"].append("Realtime Read"),
        ['| minor | list_meetings.x-api-token-group | ["Realtime Admin", "Realtime"] | ["Realtime", "Realtime Admin"'],
    ),
    "a null": (
        lambda document: document["components"]["schemas"]["kit_id"].update(nullable=True),
        [f'| major | {MEETING}.id.type | "string" | ["string", "null"] |'],
    ),
    "a response": (
        lambda document: operation(document)["responses"].update({"404": {"description": "Unknown"}}),
        ['| minor | list_meetings.responses.404 | - | {"description": "Unknown"} |'],
    ),
}
OTHERS: dict[str, tuple[Edit, list[str]]] = {
    "a required parameter": (
        lambda document: add_parameter(document, required=True),
        ["| major | list_meetings.parameters.query search | - | {"],
    ),
    "another name of a parameter": (
        lambda document: parameter(document, "page_no").update(name="page"),
        [
            "| minor | list_meetings.parameters.query page | - | {",
            "| major | list_meetings.parameters.query page_no | {",
        ],
    ),
    "another name of a field": (
        rename_field,
        [f"| major | {MEETING}.title | {{", f'| major | {MEETING}.titles | - | {{"type": ["string", "null"], "maxL'],
    ),
    "a limit that is gone, with no reason given": (
        lambda document: document["components"]["parameters"]["kit_account"]["schema"].pop("maxLength"),
        ["| patch | components.parameters.account_id.schema.maxLength | 32 | - |"],
    ),
    "another keyword than that with a reason": (
        lambda document: document["components"]["parameters"]["kit_app"]["schema"].update(minLength=1),
        ["| major | components.parameters.app_id.schema.minLength | - | 1 |"],
    ),
    "a permission that is gone": (
        lambda document: operation(document)["x-api-token-group"].pop(),
        ['| major | list_meetings.x-api-token-group | ["Realtime Admin", "Realtime"] | ["Realtime"] |'],
    ),
    "an operation that is gone": (lambda document: document["paths"].pop(PATH), ["| major | paths"]),
}


@pytest.mark.parametrize(("change", "rows"), (ADDITIONS | OTHERS).values(), ids=ADDITIONS | OTHERS)
def test_a_difference_is_a_row(compare: Compare, change: Edit, rows: list[str]) -> None:
    theirs = vendor()
    change(theirs)
    code, out = compare(theirs)
    assert code == 1
    found = [line for line in out.splitlines() if line.startswith("|")][2:]
    assert len(found) == len(rows)
    for row in rows:
        assert any(line.startswith(row) for line in found), (row, found)


def test_with_what_is_printed_to_paste_the_contract_follows(compare: Compare) -> None:
    theirs = vendor()
    for change, _ in ADDITIONS.values():
        change(theirs)
    _, out = compare(theirs)
    pasted = yaml.safe_load(out.partition("ready to paste:\n")[2])
    code, out = compare(theirs, with_pasted(contract(), pasted))
    assert code == 0, out


def with_pasted(document: Document, pasted: Document) -> Document:
    """A document with YAML pasted into it: maps are merged, references are appended."""
    for key, value in pasted.items():
        if key == "parameters" and isinstance(value, list):
            document[key] += value
        else:
            document[key] = with_pasted(document[key], value) if isinstance(document.get(key), dict) else value
    return document


@pytest.fixture
def contract_file(tmp_path: Path) -> Path:
    file = tmp_path / "openapi.yaml"
    file.write_text(yaml.safe_dump(contract()), "utf-8")
    return file


def test_a_document_of_12_megabytes_at_a_url(contract_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = vendor()
    add_field(theirs)
    properties = {f"field_{number}": {"type": "string", "description": "x" * 80} for number in range(20)}
    for number in range(5000):
        theirs["components"]["schemas"][f"other_{number}"] = {"type": "object", "properties": properties}
        schema = {"$ref": f"#/components/schemas/other_{number}"}
        responses = {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}
        theirs["paths"][f"/accounts/{{account_id}}/others/{number}"] = {"get": {"responses": responses}}
    data = response(200, theirs)
    assert len(data) > 12_000_000
    with Server(send(data)) as server:
        assert drift.main([f"{server.url}/api.json"], contract_file) == 1
    captured = capsys.readouterr()
    assert f"| minor | {MEETING}.video |" in captured.out
    assert captured.err == ""


def test_a_contract_is_in_step_with_itself(contract_file: Path) -> None:
    assert drift.main([str(contract_file)], contract_file) == 0


def test_a_field_in_an_object_that_may_be_null_is_found(compare: Compare) -> None:
    ours, theirs = contract(), vendor()
    place: Document = {"type": "object", "properties": {"city": {"type": "string"}}}
    ours["components"]["schemas"]["Place"] = place
    may_be_null = {"anyOf": [{"$ref": "#/components/schemas/Place"}, {"type": "null"}]}
    ours["components"]["schemas"]["Meeting"]["properties"]["place"] = may_be_null
    theirs["components"]["schemas"]["kit_place"] = deepcopy(place)
    fields(theirs)["place"] = {"nullable": True, "allOf": [{"$ref": "#/components/schemas/kit_place"}]}
    assert compare(theirs, ours)[0] == 0
    theirs["components"]["schemas"]["kit_place"]["properties"]["room"] = {"type": "string"}
    code, out = compare(theirs, ours)
    assert code == 1
    assert '| minor | components.schemas.Place.properties.room | - | {"type": "string"} |\n' in out


def test_a_departure_must_map_keywords_to_reasons(compare: Compare) -> None:
    ours, theirs = contract(), vendor()
    ours["components"]["schemas"]["Meeting"]["x-departure"] = "We know better."
    add_field(theirs)
    with pytest.raises(ComparisonError, match=r"x-departure in components\.schemas\.Meeting must map keywords"):
        compare(theirs, ours)


SERVED = {
    "SERVER/away": response(302, location="http://vendor.example/api.json"),
    "SERVER/unknown": response(404),
}
OPERATION = f"openapi: 3.0.3\npaths: {{'{PATH}': {{get: {{parameters: [PARAMETER]}}}}}}"


@pytest.mark.parametrize(
    ("upstream", "reason"),
    [
        ("", "there is no file"),
        ("nowhere.yaml", "there is no file"),
        ("ftp://vendor.example/api.json", "must be a file or an https URL"),
        ("http://vendor.example/api.json", "must be a file or an https URL"),
        ("SERVER/away", "must be a file or an https URL"),
        ("SERVER/unknown", "status 404"),
        ("http://127.0.0.1:1/api.json", "cannot fetch"),
        ("a: [", "Redocly failed"),
        ("swagger: '2.0'\npaths: {}", "no OpenAPI 3 document"),
        ("openapi: 3.0.3\npaths: {/zones: {get: {}}}", "must be the whole document"),
        (OPERATION.replace("PARAMETER", "{$ref: '#/nowhere'}"), "nothing at #/nowhere"),
        (OPERATION.replace("PARAMETER", "{name: without a place}"), "not described as OpenAPI says"),
    ],
)
def test_a_document_that_cannot_be_compared_is_an_error(
    tmp_path: Path, contract_file: Path, upstream: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if ": " in upstream:
        (tmp_path / "vendor.yaml").write_text(upstream)
        upstream = str(tmp_path / "vendor.yaml")
    with Server(send(SERVED.get(upstream, b""))) as server:
        assert drift.main([upstream.replace("SERVER", server.url)], contract_file) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert reason in captured.err
