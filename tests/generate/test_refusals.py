"""A contract that cannot be generated: one message with file, line, reason and remedy, and nothing is touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from generation.contract import Contract, ContractError
from generation.output import generate, render
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "generator-config.yml"
# The contract that is broken below. The real one may change.
GOOD = (ROOT / "tests" / "regenerate" / "frozen.yaml").read_text()
ID = "operationId: list_meetings"
AGAIN = "{ get: { operationId: list-meetings, responses: {} } }"
PAGE = "page: page_no"
NUMBER = "schema: { type: number, minimum: 0, x-python-type: int }"
PARAMETER = '- $ref: "#/components/parameters/page_no"'
FIELD = "title: { type: string }"
FIELDS = "type: object\n      description: A meeting."
MEETING = '{ $ref: "#/components/schemas/Meeting" }'
PAGING = '{ $ref: "#/components/schemas/Paging" }'
LOOP = '{ $ref: "#/components/schemas/Loop" }'
COUNT = "{ properties: { total_count: { type: string } } }"
FORM = "{ content: { multipart/form-data: {} } }"
TEXT = "{ type: string }"
INLINE = "{ type: object, properties: { a: {} } }"

# What is replaced, what by, what stands on the line that the message names, and a part of the message.
BROKEN = [
    # The file.
    ("openapi: 3.1.0", "openapi: [", "  title: Meetings", "no YAML"),
    ("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0", "openapi: 3.1.0\ninfo", 'duplicate key "openapi"'),
    (FIELD, "title: &loop { properties: *loop }", "", "Circular reference"),
    (GOOD, "- 1\n- 2\n", "", "top of the file must be a mapping"),
    # Structure: openapi-python-client's model of a document.
    ("openapi: 3.1.0", "swagger: '2.0'", "swagger", "`openapi` is missing"),
    ("openapi: 3.1.0", "openapi: 2.0.0", "openapi:", "Only OpenAPI versions 3.* are supported"),
    ("version: 1.0.0", "version: v1", "version:", "three numbers such as 1.2.3, not 'v1'"),
    (FIELD, "title: true", "title:", "should be a valid dictionary"),
    (FIELD, "title: { type: objekt }", "title:", "Input should be 'string', 'number'"),
    # References.
    ("schemas/MeetingPage", "schemas/Pages", "schema: { $ref", "'#/components/schemas/' and a name that stands there"),
    ("#/components/schemas/MeetingPage", "other.yaml#/Page", "schema: { $ref", "$ref 'other.yaml#/Page' leads nowhere"),
    ("#/components/parameters/page_no", "#/info", '"#/info"', "must be '#/components/parameters/' and a name"),
    (PAGING, '{ $ref: "#/components/schemas/Paging", minimum: 1 }', "paging: {", "`minimum` beside `$ref`"),
    (FIELDS, '$ref: "#/components/schemas/Paging"\n      title: M', "    Meeting:", "can say nothing else"),
    # Operations and their parameters.
    (ID, "deprecated: true", "get:", "needs an `operationId` such as list_meetings"),
    ("components:", f"  /b: {AGAIN}\ncomponents:", "/b:", "is, as a name in Python, also that of line"),
    ("tags: [meetings]", "tags: [close]", "tags:", "the tag `close` would hide what the client itself calls so"),
    (ID, f"{ID}\n      servers: [{{ url: /x }}]", "servers: [{", "`servers` is not supported here"),
    ("components:", '  /b: { $ref: "#/paths/~1a" }\ncomponents:', "/b:", "`$ref` is not supported here"),
    ("/meetings:", "/meetings/{id}:", "get:", "Incorrect path templating"),
    ("in: query", "in: path", "get:", "Path parameter must be required"),
    (PARAMETER, f"{PARAMETER}\n        {PARAMETER}", "get:", "Duplicated parameters named `page_no`"),
    (NUMBER, "content: { application/json: { schema: {} } }", "page_no:", "'page_no' needs a `schema`"),
    ("in: query", "in: cookie", "page_no:", "'page_no' cannot be sent: a parameter is `in: query` with `style: form`"),
    ("in: query", "in: query\n      style: deepObject", "page_no:", "a parameter is `in: query` with `style: form`"),
    (NUMBER, "schema: { type: object }", "page_no:", "'page_no' cannot be sent: a parameter is a text"),
    (NUMBER, "schema: {}", "page_no:", "a parameter is a text, a number"),
    (NUMBER, "schema: { type: [integer, string] }", "page_no:", "a parameter is a text, a number"),
    (NUMBER, "schema: { type: array, items: { type: array, items: {} } }", "page_no:", "or a list of these"),
    (PARAMETER, "- { name: x, in: header, schema: { type: array, items: {} } }", "get:", "is not allowed in header"),
    ('"200":', '"2zz":', "get:", "Invalid response status code pattern: 2zz"),
    ("application/json", "text/plain", "content: { text", "no form of this is JSON, and no other is supported"),
    (ID, f"{ID}\n      requestBody: {FORM}", "requestBody:", "no form of this is JSON"),
    (ID, f"{ID}\n      x-api-token-group: 1", "x-api-token", "Input should be a valid tuple"),
    ("scheme: bearer", "scheme: basic", "securitySchemes:", "the client sends a bearer token"),
    # Pagination.
    (PAGE, "page: pag", "page: pag", "no such query parameter; it has page_no, per_page"),
    ("items: data", "items: data.id", "items: data.id", "no 'data.id': where 'id' is looked for, there is no"),
    ("key: id", "key: uid", "key: uid", "no 'uid': where 'uid' is looked for, there is id"),
    ("total: paging.total_count", "total: n", "total: n", "no 'n': where 'n' is looked for, there is data"),
    ("items: data", "items: success", "items: success", "'success' is no list"),
    ("items: data", "itemz: data", "x-pagination:", "`items` is missing here"),
    (PAGE, f"{PAGE}\n        next: x", "next: x", "Extra inputs are not permitted"),
    # Schemas that the parser reads wrong in silence, and that have no other words.
    (FIELD, "title: { type: number, x-python-type: str }", "title:", "`x-python-type: str` of a number"),
    (FIELD, "title: { type: [object, string], properties: {} }", "title:", "an object or array among several types"),
    (FIELD, "title: { const: 1.5 }", "title:", "`const` must be a text, a whole number or a boolean"),
    (FIELD, "title: { anyOf: [{ type: string }], properties: {} }", "title:", "`properties` beside `anyOf`"),
    (FIELD, "title: { allOf: [{ type: string }, { maxLength: 3 }] }", "title:", "`allOf` joins objects only"),
    (FIELD, f"title: {{ allOf: [{PAGING}, {COUNT}] }}", "title:", "described here and, differently, at line"),
    (FIELD, "title: { enum: [a, 1] }", "title:", "all be texts, or all be whole numbers"),
    (FIELD, "title: { type: array }", "title:", "an array needs `items`"),
    (FIELDS, f"allOf: [{MEETING}]", "openapi:", "nested too deeply, or contain themselves"),
    # Limits that msgspec cannot check.
    (FIELD, "title: { type: integer, minimum: 0.5 }", "title:", "these limits cannot be checked: 'float' object"),
    (FIELD, "title: { type: integer, maximum: 18446744073709551616 }", "title:", "don't fit in an int64"),
    (FIELD, "title: { type: string, pattern: '(?<y>a)' }", "title:", "cannot be checked: unknown extension"),
    # What the parser warns about.
    (FIELD, "title: { type: integer, default: x }", "    Meeting:", "Invalid int value: x"),
    (FIELD, f"title: {LOOP}\n    Loop: {{ type: array, items: {LOOP} }}", "    Loop:", "a list that contains itself"),
    (FIELD, f"'1': {TEXT}\n        field_1: {TEXT}", "    Meeting:", "the same name in Python"),
    # Names.
    ("Meeting", "Client", "    Client:", "the name of its class, Client, or of its module, client, is taken"),
    (FIELD, f"HTTP_error: {INLINE}\n        Http_error: {INLINE}", "Http_error:", "meeting_http_error, is taken"),
    (FIELD, f"things_a: {INLINE}\n        thingsA: {INLINE}", "thingsA:", "two classes would have one name"),
]


@pytest.mark.parametrize(("good", "bad", "there", "words"), BROKEN)
def test_message(good: str, bad: str, there: str, words: str, tmp_path: Path, run: Callable[..., None]) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad) if good == "Meeting" else GOOD.replace(good, bad, 1)
    with pytest.raises(ContractError) as caught:
        run(text)
    message = str(caught.value)
    line = f"{text.count(chr(10), 0, text.rindex(there)) + 1}:" if there else ""
    assert message.startswith(f"{tmp_path / 'contract.yaml'}:{line} "), message
    assert words in message
    assert "\n" not in message
    assert not re.search(r" object at 0x|<class |UntrustedString", message), message
    assert [path.name for path in tmp_path.iterdir()] == ["contract.yaml"]


def test_lines_in_json(run: Callable[..., None]) -> None:
    with pytest.raises(ContractError, match=r"contract\.json:2: no JSON"):
        run('{\n"openapi": }', "contract.json")
    with pytest.raises(ContractError, match=r"contract\.json:2: `version` is missing here"):
        run('{\n\t"info": {"title": "T"}\n}', "contract.json")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"openapi: \xe9")
    for name, reason in (
        ("nowhere.yaml", "cannot be read: No such file"),
        ("", "cannot be read: Is a directory"),
        ("latin.yaml", "cannot be read as JSON: 'utf-8' codec can't decode"),
    ):
        with pytest.raises(ContractError, match=f"{name}: {reason}"):
            generate(tmp_path / name, tmp_path / "output", CONFIG)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("package_name_overide: x", "settings.yml:1: `package_name_override` is missing"),
        # Known to the stock generator, and without effect here.
        ("package_name_override: x\npost_hooks: [touch /tmp/x]", "settings.yml:2: Extra inputs are not permitted"),
        ("package_name_override: a-b", "settings.yml:1: String should match pattern"),
        ("package_name_override: x\nclass_overrides: [a]", "settings.yml:2: Input should be a valid dictionary"),
        ("", "top of the file must be a mapping"),
    ],
)
def test_settings(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.yml"
    file.write_text(text)
    with pytest.raises(ContractError) as caught:
        generate(ROOT / "openapi.yaml", tmp_path / "output", file)
    assert words in str(caught.value)
    assert not (tmp_path / "output").exists()


def test_the_command_says_it_once_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("openapi: 3.1.0\ninfo: 1\n")
    command = [sys.executable, str(ROOT / "scripts/generate.py"), "--spec", "bad.yaml", "--output", "output"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bad.yaml:2: Input should be a valid dictionary or instance of Info (at #/info)\n"


# --- contracts that are broken at random --------------------------------------------------------------------------

ODD: list[Any] = [None, [], {}, "", "x", -1.5, True, {"a": 1}, {"$ref": "#/nowhere"}, {"$ref": 1}, [None], 10**30]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*place, key))


SMALL = Contract(Path(__file__).parent / "small.yaml").original


@settings(max_examples=120)
@given(st.sampled_from(list(places(SMALL))), st.sampled_from(ODD))
def test_whatever_is_wrong_is_said_in_one_line_or_read(place: tuple[Any, ...], odd: Any) -> None:
    broken = deepcopy(SMALL)
    around: Any = broken
    for key in place[:-1]:
        around = around[key]
    around[place[-1]] = odd
    with TemporaryDirectory() as directory:
        file = Path(directory, "contract.json")
        file.write_text(json.dumps(broken))
        said = ""
        try:
            render(Contract.read(file), CONFIG, Path(directory))
        except ContractError as error:
            said = str(error)
        assert re.fullmatch(rf"({re.escape(str(file))}:\d+: .+)?", said)
        assert " object at 0x" not in said
        for path in Path(directory).rglob("*.py"):
            compile(path.read_bytes(), str(path), "exec")
