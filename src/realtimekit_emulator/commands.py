"""`realtimekit emulator …`: plain functions, and the click group that offers them.

What the functions need is imported inside them, since `realtimekit --help` shows this group as well.
"""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .problems import EmulatorError

if TYPE_CHECKING:
    from .identity import Identity
    from .storage import Storage

__all__ = ["create_token", "emulator", "import_meetings", "seed_meetings", "serve"]

F = TypeVar("F", bound=Callable[..., Any])

# Prism's is 4010, wrangler's 8787: people have those running beside this.
DEFAULT_PORT = 8790


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    database: str = ":memory:",
    latency: float = 0.0,
    max_per_page: int | None = 100,
    contract: str | None = None,
    seed: int = 0,
    on_ready: Callable[[str, Identity], None] | None = None,
) -> None:
    """Serve a database until SIGINT or SIGTERM.

    Args:
        host: The address to listen on.
        port: The port; 0 for any free one.
        database: `:memory:`, a SQLite file, or a `postgresql://` URL.
        latency: Seconds that every response waits.
        max_per_page: What a larger `per_page` is cut to; None for no limit.
        contract: An OpenAPI document to follow instead of realtimekit's own.
        seed: Meetings to make up first.
        on_ready: Called with the base URL and who may ask, once connections are accepted.

    Raises:
        EmulatorError: If the port, the database or the contract cannot be used.
    """
    from .app import EmulatorApp
    from .contract import load_contract
    from .controls import Controls
    from .directory import Directory
    from .server import address, listen, serve_forever

    loaded = load_contract(contract)
    with listen(host, port) as listening:
        storage = _open(database)
        try:
            if seed:
                _seed(storage, seed, 0)
            directory = Directory(storage)
            directory.refresh()
            for app in storage.apps().values():
                directory.index(app)  # Now, so that the first request does not wait for it.
            controls = Controls(latency=latency, max_per_page=max_per_page, requests=None)
            url = address(listening) + loaded.base_path
            serve_forever(
                EmulatorApp(loaded, directory, controls),
                listening,
                lambda: on_ready(url, storage.identity) if on_ready is not None else None,
            )
        finally:
            storage.close()


def seed_meetings(database: str, count: int, random_seed: int = 0) -> tuple[int, int]:
    """Fill a database's default app with made-up meetings, the same for the same `random_seed`.

    Returns:
        How many meetings were added, and how many were there already (made from the same seed before).

    Raises:
        EmulatorError: If the database cannot be used.
    """
    storage = _open(database)
    try:
        return _seed(storage, count, random_seed)
    finally:
        storage.close()


def import_meetings(text: str, name: str, database: str, contract: str | None = None) -> tuple[int, int]:
    """Add meetings from NDJSON, a JSON array or a saved response to a database's default app; all or none.

    Returns:
        How many were added, and how many replaced a meeting of the same id.

    Raises:
        EmulatorError: If one of them is broken, or the database cannot be used.
    """
    from .contract import load_contract
    from .importing import read_meetings

    # Checked before the database is touched.
    records = read_meetings(text, name, load_contract(contract))
    storage = _open(database)
    try:
        return storage.write_meetings(storage.identity.app_id, records)
    finally:
        storage.close()


def create_token(database: str, permissions: Sequence[str] = (), accounts: Sequence[str] = ()) -> str:
    """Make a token in a database: for its own account and with every permission, unless others are named.

    Raises:
        EmulatorError: If the database cannot be used.
    """
    from .identity import Identity

    storage = _open(database)
    try:
        token = Identity.new().api_token
        storage.add_token(token, permissions or Identity.PERMISSIONS, accounts or [storage.identity.account_id])
        return token
    finally:
        storage.close()


def _open(database: str) -> Storage:
    try:
        from .storage import Storage
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    return Storage(database)


