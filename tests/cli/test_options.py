"""Every kind of parameter that a contract can have becomes an option that works."""

from __future__ import annotations

import io
import sys
import types
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import click
import pytest
from click.testing import CliRunner

from realtimekit.api import TAGS
from realtimekit_cli import options
from realtimekit_runtime.models import AwareDatetime, Meta, OpenStrEnum
from realtimekit_runtime.operations import Body, Operation, Pagination, Parameter

from .conftest import Cli


class Colour(OpenStrEnum):
    RED = "red"
    BLUE = "blue"


def _operation(*parameters: Parameter, **attributes: Any) -> Operation:
    return Operation("op", "POST", "/", response=lambda: None, summary="Do it", parameters=parameters, **attributes)


def _read(parameter: Parameter, *arguments: str) -> Any:
    """The value that a command sees, or what is wrong."""
    seen: dict[str, Any] = {}
    option = options.parameter_option(parameter, _operation(parameter))
    result = CliRunner().invoke(
        click.Command("x", params=[option], callback=lambda **values: seen.update(values)), arguments
    )
    assert result.exit_code in (0, 2), result.exception
    return seen.get(parameter.python_name) if result.exit_code == 0 else result.output


def _help(parameter: Parameter) -> str:
    option = options.parameter_option(parameter, _operation(parameter))
    return " ".join(CliRunner().invoke(click.Command("x", params=[option]), ["--help"]).output.split())


def _x(hint: Any, **more: Any) -> Parameter:
    return Parameter("x", "query", lambda: hint, **more)


@pytest.mark.parametrize(
    ("parameter", "arguments", "expected"),
    [
        (_x(str), [], None),
        (_x(str), ["--x", "ü"], "ü"),
        (Parameter("pageNo", "query", lambda: int, renamed="page_no"), ["--page-no", "3"], 3),
        (Parameter("class", "query", lambda: int, renamed="class_"), ["--class", "3"], 3),
        (_x(float), ["--x", "1.5"], 1.5),
        (_x(bool), ["--x"], True),
        (_x(bool), ["--no-x"], False),
        (_x(bool), [], None),
        (_x(bool, required=True), ["--x", "false"], False),
        (_x(UUID), ["--x", "0" * 32], UUID(int=0)),
        (_x(date), ["--x", "2026-11-03"], date(2026, 11, 3)),
        (_x(AwareDatetime), ["--x", "2026-11-03 00:00Z"], datetime(2026, 11, 3, tzinfo=UTC)),
        (_x(Literal["a", "b"]), ["--x", "b"], "b"),
        (_x(Literal[1, 2]), ["--x", "2"], 2),
        (_x(Colour), ["--x", "red"], "red"),
        (_x(list[int]), [], None),
        (_x(list[Annotated[int, Meta(ge=0)]]), ["--x", "1", "--x", "2"], [1, 2]),
        (_x(list[Literal["a", "b"]]), ["--x", "a"], ["a"]),
        (_x(list[bool]), ["--x", "no"], [False]),
    ],
)
def test_reads(parameter: Parameter, arguments: list[str], expected: Any) -> None:
    value = _read(parameter, *arguments)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("parameter", "arguments"),
    [
        (_x(str, required=True), []),
        (_x(bool, required=True), []),
        (_x(int), ["--x", "1.5"]),
        (_x(Annotated[int, Meta(ge=1)]), ["--x", "0"]),
        (_x(Annotated[int, Meta(le=1)]), ["--x", "2"]),
        (_x(Annotated[float, Meta(gt=0)]), ["--x", "0"]),
        (_x(Annotated[float, Meta(lt=1)]), ["--x", "1"]),
        (_x(Literal["a", "b"]), ["--x", "c"]),
        (_x(UUID), ["--x", "c"]),
        (_x(date), ["--x", "c"]),
        (_x(list[int], required=True), []),
    ],
)
def test_refuses(parameter: Parameter, arguments: list[str]) -> None:
    assert "--x" in _read(parameter, *arguments)


def test_help_has_the_limits() -> None:
    texts = list[Annotated[str, Meta(pattern="^a", min_length=2)]]
    limited = Annotated[texts, Meta(min_length=1, max_length=3)]
    shown = _help(_x(limited, description="Some", default=["a"]))
    for words in (
        "Some.",
        "At least 1 items.",
        "At most 3 items.",
        "Each: At least 2 characters.",
        "Must match ^a.",
        'The service\'s default: ["a"].',
        "Repeatable.",
    ):
        assert words in shown
    assert "[red|blue]" in _help(_x(list[Colour]))
    assert "A multiple of 0.01." in _help(_x(Annotated[float, Meta(multiple_of=0.01)]))


