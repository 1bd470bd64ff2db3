"""The command `realtimekit`. Every failure becomes one line on stderr and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

from realtimekit import __version__
from realtimekit.api import TAGS
from realtimekit.errors import RealtimeKitError

from .emulator import EmulatorGroup
from .exits import CLOSED_PIPE, FAILED, INTERRUPTED, MEANINGS, exit_code
from .outputs import drop_output
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
    REALTIMEKIT_ALLOW_HTTP 1: allow an address with http:// that is not this machine's
    REALTIMEKIT_PROFILE    the section of ~/.config/realtimekit.toml that has what is set nowhere else
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
        return [*(tag.replace("_", "-") for tag in TAGS), "doctor", "emulator"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        tag = cmd_name.replace("-", "_")
        if tag in TAGS:
            return TagGroup(tag, TAGS[tag])
        if cmd_name == "doctor":
            from .doctor_command import DoctorCommand

            return DoctorCommand()
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
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        code = CLOSED_PIPE
    except OSError as exc:
        code = _fail(_with_notes(f"The output cannot be written: {exc.strerror}", exc), FAILED)
    except SystemExit:
        # So click ends completion, and also when a pipe is closed.
        if "_REALTIMEKIT_COMPLETE" in os.environ:
            raise
        code = CLOSED_PIPE
    drop_output()
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        # `--help`, `--version` and a closed pipe return an exit code, a command returns None.
        result = realtimekit.main(list(arguments), prog_name="realtimekit", standalone_mode=False)
    except click.UsageError as exc:
        if isinstance(exc, click.exceptions.NoArgsIsHelpError):
            exc.show()
            return exc.exit_code
        path = exc.ctx.command_path if exc.ctx is not None else "realtimekit"
        return _fail(f"{exc.format_message().rstrip('.')}; see `{path} --help`", exc.exit_code)
    except click.ClickException as exc:
        return _fail(_with_notes(exc.format_message(), exc), exc.exit_code)
    except click.Abort as exc:
        return _fail(_with_notes("interrupted", exc.__cause__), INTERRUPTED)
    except RealtimeKitError as exc:
        return _fail(_with_notes(exc.describe(exc.setting), exc), exit_code(exc))
    return result if isinstance(result, int) else 0


def _with_notes(message: str, exc: BaseException | None) -> str:
    return "; ".join([message, *getattr(exc, "__notes__", ())])


def _fail(message: str, code: int) -> int:
    with contextlib.suppress(OSError):
        click.echo(f"error: {one_line(message)}", err=True)
    return code
