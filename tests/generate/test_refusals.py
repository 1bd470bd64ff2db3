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
PAGINATION = "{ page: page, items: things }"

# What is replaced, what by, the line of the message, and words that it has.
BROKEN = [
    # The file.
    ("openapi: 3.1.0", "openapi: [", 3, ["no YAML"]),
    ("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0", 2, ['duplicate key "openapi"']),
    ("openapi: 3.1.0", "swagger: '2.0'", 1, ["no `openapi` key", "such as 3.1.0"]),
    ("openapi: 3.1.0", "openapi: 2.0", 1, ["its `openapi` is 2.0"]),
    (GOOD, "- 1\n- 2\n", None, ["top of the file must be a mapping"]),
    (GOOD, "", None, ["top of the file must be a mapping"]),
    # Structure: openapi-python-client's model of a document.
    ("paths:", "path:", 1, ["`paths` is missing"]),
    ("version: 1.2.3", "versions: 1.2.3", 2, ["`version` is missing"]),
    ("version: 1.2.3", "version: v1", 2, ["three numbers such as 1.2.3", "'v1'"]),
    ("version: 1.2.3", "version: 1.0", 2, ["three numbers such as 1.2.3", "1.0"]),
    ("{ title: T, version: 1.2.3 }", "1", 2, ["`info` should be a valid mapping, not 1"]),
    (FIELD, "id: 5", 30, ["`id` should be a valid mapping, not 5"]),
    (FIELD, "id: true", 30, ["`id` should be a valid mapping, not True"]),
    (FIELD, "id: { type: objekt }", 30, ["`type` should be", "'objekt'"]),
    (FIELD, "id: { type: string, maxLength: x }", 30, ["`maxLength` should be", "'x'"]),
    (FIELD, "id: { type: string, enum: a }", 30, ["`enum` should be a valid list"]),
    ("in: query", "in: body", 9, ["`in` should be", "'body'"]),
    ("name: page, in", "in", 9, ["`name` is missing"]),
    # References.
    ("schemas/Page", "schemas/Pages", 16, ["leads nowhere", "no 'Pages'"]),
    ("#/components/schemas/Page", "other.yaml#/Page", 16, ["leads out of this file"]),
    ("schemas/Page", "schemas/Page/properties/things", 16, ["does not lead into components/schemas"]),
    (
        '{ $ref: "#/components/schemas/Thing" }',
        '{ $ref: "#/components/schemas/Thing", minimum: 1 }',
        26,
        ["`minimum` beside"],
    ),
    # Operations and their parameters.
    ("operationId: create_thing\n", "summary: C\n", 17, ["needs an `operationId` such as list_meetings"]),
    ("create_thing", "list-things", 18, ["'list-things'", "line 6", "give each operation its own"]),
    ("tags: [things]\n      responses", "tags: [close]\n      responses", 19, ["'close'", "`close`", "rename the tag"]),
    (
        "operationId: create_thing",
        "operationId: c\n      servers: [{ url: /x }]",
        19,
        ["`servers` are read at the top"],
    ),
    ("/things:", '/x: { $ref: "#/paths/~1things" }\n  /things:', 4, ["a path by `$ref` is not supported"]),
    (PARAMETER, '- { $ref: "#/info" }', 9, ["does not lead into components/parameters"]),
    ("/things:", "/things/{id}:", 5, ["the names in the path and the parameters"]),
    ("in: query,", "in: path,", 5, ["needs `required: true`"]),
    (PARAMETER, f"{PARAMETER}\n        {PARAMETER}", 5, ["the parameter page stands here twice"]),
    ("schema: { type: integer }", "content: { application/json: { schema: {} } }", 9, ["'page' needs a `schema`"]),
    ("in: query,", "in: query, style: deepObject,", 9, ["`style: deepObject` is for objects, and 'page' is none"]),
    ("in: query,", "in: query, style: pipeDelimited,", 9, ["`style: pipeDelimited` is not sent", "`style: form`"]),
    ("schema: { type: integer }", "schema: { type: object }", 9, ["'page' is an object", "`style: deepObject`"]),
    (
        "query, schema: { type: integer }",
        "header, schema: { type: array, items: {} }",
        5,
        ["cannot stand in the header"],
    ),
    ('"204": { description: ok }', '"2zz": { description: ok }', 17, ["2zz is no status code"]),
    (
        '"204": { description: ok }',
        '"200": { description: ok, content: { a/b: { schema: {} } } }',
        17,
        ["a/b is not supported"],
    ),
    (
        "operationId: create_thing",
        "operationId: c\n      requestBody: { content: { a/b: { schema: {} } } }",
        17,
        ["a/b is not supported"],
    ),
    (
        "operationId: create_thing",
        "operationId: c\n      x-api-token-group: 1",
        19,
        ["must be a list of names of permissions"],
    ),
    (
        "components:",
        "components:\n  securitySchemes: { k: { type: apiKey, in: header, name: X } }",
        22,
        ["bearer token"],
    ),
    # Pagination.
    (PAGINATION, "{ page: pag, items: things }", 10, ["'pag'", "no such query parameter", "it has page"]),
    (PAGINATION, "{ page: page, size: s, items: things }", 10, ["`size`", "'s'"]),
    (PAGINATION, "{ page: page, items: thing }", 10, ["no 'thing'", "there is things"]),
    (PAGINATION, "{ page: page, items: things.id }", 10, ["no 'things.id'"]),
    (PAGINATION, "{ page: page, items: things, key: uid }", 10, ["no 'uid'", "there is id"]),
    (PAGINATION, "{ page: page, items: things, total: n }", 10, ["no 'n'"]),
    (PAGINATION, "{ page: page, itemz: things }", 10, ["no 'itemz'", "items"]),
    (PAGINATION, "{ items: things }", 10, ["needs `page`"]),
    (PAGINATION, "[page]", 10, ["must be a mapping"]),
    # Schemas that the parser reads wrong in silence, and that have no other words.
    (FIELD, "id: { type: number, x-python-type: str }", 30, ["`x-python-type: str`"]),
    (FIELD, "id: { type: [object, string], properties: {} }", 30, ["among several types", "use `anyOf`"]),
    (FIELD, "id: { const: 1.5 }", 30, ["`const` must be a text, a whole number or a boolean"]),
    (FIELD, "id: { type: object, patternProperties: {} }", 30, ["`patternProperties` is not supported"]),
    (FIELD, "id: { type: array, prefixItems: [{}] }", 30, ["`prefixItems` is not supported"]),
    (FIELD, "id: { anyOf: [{ type: string }], properties: {} }", 30, ["`properties` beside `anyOf`"]),
    (FIELD, "id: { allOf: [{ type: string }, { maxLength: 3 }] }", 30, ["`allOf` joins objects only"]),
    (FIELD, "id: { type: integer, minimum: 0.5 }", 30, ["`minimum` of a whole number must be whole"]),
    (FIELD, "id: { type: integer, maximum: 18446744073709551616 }", 30, ["at most 64 bits"]),
    (FIELD, "id: { type: string, pattern: '(?<y>a)' }", 30, ["Python cannot read this `pattern`"]),
    (FIELD, r'id: { type: string, enum: ["a\u0007"] }', 30, ["unprintable"]),
    (FIELD, "id: { type: string, enum: [a, b], x-enum-varnames: [A] }", 30, ["one name for each value"]),
    (
        FIELD,
        'o: { allOf: [{ $ref: "#/components/schemas/Other" }, { properties: { id: { type: string } } }] }',
        30,
        ["'id' is described here and, differently, at line 31"],
    ),
    (
        "type: object\n      properties:\n        id",
        'allOf: [{ $ref: "#/components/schemas/Thing" }]\n      properties:\n        id',
        27,
        ["contains itself"],
    ),
    # What the parser warns about.
    (FIELD, "id: { type: array }", 30, ["an array needs `items`"]),
    (FIELD, "id: { type: integer, default: x }", 27, ["the default x is no int"]),
    (FIELD, "id: { type: string, enum: [a], default: b }", 30, ["the default b is not among the values"]),
    ("type: object\n      properties:\n        id: { type: string }", LOOP, 27, ["contains itself", "put an object"]),
    (FIELD, "id: { enum: [a, 1] }", 30, ["all be texts, or all be whole numbers"]),
    (FIELD, "id: { type: number, enum: [1.5] }", 30, ["all be texts, or all be whole numbers"]),
    (FIELD, "'1': { type: string }\n        field_1: { type: string }", 27, ["the same name in Python"]),
    # Names.
    ("Thing", "Client", 27, ["its class would be Client", "class_overrides"]),
    ("Thing", "UUID", 27, ["its class would be UUID"]),
    (FIELD, f"HTTP_error: {INLINE}\n        Http_error: {INLINE}", 31, ["would stand in one module"]),
    (FIELD, f"things_a: {INLINE}\n        thingsA: {INLINE}", 31, ["its class would be ThingThingsA, as another's is"]),
]


