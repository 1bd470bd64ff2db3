"""A broken contract: one message that names the file, the line, the reason and what to do; and nothing is touched."""

from __future__ import annotations

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
info: { title: T, version: "1" }
paths:
  /things:
    get:
      operationId: list_things
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
      responses: { "204": { description: ok } }
components:
  schemas:
    Page:
      type: object
      properties:
        things: { type: array, items: { $ref: "#/components/schemas/Thing" } }
    Thing:
      type: object
      properties: { id: { type: string } }
"""

BROKEN = [
    ("openapi: 3.1.0", "openapi: [", 3, ["no YAML"]),
    ("openapi: 3.1.0", "\topenapi: 3.1.0", 1, ["no YAML"]),
    ("openapi: 3.1.0", "swagger: '2.0'", 1, ["not an OpenAPI 3 document", "no `openapi` key"]),
    ("openapi: 3.1.0", "openapi: 2.0", 1, ["not an OpenAPI 3 document", "2.0"]),
    ("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0", 2, ["'openapi'", "twice"]),
    (GOOD, "- 1\n- 2\n", None, ["top of the file must be a mapping"]),
    (GOOD, "", None, ["top of the file must be a mapping"]),
    ("paths:", "path:", 1, ["`paths`"]),
    ("version: ", "versions: ", 2, ["`info` needs a `version`"]),
    ("schemas/Page", "schemas/Pages", 15, ["'#/components/schemas/Pages'", "leads nowhere", "no 'Pages'"]),
    ("#/components/schemas/Page", "other.yaml#/Page", 15, ["leads out of this file"]),
    ("type: object\n      properties:\n", "type: objekt\n      properties:\n", 22, ["unknown type 'objekt'"]),
    ("{ id: { type: string } }", "[id]", 27, ["`properties` must be a mapping"]),
    ("{ id: { type: string } }", "{ id: { type: string, maxLength: x } }", 27, ["`maxLength`", "'x'"]),
    ("{ id: { type: string } }", "{ id: { type: number, x-python-type: str } }", 27, ["x-python-type 'str'"]),
    ("{ id: { type: string } }", "{ id: { type: string, enum: a } }", 27, ["`enum` must be a list"]),
    ("{ id: { type: string } }", "{ id: 5 }", 27, ["a schema must be a mapping"]),
    ("{ page: page, items: things }", "{ page: pag, items: things }", 9, ["'pag'", "no such query parameter", "page"]),
    ("{ page: page, items: things }", "{ page: page, size: s, items: things }", 9, ["`size`", "'s'"]),
    ("{ page: page, items: things }", "{ page: page, items: thing }", 9, ["no 'thing'", "there is things"]),
    ("{ page: page, items: things }", "{ page: page, items: things.id }", 9, ["no 'things.id'"]),
    ("{ page: page, items: things }", "{ page: page, items: things, key: uid }", 9, ["no 'uid'", "there is id"]),
    ("{ page: page, items: things }", "{ page: page, items: things, total: n }", 9, ["no 'n'"]),
    ("{ page: page, items: things }", "{ page: page, itemz: things }", 9, ["no 'itemz'", "items"]),
    ("{ page: page, items: things }", "{ items: things }", 9, ["needs `page`"]),
    ("{ page: page, items: things }", "[page]", 9, ["must be a mapping"]),
    ("create_thing", "list_things", 17, ["'list_things'", "line 6"]),
    ("create_thing", "[a]", 17, ["`operationId` must be a text"]),
    ("in: query", "in: body", 8, ["`in` must be one of", "'body'"]),
    ("name: page, in", "in", 8, ["needs a `name`"]),
]


@pytest.mark.parametrize(("good", "bad", "line", "words"), BROKEN)
def test_message(
    good: str, bad: str, line: int | None, words: list[str], tmp_path: Path, run: Callable[[str], list[str]]
) -> None:
    assert good in GOOD
    with pytest.raises(ContractError) as caught:
        run(GOOD.replace(good, bad, 1))
    message = str(caught.value)
    where = f"{tmp_path / 'contract.yaml'}:" + (f"{line}: " if line else " ")
    assert message.startswith(where), message
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert [path.name for path in tmp_path.iterdir()] == ["contract.yaml"]


def test_the_good_one_is_good(run: Callable[[str], list[str]], tmp_path: Path) -> None:
    assert run(GOOD) == []
    assert (tmp_path / "output" / "realtimekit" / "client.py").exists()


def test_lines_in_json(run: Callable[..., list[str]]) -> None:
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


def test_an_alias_that_contains_itself(run: Callable[[str], list[str]]) -> None:
    with pytest.raises(ContractError, match="contains itself"):
        run(GOOD.replace("{ id: { type: string } }", "&loop { id: { properties: *loop } }"))


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
    assert done.stderr == "bad.yaml:2: an OpenAPI document needs a mapping `info` (at #/info)\n"
