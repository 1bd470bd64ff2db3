"""The help texts, and that showing them imports little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import click
import pytest

import realtimekit as package
from realtimekit.api import TAGS
from realtimekit_cli import exits
from realtimekit_cli.app import realtimekit
from realtimekit_cli.options import flag
from realtimekit_runtime.operations import Operation

from .conftest import Cli


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


COMMANDS = dict(_commands(realtimekit))
OPERATIONS: dict[tuple[str, ...], Operation] = {
    (tag.replace("_", "-"), method.strip("_").replace("_", "-")): operation
    for tag in TAGS
    for method, operation in import_module(f"realtimekit.api.{tag}").OPERATIONS.items()
}
EXPORTS: dict[tuple[str, ...], Operation] = {
    (path[0], f"export{path[1].removeprefix('list')}"): operation
    for path, operation in OPERATIONS.items()
    if operation.pagination and path[1].startswith("list")
}


def test_every_operation_of_the_contract_has_a_command() -> None:
    assert set(OPERATIONS) | set(EXPORTS) <= set(COMMANDS)
    assert ("meetings", "list") in OPERATIONS
    assert {("emulator", name) for name in ("serve", "seed", "import", "token")} <= set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_has_help(cli: Cli, path: tuple[str, ...]) -> None:
    result = cli(*path, "--help")
    assert (result.code, result.err) == (0, "")
    # No option takes a token, except where the emulator makes one.
    assert "--api-token" not in result.out or path[0] == "emulator"
    operation = OPERATIONS.get(path) or EXPORTS.get(path)
    # The contract may have parameters and operations without a description.
    optional = {parameter.python_name for parameter in operation.parameters} if operation else set()
    assert COMMANDS[path].help or operation
    for option in COMMANDS[path].params:
        assert not isinstance(option, click.Option) or option.help or option.name in optional, option.name


@pytest.mark.parametrize("path", [*OPERATIONS, *EXPORTS], ids=" ".join)
def test_help_has_what_the_contract_says_of_an_operation(cli: Cli, path: tuple[str, ...]) -> None:
    operation = OPERATIONS.get(path) or EXPORTS[path]
    shown = " ".join(cli(*path, "--help").out.split())
    assert operation.summary in shown
    for parameter in operation.parameters:
        if path in EXPORTS and operation.pagination and parameter.name == operation.pagination.page:
            continue
        assert f"{flag(parameter)} " in shown
        assert " ".join(parameter.description.split()) in shown
    for permission in operation.permissions:
        assert permission in shown


def test_help_says_where_identifiers_come_from_and_what_the_limits_are(cli: Cli) -> None:
    shown = " ".join(cli("meetings", "list", "--help").out.split())
    for words in (
        "[env var: REALTIMEKIT_APP_ID; required]",
        "[env var: CLOUDFLARE_ACCOUNT_ID; required]",
        "At most 36 characters.",
        "[x>=0]",
        "Local time unless",
        "[table|ndjson|json|csv]",
    ):
        assert words in shown


def test_the_exit_codes_are_documented(cli: Cli) -> None:
    shown = cli("--help").out
    assert exits.MEANINGS.count("\n") == 11
    for line in exits.MEANINGS.splitlines():
        assert line.strip() in shown


def test_version(cli: Cli) -> None:
    assert cli("--version") == (0, f"realtimekit {package.__version__}\n", "")


def test_without_arguments_the_help_is_shown(cli: Cli) -> None:
    for path in ((), ("meetings",)):
        result = cli(*path)
        assert "Usage: realtimekit" in result.out + result.err


LIBRARIES = {"httpx", "rich", "dateutil", "asyncio", "sqlalchemy", "uvicorn", "pyarrow"}


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        (["--help"], LIBRARIES | {"msgspec", "attr", "attrs"}),
        (["meetings", "--help"], LIBRARIES),
        (["meetings", "list", "--help"], LIBRARIES),
        (["meetings", "export", "--help"], LIBRARIES),
    ],
    ids=["root", "tag", "list", "export"],
)
def test_help_loads_nothing_that_help_does_not_need(arguments: list[str], not_loaded: set[str]) -> None:
    check = (
        "import sys; from realtimekit_cli.main import main; code = main(); "
        f"loaded = {not_loaded!r} & set(sys.modules); sys.exit(str(loaded) if loaded else code)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", check, *arguments], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    command = "import sys; from realtimekit_cli.main import main; sys.exit(main())"
    variables = {
        "_REALTIMEKIT_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "realtimekit meetings list --per",
        "COMP_CWORD": "--per" if shell == "fish" else "3",
    }
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=dict(variables, PATH="/usr/bin:/bin"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--per-page" in done.stdout
