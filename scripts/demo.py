"""Start the emulator, read all its meetings over HTTP with the SDK, and show some of them."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from realtimekit import Client, Meeting, RealtimeKitError, Unset
from realtimekit_cli.progress import progress

MEETINGS = 250
PER_PAGE = 20
SHOWN = 10


@contextmanager
def emulator(*options: str, python: str = sys.executable) -> Iterator[dict[str, str]]:
    """Run `realtimekit emulator serve` with these options, and yield what it prints for its clients."""
    command = ["emulator", "serve", "--port", "0", *options]
    # Its own session: Ctrl-C reaches only this script, which then stops the server.
    server = subprocess.Popen(
        [python, "-m", "realtimekit_cli", *command], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    output = cast("IO[str]", server.stdout)
    try:
        exports: dict[str, str] = {}
        while len(exports) < 4 and (line := output.readline()):
            name, _, value = shlex.split(line)[1].partition("=")
            exports[name] = value
        if len(exports) < 4:
            raise SystemExit(f"error: the emulator ended with exit code {server.wait()}")
        yield exports
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        output.close()


def read_all(client: Client, app_id: str) -> tuple[list[Meeting], int]:
    """Read every meeting, with a progress bar on a terminal. Return them and the number of pages."""
    meetings: dict[object, Meeting] = {}
    count = 0
    pages = client.meetings.list(app_id, per_page=PER_PAGE).pages()
    with progress("Reading meetings", is_shown=sys.stderr.isatty()) as show_progress:
        for page in pages:
            count += 1
            meetings |= {meeting.id: meeting for meeting in page.data}
            show_progress(len(meetings), page.paging.total_count)
    return list(meetings.values()), count


def show(meetings: list[Meeting], console: Console) -> None:
    """Print some of the meetings, and how many there are of each status."""
    table = Table(box=None, pad_edge=False)
    for name in ("created (UTC)", "status", "title"):
        table.add_column(name, no_wrap=True)
    for meeting in meetings[:SHOWN]:
        table.add_row(f"{meeting.created_at:%Y-%m-%d %H:%M}", _text(meeting.status), _text(meeting.title))
    console.print(table)
    console.print(f"… and {len(meetings) - SHOWN} more" if len(meetings) > SHOWN else "", "\n", sep="")
    statuses = Counter(str(_text(meeting.status)) for meeting in meetings)
    console.print(f"{len(meetings)} meetings:", ", ".join(f"{n} {status}" for status, n in statuses.most_common()))


def main() -> int:
    """Run the demonstration and return the exit code."""
    console = Console(highlight=False)
    # Exit through the `finally` above, which stops the server.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        with emulator("--seed", str(MEETINGS)) as exports:
            client = Client(
                api_token=exports["CLOUDFLARE_API_TOKEN"],
                account_id=exports["CLOUDFLARE_ACCOUNT_ID"],
                base_url=exports["CLOUDFLARE_BASE_URL"],
            )
            console.print(f"The emulator is at {exports['CLOUDFLARE_BASE_URL']}", "\n", sep="")
            with client:
                started = time.perf_counter()
                meetings, pages = read_all(client, exports["REALTIMEKIT_APP_ID"])
                seconds = time.perf_counter() - started
        show(meetings, console)
        console.print(f"{pages} pages of {PER_PAGE}, read in {seconds:.2f} s over HTTP")
    except RealtimeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if len(meetings) == MEETINGS else 1


def _text(value: str | Unset | None) -> Text:
    return Text("-" if value is None or isinstance(value, Unset) else str(value))


if __name__ == "__main__":
    sys.exit(main())
