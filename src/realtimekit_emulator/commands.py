"""The commands `realtimekit emulator …`.

What they need is imported inside them, since `realtimekit --help` shows this group as well.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from .errors import EmulatorError, missing_extra
from .identity import ID

if TYPE_CHECKING:
    from .control import ControlledApp
    from .controls import Failures
    from .storage import Storage

__all__ = ["emulator"]

F = TypeVar("F", bound=Callable[..., Any])

# Prism uses 4010 and wrangler 8787, which people run at the same time.
DEFAULT_PORT = 8790
_TOKEN_VARIABLE = "REALTIMEKIT_EMULATOR_TOKEN"  # noqa: S105 - its name
_RATE_LIMIT = re.compile(r"(\d+)/(\d+(?:\.\d+)?)([smh]?)", re.ASCII)
_FAIL = re.compile(r"(\d{3}(?:,\d{3})*):(\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


@contextlib.contextmanager
def _storage(database: str) -> Iterator[Storage]:
    from .storage import Storage

    with contextlib.closing(Storage(database)) as storage:
        if storage.is_private:
            raise EmulatorError(
                "A database in memory ends with this command: name a file or a postgresql:// URL, "
                "or serve made-up meetings with `realtimekit emulator serve --seed N`."
            )
        yield storage


def _silence_psycopg() -> None:
    """The emulator's errors say what psycopg would log about a lost connection."""
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)


def _shows_errors(command: F) -> F:
    """Turn the errors that the user can correct into one line on stderr and exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        _silence_psycopg()
        try:
            return command(*args, **options)
        except EmulatorError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(str(missing_extra(error))) from error

    return run  # type: ignore[return-value]


def _check_id(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Refuse an id that no request could have in its path."""
    if text is not None and re.fullmatch(ID, text) is None:
        raise click.BadParameter(f"{text!r} is not an id: up to 64 letters, digits, dashes and underscores.")
    return text


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


_database = click.option(
    "--database",
    required=True,
    metavar="FILE-or-URL",
    help="A SQLite file (created if it does not exist) or a postgresql:// URL.",
)
_contract = click.option(
    "--contract", metavar="FILE", help="An OpenAPI document (JSON or YAML) to use instead of realtimekit's own."
)

_app_id = click.option("--app-id", metavar="ID", help="The app; the database's own by default.")
_account = click.option(
    "--account", metavar="ID", callback=_check_id, help="The account; the database's own by default."
)


@click.group()
def emulator() -> None:
    """Run the API on this machine, on your own database."""


@emulator.command("serve")
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
@_contract
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
@_shows_errors
def _serve(
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
        _controlled, options, token, remote=remote_control, is_worker=workers > 1, verbose=verbose
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
def _controlled(
    options: dict[str, Any], token: str, origin: str | None = None, *, verbose: bool, **controls: bool
) -> Iterator[ControlledApp]:
    """An emulator with its control endpoints, in this process or in a worker, which is told where it is."""
    from .control import ControlledApp
    from .emulator import Emulator

    _silence_psycopg()
    # To stderr.
    logging.basicConfig(format="%(levelname)s: %(message)s")
    if verbose:
        logging.getLogger(__package__).setLevel(logging.INFO)
    with contextlib.closing(Emulator(**options)) as served:
        if origin:
            served.origin = origin
            served._cache.load()
        yield ControlledApp(served, token, **controls)


@emulator.group("app")
def _app() -> None:
    """Add and list the apps of a database."""


@_app.command("add")
@click.argument("app_id", metavar="[ID]", required=False, callback=_check_id)
@_database
@_account
@_shows_errors
def _add_app(app_id: str | None, database: str, account: str | None) -> None:
    """Add an app, with a new id unless one is given, and print its id."""
    import uuid

    app_id = app_id or str(uuid.uuid4())
    with _storage(database) as storage:
        storage.add_app(app_id, account or storage.identity.account_id)
    click.echo(app_id)


@_app.command("list")
@_database
@_shows_errors
def _list_apps(database: str) -> None:
    """Print a line for each app: its id, its account and how many meetings it has, with tabs between them."""
    with _storage(database) as storage:
        for app in storage.apps().values():
            click.echo(f"{app.id}\t{app.account_id}\t{storage.extent(app.id)[1]}")


@emulator.command("seed")
@_database
@click.option("--count", required=True, type=click.IntRange(0), metavar="N", help="How many meetings.")
@click.option("--random-seed", default=0, show_default=True, metavar="S", help="The same number, the same meetings.")
@_app_id
@_shows_errors
def _seed(database: str, count: int, random_seed: int, app_id: str | None) -> None:
    """Add made-up meetings to an app; the same command again adds nothing."""
    from .records import seed_meetings

    with _storage(database) as storage:
        added, replaced = seed_meetings(storage, count, random_seed, app_id)
    click.echo(f"{added} meetings added, {replaced} were there.", err=True)


@emulator.command("import")
@click.argument("file", metavar="FILE", type=click.File("rb"))
@_database
@_contract
@_app_id
@_shows_errors
def _import(file: BinaryIO, database: str, contract: str | None, app_id: str | None) -> None:
    """Add the meetings in FILE (- for stdin): NDJSON, a JSON array, or a saved response.

    A meeting is given the id, created_at and updated_at that it lacks. If one of them is broken, none is added. A
    meeting with the id of one in the app replaces it.
    """
    from .contract import load_contract
    from .importing import read_meetings
    from .records import complete_meetings, to_record

    # All are checked before the database is opened.
    meetings = read_meetings(file.read(), getattr(file, "name", "stdin"), load_contract(contract))
    with _storage(database) as storage:
        app_id = storage.app(app_id).id
        completed = complete_meetings(meetings, *storage.extent(app_id))
        added, replaced = storage.write_meetings(app_id, map(to_record, completed))
    click.echo(f"{added} meetings added, {replaced} replaced.", err=True)


@emulator.command("token")
@_database
@click.option("--permission", "permissions", multiple=True, metavar="NAME", help="Repeatable; all by default.")
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Repeatable; the database's own account by default."
)
@click.option(
    "--app-id",
    "app_ids",
    multiple=True,
    metavar="ID",
    help="An app to read, repeatable: instead of its account, which the token can then read all of, as in the service.",
)
@_shows_errors
def _token(database: str, permissions: tuple[str, ...], accounts: tuple[str, ...], app_ids: tuple[str, ...]) -> None:
    """Create a token and print it."""
    from .contract import load_contract
    from .identity import Identity, new_token

    rights = load_contract().check_permissions(permissions or Identity.PERMISSIONS)
    with _storage(database) as storage:
        token = new_token()
        of_apps = [storage.app(app_id).account_id for app_id in app_ids]
        storage.add_token(token, rights, {*accounts, *of_apps} or {storage.identity.account_id})
    click.echo(token)
