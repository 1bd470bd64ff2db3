"""The commands `realtimekit emulator …`.

What they need is imported inside them, since `realtimekit --help` shows this group as well.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from .command_parts import contract_option, shows_errors
from .errors import EmulatorError
from .identity import ID
from .serve_command import serve

if TYPE_CHECKING:
    from .storage import Storage

__all__ = ["emulator"]


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


def _check_id(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Refuse an id that no request could have in its path."""
    if text is not None and re.fullmatch(ID, text) is None:
        raise click.BadParameter(f"{text!r} is not an id: up to 64 letters, digits, dashes and underscores.")
    return text


_database = click.option(
    "--database",
    required=True,
    metavar="FILE-or-URL",
    help="A SQLite file (created if it does not exist) or a postgresql:// URL.",
)
_app_id = click.option("--app-id", metavar="ID", help="The app; the database's own by default.")
_account = click.option(
    "--account", metavar="ID", callback=_check_id, help="The account; the database's own by default."
)


@click.group()
def emulator() -> None:
    """Run the API on this machine, on your own database."""


emulator.add_command(serve)


@emulator.group("app")
def _app() -> None:
    """Add and list the apps of a database."""


@_app.command("add")
@click.argument("app_id", metavar="[ID]", required=False, callback=_check_id)
@_database
@_account
@shows_errors
def _add_app(app_id: str | None, database: str, account: str | None) -> None:
    """Add an app, with a new id unless one is given, and print its id."""
    import uuid

    app_id = app_id or str(uuid.uuid4())
    with _storage(database) as storage:
        storage.add_app(app_id, account or storage.identity.account_id)
    click.echo(app_id)


@_app.command("list")
@_database
@shows_errors
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
@shows_errors
def _seed(database: str, count: int, random_seed: int, app_id: str | None) -> None:
    """Add made-up meetings to an app; the same command again adds nothing."""
    from .records import seed_meetings

    with _storage(database) as storage:
        added, replaced = seed_meetings(storage, count, random_seed, app_id)
    click.echo(f"{added} meetings added, {replaced} were there.", err=True)


@emulator.command("import")
@click.argument("file", metavar="FILE", type=click.File("rb"))
@_database
@contract_option
@_app_id
@shows_errors
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
@shows_errors
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
