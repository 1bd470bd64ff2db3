"""The command `realtimekit`. Every failure becomes one line on stderr and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from realtimekit import __version__
from realtimekit.api import TAGS
from realtimekit.errors import RealtimeKitError

from .emulator import EmulatorGroup
from .exits import INTERRUPTED, MEANINGS, exit_code
from .resources import TagGroup
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["realtimekit", "run"]

_EPILOG = f"""\
\b
Environment:
    CLOUDFLARE_API_TOKEN   the API token; it has no option, since other users can see command lines
    CLOUDFLARE_ACCOUNT_ID  the account, unless --account-id is given
    CLOUDFLARE_BASE_URL    the address of the API, such as an emulator's
    NO_COLOR               if set, no colours

\b
Exit codes:
{MEANINGS.rstrip()}

\b
Completion in bash (or zsh, fish):
    eval "$(_REALTIMEKIT_COMPLETE=bash_source realtimekit)"
"""


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return [*(tag.replace("_", "-") for tag in TAGS), "emulator"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        tag = cmd_name.replace("-", "_")
        if tag in TAGS:
            return TagGroup(tag, TAGS[tag])
        return EmulatorGroup() if cmd_name == "emulator" else None


realtimekit = _Root(
    "realtimekit",
    help="Call the API from a shell. Every command has its own --help.",
    epilog=_EPILOG,
    params=[],
    context_settings={"help_option_names": ["-h", "--help"]},
)
click.version_option(__version__, prog_name="realtimekit", message="%(prog)s %(version)s")(realtimekit)


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        # `--help`, `--version` and a closed pipe return an exit code, a command returns None.
        result = realtimekit.main(list(arguments), prog_name="realtimekit", standalone_mode=False)
    except click.UsageError as exc:
        if isinstance(exc, click.exceptions.NoArgsIsHelpError):
            exc.show()
            return exc.exit_code
        path = exc.ctx.command_path if exc.ctx is not None else "realtimekit"
        return _fail(f"{_usage(exc)}; see `{path} --help`", exc.exit_code)
    except click.ClickException as exc:
        return _fail(exc.format_message(), exc.exit_code)
    except click.Abort as exc:
        return _fail(_with_notes("interrupted", exc.__cause__), INTERRUPTED)
    except RealtimeKitError as exc:
        return _fail(_with_notes(str(exc), exc), exit_code(exc))
    return result if isinstance(result, int) else 0


def _usage(exc: click.UsageError) -> str:
    if isinstance(exc, click.MissingParameter) and exc.param is not None and exc.param.envvar is not None:
        return f"Missing option '{exc.param.opts[0]}': use it, or set {exc.param.envvar}"
    return exc.format_message().rstrip(".")


def _with_notes(message: str, exc: BaseException | None) -> str:
    return "; ".join([message, *getattr(exc, "__notes__", ())])


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {one_line(message)}", err=True)
    return code