def _missing(error: ModuleNotFoundError) -> EmulatorError:
    return EmulatorError(
        f"The emulator takes {error.name}, which is not installed: `pip install 'realtimekit[emulator]'`."
    )


def _seed(storage: Storage, count: int, random_seed: int) -> tuple[int, int]:
    from .records import to_record
    from .seeding import generate_meetings

    records = map(to_record, generate_meetings(count, random_seed))
    return storage.write_meetings(storage.identity.app_id, records)


def _tells_problems(command: F) -> F:
    """Turn what the user can put right into one line on stderr and exit status 1."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except EmulatorError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(str(_missing(error))) from error

    return run  # type: ignore[return-value]


_database = click.option(
    "--database",
    required=True,
    metavar="FILE-or-URL",
    help="A SQLite file (made if there is none) or postgresql:// URL.",
)
_contract = click.option(
    "--contract", metavar="FILE", help="An OpenAPI document (JSON or YAML) to follow instead of realtimekit's own."
)


@click.group()
def emulator() -> None:
    """Run the endpoint on this machine, on a database of your own."""


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
    help="A SQLite file (made if there is none), a postgresql:// URL, or :memory:.",
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
    help="What a larger per_page is cut to; 0: no limit.",
)
@_contract
@click.option("--seed", default=0, type=click.IntRange(0), metavar="N", help="Make up N meetings first.")
@_tells_problems
def _serve(
    *, host: str, port: int, database: str, latency: float, max_per_page: int, contract: str | None, seed: int
) -> None:
    """Serve the endpoint until stopped (Ctrl-C).

    Prints what a client needs as `export NAME=value` lines once connections are accepted. With --database :memory: the
    token, account and app are always the same; a file or PostgreSQL database keeps its own.
    """

    def on_ready(url: str, identity: Identity) -> None:
        values = {
            "CLOUDFLARE_BASE_URL": url,
            "CLOUDFLARE_API_TOKEN": identity.api_token,
            "CLOUDFLARE_ACCOUNT_ID": identity.account_id,
            "REALTIMEKIT_APP_ID": identity.app_id,
        }
        click.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items()))
        sys.stdout.flush()

    serve(
        host=host,
        port=port,
        database=database,
        latency=latency,
        max_per_page=max_per_page or None,
        contract=contract,
        seed=seed,
        on_ready=on_ready,
    )


@emulator.command("seed")
@_database
@click.option("--count", required=True, type=click.IntRange(0), metavar="N", help="How many meetings.")
@click.option("--random-seed", default=0, show_default=True, metavar="S", help="The same number, the same meetings.")
@_tells_problems
def _seed_command(database: str, count: int, random_seed: int) -> None:
    """Fill a database with made-up meetings; repeating it adds nothing twice."""
    added, present = seed_meetings(database, count, random_seed)
    click.echo(f"{added} meetings added, {present} were there.", err=True)


@emulator.command("import")
@click.argument("file", metavar="FILE")
@_database
@_contract
@_tells_problems
def _import(file: str, database: str, contract: str | None) -> None:
    """Add the meetings in FILE (- for stdin): NDJSON, a JSON array, or a saved response.

    All of them or, if one is broken, none. A meeting whose id is there already replaces it.
    """
    name = "stdin" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise EmulatorError(f"Cannot read {name}: {error.strerror}. Name a readable file, or - for stdin.") from error
    except UnicodeDecodeError as error:
        raise EmulatorError(f"{name} is not UTF-8 text (byte {error.start}). Nothing was imported.") from error
    added, replaced = import_meetings(text, name, database, contract)
    click.echo(f"{added} meetings added, {replaced} replaced.", err=True)


@emulator.command("token")
@_database
@click.option(
    "--permission", "permissions", multiple=True, metavar="NAME", help="Repeatable; all of them if not given."
)
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Repeatable; the database's own account if not given."
)
@_tells_problems
def _token(database: str, permissions: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    """Make a token and print it."""
    click.echo(create_token(database, permissions, accounts))
