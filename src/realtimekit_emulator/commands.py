"""The commands `realtimekit emulator …`.

What they need is imported inside them, since `realtimekit --help` shows this group as well.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from .errors import EmulatorError, missing_extra

if TYPE_CHECKING:
    from .storage import Storage

__all__ = ["emulator"]

F = TypeVar("F", bound=Callable[..., Any])

# Prism uses 4010 and wrangler 8787, which people run at the same time.
DEFAULT_PORT = 8790


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


def _shows_errors(command: F) -> F:
    """Turn the errors that the user can correct into one line on stderr and exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        # The error says what psycopg would log about a lost connection.
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        try:
            return command(*args, **options)
        except EmulatorError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(str(missing_extra(error))) from error

    return run  # type: ignore[return-value]


_database = click.option(
    "--database",
    required=True,
    metavar="FILE-or-URL",
    help="A SQLite file (created if it does not exist) or a postgresql:// URL.",
)
_contract = click.option(
    "--contract", metavar="FILE", help="An OpenAPI document (JSON or YAML) to use instead of realtimekit's own."
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
@_contract
@click.option("--seed", default=0, type=click.IntRange(0), metavar="N", help="Make up N meetings first.")
@_shows_errors
def _serve(
    *, host: str, port: int, database: str, latency: float, max_per_page: int, contract: str | None, seed: int
) -> None:
    """Serve the API until stopped (Ctrl-C).

    When the server accepts connections, it prints what a client needs as `export NAME=value` lines. With --database
    :memory: the token, account and app are always the same (the token only if --host is this machine); a file or
    PostgreSQL database has its own.
    """
    from .emulator import Emulator

    def print_exports() -> None:
        values = {
            "CLOUDFLARE_BASE_URL": served.base_url,
            "CLOUDFLARE_API_TOKEN": served.api_token,
            "CLOUDFLARE_ACCOUNT_ID": served.account_id,
            "REALTIMEKIT_APP_ID": served.app_id,
        }
        click.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
        sys.stdout.flush()

    # To stderr.
    logging.basicConfig(format="%(levelname)s: %(message)s")
    limit = max_per_page or None
    served = Emulator(database, contract=contract, latency=latency, max_per_page=limit, record=False)
    with contextlib.closing(served):
        served.serve(host, port, seed=seed, on_ready=print_exports)


@emulator.command("seed")
@_database
@click.option("--count", required=True, type=click.IntRange(0), metavar="N", help="How many meetings.")
@click.option("--random-seed", default=0, show_default=True, metavar="S", help="The same number, the same meetings.")
@_shows_errors
def _seed(database: str, count: int, random_seed: int) -> None:
    """Add made-up meetings to a database; the same command again adds nothing."""
    from .records import seed_meetings

    with _storage(database) as storage:
        added, replaced = seed_meetings(storage, count, random_seed)
    click.echo(f"{added} meetings added, {replaced} were there.", err=True)


@emulator.command("import")
@click.argument("file", metavar="FILE", type=click.File("rb"))
@_database
@_contract
@_shows_errors
def _import(file: BinaryIO, database: str, contract: str | None) -> None:
    """Add the meetings in FILE (- for stdin): NDJSON, a JSON array, or a saved response.

    A meeting is given the id, created_at and updated_at that it lacks. If one of them is broken, none is added. A
    meeting with the id of one in the database replaces it.
    """
    from .contract import load_contract
    from .importing import read_meetings
    from .records import complete_meetings, to_record

    # All are checked before the database is opened.
    meetings = read_meetings(file.read(), getattr(file, "name", "stdin"), load_contract(contract))
    with _storage(database) as storage:
        app_id = storage.identity.app_id
        completed = complete_meetings(meetings, *storage.extent(app_id))
        added, replaced = storage.write_meetings(app_id, map(to_record, completed))
    click.echo(f"{added} meetings added, {replaced} replaced.", err=True)


@emulator.command("token")
@_database
@click.option("--permission", "permissions", multiple=True, metavar="NAME", help="Repeatable; all by default.")
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Repeatable; the database's own account by default."
)
@_shows_errors
def _token(database: str, permissions: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    """Create a token and print it."""
    from .contract import load_contract
    from .identity import Identity

    rights = load_contract().check_permissions(permissions or Identity.PERMISSIONS)
    with _storage(database) as storage:
        token = Identity.new().api_token
        storage.add_token(token, rights, accounts or [storage.identity.account_id])
    click.echo(token)
