"""The command `realtimekit emulator serve`.

What it needs is imported inside it, since `realtimekit --help` shows it as well.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .command_parts import contract_option, shows_errors, silence_psycopg

if TYPE_CHECKING:
    from .control import ControlledApp
    from .controls import Failures

__all__ = ["DEFAULT_PORT", "controlled", "serve"]

# Prism uses 4010 and wrangler 8787, which people run at the same time.
DEFAULT_PORT = 8790
_TOKEN_VARIABLE = "REALTIMEKIT_EMULATOR_TOKEN"  # noqa: S105 - its name
_RATE_LIMIT = re.compile(r"(\d+)/(\d+(?:\.\d+)?)([smh]?)", re.ASCII)
_FAIL = re.compile(r"(\d{3}(?:,\d{3})*):(\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def _read_rate_limit(_context: click.Context, _option: click.Parameter, text: str | None) -> tuple[int, float] | None:
    if text is None:
        return None
    match = _RATE_LIMIT.fullmatch(text)
    if match is None or float(match[2]) == 0:
        raise click.BadParameter(f"{text!r} is not a number of requests and a time, such as 5/1s, 1200/5m or 10/1h.")
    return int(match[1]), float(match[2]) * _SECONDS[match[3]]


def _read_failures(context: click.Context, _option: click.Parameter, text: str | None) -> Failures | None:
    from .controls import Failures

    if text is None:
        return None
    match = _FAIL.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not a status and a share, such as 503:0.1 or 429,503:0.1.")
    try:
        return Failures(float(match[2]), [int(status) for status in match[1].split(",")], context.params["random_seed"])
    except ValueError as error:
        raise click.BadParameter(f"{text}: {error}.") from error


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="The port; 0: any free one."
)
@click.option(
    "--database",
    default=":memory:",
    show_default=True,
    metavar="FILE-or-URL",
    help="A SQLite file (created if it does not exist), a postgresql:// URL, or :memory:.",
)
@click.option(
    "--latency", default=0.0, type=click.FloatRange(0), metavar="SECONDS", help="How long every response waits."
)
@click.option(
    "--max-per-page",
    default=100,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="The most meetings on a page, even if per_page asks for more; 0: no limit.",
)
@click.option(
    "--rate-limit",
    metavar="N/TIME",
    callback=_read_rate_limit,
    help="How many requests a token has in a time, such as 5/1s or 1200/5m; one more is a 429. No limit by default.",
)
@click.option(
    "--fail",
    "failures",
    metavar="STATUS:SHARE",
    callback=_read_failures,
    help="Fail a share of all requests at random, such as 503:0.1 or 429,503:0.1.",
)
@click.option(
    "--random-seed",
    default=0,
    show_default=True,
    # Read before --fail.
    is_eager=True,
    metavar="S",
    help="The same number, the same failures of --fail and the same meetings of --seed.",
)
@contract_option
@click.option("--seed", default=0, type=click.IntRange(0), metavar="N", help="Make up N meetings first.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="A line on stderr for each request: method, path, status, milliseconds, app.",
)
@click.option(
    "--remote-control",
    is_flag=True,
    help="Let other machines use the control endpoints too, where --host lets them in.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    metavar="N",
    help="How many processes serve. They share a database that is not :memory:.",
)
@shows_errors
def serve(
    *,
    host: str,
    port: int,
    database: str,
    latency: float,
    max_per_page: int,
    rate_limit: tuple[int, float] | None,
    failures: Failures | None,
    random_seed: int,
    contract: str | None,
    seed: int,
    verbose: bool,
    remote_control: bool,
    workers: int,
) -> None:
    """Serve the API until stopped (Ctrl-C).

    When the server accepts connections, it prints what a client needs as `export NAME=value` lines. With --database
    :memory: the token, account and app are always the same (the token only if --host is this machine); a file or
    PostgreSQL database has its own.

    REALTIMEKIT_EMULATOR_TOKEN, the last line, opens the control endpoints under /_emulator/, and nothing else; where it
    is in the environment already, that token does. /_emulator/openapi.json describes them, and a browser gets a page at
    the server's address.

    With --workers, one that dies is replaced. There are no scripted faults, changes of the settings, recorded requests
    and no page then, since each worker would have its own.
    """
    import os

    from .identity import new_token

    if workers > 1 and (rate_limit or failures):
        raise click.UsageError("--rate-limit and --fail count in one process: they cannot be used with --workers.")
    token = os.environ.get(_TOKEN_VARIABLE) or new_token()

    def print_exports() -> None:
        values = {**served.environment, _TOKEN_VARIABLE: token}
        click.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
        sys.stdout.flush()
        if sys.stderr.isatty() and workers == 1:
            click.echo(f"A page to look at it: {served.origin}/#token={token}", err=True)

    options = {
        "database": database,
        "contract": contract,
        "latency": latency,
        "max_per_page": max_per_page or None,
        "rate_limit": rate_limit,
        "failures": failures,
        "record": workers == 1,
    }
    make_app = functools.partial(
        controlled, options, token, remote=remote_control, is_worker=workers > 1, verbose=verbose
    )
    with make_app() as app:
        served = app.emulator
        served.serve(
            host,
            port,
            seed=seed,
            random_seed=random_seed,
            on_ready=print_exports,
            app=app,
            workers=(workers, make_app) if workers > 1 else None,
        )


@contextlib.contextmanager
def controlled(
    options: dict[str, Any], token: str, origin: str | None = None, *, verbose: bool, **controls: bool
) -> Iterator[ControlledApp]:
    """An emulator with its control endpoints, in this process or in a worker, which is told where it is."""
    from .control import ControlledApp
    from .emulator import Emulator

    silence_psycopg()
    # To stderr.
    logging.basicConfig(format="%(levelname)s: %(message)s")
    if verbose:
        logging.getLogger(__package__).setLevel(logging.INFO)
    with contextlib.closing(Emulator(**options)) as served:
        if origin:
            served.origin = origin
            served._cache.load()
        yield ControlledApp(served, token, **controls)
