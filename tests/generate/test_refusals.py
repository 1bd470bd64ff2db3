"""A contract that cannot be generated: one message with file, line, reason and remedy, and nothing is touched."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from generation.contract import ContractError
from generation.output import generate

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "generator-config.yml"
GOOD = """\
openapi: 3.1.0
info: { title: T, version: 1.2.3 }
paths:
  /things:
    get:
      operationId: list_things
      tags: [things]
      parameters:
        - { name: page, in: query, schema: { type: integer } }
      x-pagination: { page: page, items: things }
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Page" }
    post:
      operationId: create_thing
      tags: [things]
      responses: { "204": { description: ok } }
components:
  schemas:
    Page:
      type: object
      properties:
        things: { type: array, items: { $ref: "#/components/schemas/Thing" } }
    Thing:
      type: object
      properties:
        id: { type: string }
    Other: { type: object, properties: { id: { type: integer } } }
"""
PARAMETER = "- { name: page, in: query, schema: { type: integer } }"
FIELD = "id: { type: string }"
LOOP = 'type: array\n      items: { $ref: "#/components/schemas/Thing" }'
INLINE = "{ type: object, properties: { a: {} } }"
KEY = "{ k: { type: apiKey, in: header, name: X } }"
THING = '{ $ref: "#/components/schemas/Thing" }'
TEXT = "{ type: string }"
OTHER = '{ $ref: "#/components/schemas/Other" }'
RECURSIVE = 'allOf: [{ $ref: "#/components/schemas/Thing" }]\n      properties:\n        id'
PAGINATION = "{ page: page, items: things }"

# What is replaced, what by, the line of the message, and a part of it.
BROKEN = [
    # The file.
    ("openapi: 3.1.0", "openapi: [", 3, "no YAML"),
    ("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0", 2, 'duplicate key "openapi"'),
    (FIELD, "id: &loop { properties: *loop }", None, "Circular reference"),
    (GOOD, "- 1\n- 2\n", None, "top of the file must be a mapping"),
    (GOOD, "", None, "top of the file must be a mapping"),
    # Structure: openapi-python-client's model of a document.
    ("openapi: 3.1.0", "swagger: '2.0'", 1, "`openapi` is missing"),
    ("openapi: 3.1.0", "openapi: 2.0.0", 1, "Only OpenAPI versions 3.* are supported"),
    ("version: 1.2.3", "versions: 1.2.3", 2, "`version` is missing"),
    ("version: 1.2.3", "version: v1", 2, "three numbers such as 1.2.3, not 'v1'"),
    (FIELD, "id: true", 30, "should be a valid dictionary"),
    (FIELD, "id: { type: objekt }", 30, "Input should be 'string', 'number'"),
    ("in: query", "in: body", 9, "Input should be 'query', 'path'"),
    # References.
    ("schemas/Page", "schemas/Pages", 16, "must be '#/components/schemas/' and a name that stands there"),
    ("#/components/schemas/Page", "other.yaml#/Page", 16, "$ref 'other.yaml#/Page' leads nowhere"),
    (PARAMETER, '- { $ref: "#/info" }', 9, "must be '#/components/parameters/' and a name"),
    (
        '{ $ref: "#/components/schemas/Thing" }',
        '{ $ref: "#/components/schemas/Thing", minimum: 1 }',
        26,
        "beside `$ref`",
    ),
    ("    Thing:\n", '    Thing:\n      $ref: "#/components/schemas/Other"\n', 27, "can say nothing else"),
    # Operations and their parameters.
    ("operationId: create_thing\n", "summary: C\n", 17, "needs an `operationId` such as list_meetings"),
    ("create_thing", "list-things", 18, "'list-things' is, as a name in Python, also that of line 6"),
    (
        "tags: [things]\n      responses",
        "tags: [close]\n      responses",
        19,
        "the tag `close` would hide what the client itself calls so",
    ),
    (
        "operationId: create_thing",
        "operationId: c\n      servers: [{ url: /x }]",
        19,
        "`servers` is not supported here",
    ),
    ("/things:", '/x: { $ref: "#/paths/~1things" }\n  /things:', 4, "`$ref` is not supported here"),
    ("/things:", "/things/{id}:", 5, "Incorrect path templating"),
    ("in: query,", "in: path,", 5, "Path parameter must be required"),
    (PARAMETER, f"{PARAMETER}\n        {PARAMETER}", 5, "Duplicated parameters named `page`"),
    ("schema: { type: integer }", "content: { application/json: { schema: {} } }", 9, "'page' needs a `schema`"),
    ("in: query,", "in: cookie,", 9, "'page' cannot be sent: a parameter is `in: query` with `style: form`"),
    ("in: query,", "in: query, style: deepObject,", 9, "a parameter is `in: query` with `style: form`"),
    ("schema: { type: integer }", "schema: { type: object }", 9, "'page' cannot be sent: a parameter is a text"),
    ("schema: { type: integer }", "schema: {}", 9, "a parameter is a text, a number"),
    ("schema: { type: integer }", "schema: { type: [integer, string] }", 9, "a parameter is a text, a number"),
    ("{ type: integer }", "{ type: array, items: { type: array, items: {} } }", 9, "or a list of these"),
    ("query, schema: { type: integer }", "header, schema: { type: array, items: {} }", 5, "is not allowed in header"),
    ('"204": { description: ok }', '"2zz": { description: ok }', 17, "Invalid response status code pattern: 2zz"),
    ("application/json", "text/plain", 14, "no form of this is JSON, and no other is supported"),
    (
        "operationId: create_thing",
        "operationId: c\n      requestBody: { content: { multipart/form-data: {} } }",
        19,
        "no form of this is JSON",
    ),
    ("operationId: create_thing", "operationId: c\n      x-api-token-group: 1", 19, "Input should be a valid tuple"),
    ("components:", f"components:\n  securitySchemes: {KEY}", 22, "the client sends a bearer token"),
    # Pagination.
    (PAGINATION, "{ page: pag, items: things }", 10, "no such query parameter; it has page"),
    (PAGINATION, "{ page: page, items: things.id }", 10, "no 'things.id': where 'id' is looked for, there is no known"),
    (PAGINATION, "{ page: page, items: things, key: uid }", 10, "no 'uid': where 'uid' is looked for, there is id"),
    (PAGINATION, "{ page: page, items: things, total: n }", 10, "no 'n': where 'n' is looked for, there is things"),
    (PAGINATION, "{ page: page, itemz: things }", 10, "`items` is missing here"),
    (PAGINATION, "{ page: page, items: things, next: x }", 10, "Extra inputs are not permitted"),
    (PAGINATION, "[page]", 10, "should be a valid dictionary or instance of XPagination"),
    # Schemas that the parser reads wrong in silence, and that have no other words.
    (FIELD, "id: { type: number, x-python-type: str }", 30, "`x-python-type: str` of a number"),
    (FIELD, "id: { type: [object, string], properties: {} }", 30, "among several types is not supported; use `anyOf`"),
    (FIELD, "id: { const: 1.5 }", 30, "`const` must be a text, a whole number or a boolean"),
    (FIELD, "id: { anyOf: [{ type: string }], properties: {} }", 30, "`properties` beside `anyOf`"),
    (FIELD, "id: { allOf: [{ type: string }, { maxLength: 3 }] }", 30, "`allOf` joins objects only"),
    (
        FIELD,
        f"id: {{ allOf: [{OTHER}, {{ properties: {{ id: {{ type: string }} }} }}] }}",
        30,
        "differently, at line 31",
    ),
    (FIELD, "id: { enum: [a, 1] }", 30, "all be texts, or all be whole numbers"),
    (FIELD, "id: { type: array }", 30, "an array needs `items`"),
    ("type: object\n      properties:\n        id", RECURSIVE, 1, "nested too deeply, or contain themselves"),
    # Limits that msgspec cannot check.
    (FIELD, "id: { type: integer, minimum: 0.5 }", 30, "these limits cannot be checked: 'float' object"),
    (FIELD, "id: { type: integer, maximum: 18446744073709551616 }", 30, "don't fit in an int64"),
    (FIELD, "id: { type: string, pattern: '(?<y>a)' }", 30, "these limits cannot be checked: unknown extension"),
    # What the parser warns about.
    (FIELD, "id: { type: integer, default: x }", 27, "Invalid int value: x"),
    ("type: object\n      properties:\n        id: { type: string }", LOOP, 29, "contains itself is not supported"),
    (FIELD, "'1': { type: string }\n        field_1: { type: string }", 27, "the same name in Python"),
    # Names.
    ("Thing", "Client", 27, "the name of its class, Client, or of its module, client, is taken"),
    (FIELD, f"HTTP_error: {INLINE}\n        Http_error: {INLINE}", 31, "or of its module, thing_http_error, is taken"),
    (FIELD, f"things_a: {INLINE}\n        thingsA: {INLINE}", 31, "two classes would have one name"),
]


@pytest.mark.parametrize(("good", "bad", "line", "words"), BROKEN)
def test_message(good: str, bad: str, line: int | None, words: str, tmp_path: Path, run: Callable[..., None]) -> None:
    assert good in GOOD
    with pytest.raises(ContractError) as caught:
        run(GOOD.replace(good, bad) if good == "Thing" else GOOD.replace(good, bad, 1))
    message = str(caught.value)
    where = f"{tmp_path / 'contract.yaml'}:" + (f"{line}: " if line else " ")
    assert message.startswith(where), message
    assert words in message
    assert "\n" not in message
    assert not re.search(r" object at 0x|<class |UntrustedString", message), message
    assert [path.name for path in tmp_path.iterdir()] == ["contract.yaml"]


def test_the_good_one_is_good(run: Callable[..., None], tmp_path: Path) -> None:
    run(GOOD)
    assert (tmp_path / "output" / "realtimekit" / "client.py").exists()


def test_lines_in_json(run: Callable[..., None]) -> None:
    with pytest.raises(ContractError, match=r"contract\.json:2: no JSON"):
        run('{\n"openapi": }', "contract.json")
    with pytest.raises(ContractError, match=r"contract\.json:4: .*`version`"):
        run('{\n"openapi": "3.0.0",\n"paths": {},\n"info": {"title": "T"}\n}', "contract.json")
    with pytest.raises(ContractError, match=r"contract\.json:2: `version` is missing here"):
        run('{\n\t"info": {"title": "T"}\n}', "contract.json")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nowhere\.yaml: cannot be read: No such file"):
        generate(tmp_path / "nowhere.yaml", tmp_path / "output", CONFIG)
    with pytest.raises(ContractError, match=r"cannot be read: Is a directory"):
        generate(tmp_path, tmp_path / "output", CONFIG)
    (tmp_path / "latin.yaml").write_bytes(b"openapi: \xe9")
    with pytest.raises(ContractError, match=r"latin\.yaml: cannot be read as JSON: 'utf-8' codec can't decode"):
        generate(tmp_path / "latin.yaml", tmp_path / "output", CONFIG)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("package_name_overide: x", "settings.yml:1: `package_name_override` is missing"),
        # Known to the stock generator, and without effect here.
        ("package_name_override: x\npost_hooks: [touch /tmp/x]", "settings.yml:2: Extra inputs are not permitted"),
        ("package_name_override: a-b", "settings.yml:1: String should match pattern"),
        ("package_name_override: x\nclass_overrides: [a]", "settings.yml:2: Input should be a valid dictionary"),
        ("", "top of the file must be a mapping"),
    ],
)
def test_settings(settings: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.yml"
    file.write_text(settings)
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