@pytest.mark.parametrize(("default", "shown"), [(False, "false"), (0, "0"), (None, "null"), ("", '""')])
def test_help_has_every_default(default: Any, shown: str) -> None:
    assert f"The service's default: {shown}." in _help(_x(str, default=default))
    assert "default" not in _help(_x(str))


class _Things:
    """Stands for a generated resource."""

    def __init__(self) -> None:
        self.called: dict[str, Any] = {}
        self.response: Any = None

    def create(self, **arguments: Any) -> Any:
        self.called = arguments
        return self.response


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> _Things:
    """A tag `small_things` whose one operation collides with everything, as another contract might have it."""
    module = types.ModuleType("realtimekit.api.small_things")
    operation = _operation(
        Parameter("id", "path", lambda: str, required=True),
        Parameter("limit", "query", lambda: int),
        Parameter("output", "query", lambda: str),
        Parameter("timeout", "query", lambda: int),
        body=Body("application/json", lambda: dict[str, Any]),
    )
    vars(module)["OPERATIONS"] = {"create": operation}
    resource = _Things()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(TAGS, "small_things", "Other things.")
    monkeypatch.setattr("realtimekit.client.Client.small_things", resource, raising=False)
    return resource


def test_another_contract_needs_no_change(cli: Cli, things: _Things) -> None:
    assert "small-things" in cli("--help").out
    given = ("--id", "a", "--limit", "3", "--output", "x", "--timeout", "9", "--cli-timeout", "5")
    assert cli("small-things", "create", *given).code == 0
    assert things.called == {"id": "a", "limit": 3, "output": "x", "timeout": 9}


def test_an_identifier_in_the_path_may_stand_in_the_environment(
    cli: Cli, things: _Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REALTIMEKIT_ID", "from-there")
    cli("small-things", "create")
    assert things.called == {"id": "from-there"}


def test_an_identifier_in_the_path_may_stand_in_a_profile(cli: Cli, things: _Things, profiles: Path) -> None:
    profiles.write_text("[default]\nid = 'from-there'\n")
    cli("small-things", "create")
    assert things.called == {"id": "from-there"}


@pytest.mark.parametrize("form", ["literal", "file", "stdin"])
def test_bodies(cli: Cli, things: _Things, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    text = '{"title": "会议"}'
    (tmp_path / "body.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    body = {"literal": text, "file": f"@{tmp_path / 'body.json'}", "stdin": "-"}[form]
    assert cli("small-things", "create", "--id", "a", "--body", body).code == 0
    assert things.called["body"] == {"title": "会议"}


@pytest.mark.parametrize(("body", "reason"), [("{", "no JSON"), ("@/nowhere", "cannot be read")])
def test_broken_bodies(cli: Cli, things: _Things, body: str, reason: str) -> None:
    result = cli("small-things", "create", "--id", "a", "--body", body)
    assert result.code == 2
    assert "--body" in result.err
    assert reason in result.err
    assert not things.called


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        (None, ""),
        ("text", '"text"\n'),
        ({"a": 1}, '{"a":1}\n'),
        ([{"a": 1}, {"a": 2}], '{"a":1}\n{"a":2}\n'),
    ],
)
def test_responses_that_are_no_lists(cli: Cli, things: _Things, response: Any, shown: str) -> None:
    things.response = response
    assert cli("small-things", "create", "--id", "a") == (0, shown, "")


def test_a_single_response_as_a_table(cli: Cli, things: _Things) -> None:
    things.response = {"name": "x", "parts": [1, 2], "none": None, "half": 0.5}
    out = cli("small-things", "create", "--id", "a", "--cli-output", "table").out
    assert [line.split() for line in out.splitlines()] == [
        ["field", "value"],
        ["name", "x"],
        ["parts", "[1,", "2]"],
        ["none"],
        ["half", "0.5"],
    ]


def test_pages_say_where_the_walk_starts() -> None:
    page = Parameter("page", "query", lambda: int, description="The page")
    operation = _operation(page, pagination=Pagination(page="page", items="data"))
    option = options.parameter_option(page, operation)
    assert option.help == "The page. Where to start: every later page is read too."