@pytest.mark.parametrize(("good", "bad", "line", "words"), BROKEN)
def test_message(
    good: str, bad: str, line: int | None, words: list[str], tmp_path: Path, run: Callable[..., None]
) -> None:
    assert good in GOOD
    with pytest.raises(ContractError) as caught:
        run(GOOD.replace(good, bad) if good == "Thing" else GOOD.replace(good, bad, 1))
    message = str(caught.value)
    where = f"{tmp_path / 'contract.yaml'}:" + (f"{line}: " if line else " ")
    assert message.startswith(where), message
    assert all(word in message for word in words), message
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


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nowhere\.yaml: cannot be read: No such file"):
        generate(tmp_path / "nowhere.yaml", tmp_path / "output", CONFIG)
    with pytest.raises(ContractError, match=r"cannot be read: Is a directory"):
        generate(tmp_path, tmp_path / "output", CONFIG)
    (tmp_path / "latin.yaml").write_bytes(b"openapi: \xe9")
    with pytest.raises(ContractError, match=r"latin\.yaml: cannot be read: it is not UTF-8"):
        generate(tmp_path / "latin.yaml", tmp_path / "output", CONFIG)


def test_an_alias_that_contains_itself(run: Callable[..., None]) -> None:
    with pytest.raises(ContractError, match="an alias contains itself"):
        run(GOOD.replace("{ type: string }", "&loop { properties: *loop }"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("package_name_overide: x", ["settings.yml:1", "'package_name_overide'", "'package_name_override'"]),
        ("package_name_override: x\nfoo: 1", ["settings.yml:2", "unknown key 'foo'", "class_overrides"]),
        # Known to the stock generator, and without effect here.
        ("package_name_override: x\npost_hooks: [touch /tmp/x]", ["settings.yml:2", "'post_hooks'"]),
        ("package_name_override: a-b", ["settings.yml", "must be a name"]),
        ("class_overrides: {}", ["must be a name"]),
        ("package_name_override: x\nclass_overrides: [a]", ["settings.yml:2", "dictionary"]),
        ("", ["top of the file must be a mapping"]),
    ],
)
def test_settings(settings: str, words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "settings.yml"
    file.write_text(settings)
    with pytest.raises(ContractError) as caught:
        generate(ROOT / "openapi.yaml", tmp_path / "output", file)
    assert all(word in str(caught.value) for word in words), caught.value
    assert not (tmp_path / "output").exists()


def test_the_command_says_it_once_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("openapi: 3.1.0\ninfo: 1\n")
    command = [sys.executable, str(ROOT / "scripts/generate.py"), "--spec", "bad.yaml", "--output", "output"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bad.yaml:2: `info` should be a valid mapping, not 1 (at #/info)\n"
