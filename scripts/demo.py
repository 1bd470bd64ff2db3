"""Start the emulator, read all its meetings over HTTP with the SDK, and show some with the command line."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from realtimekit import Client
from realtimekit_cli.app import run
from realtimekit_emulator import Emulator
from realtimekit_emulator.seeding import generate_meetings

MEETINGS = 250
PER_PAGE = 20
SHOWN = 10


def main() -> int:
    """Run the demonstration and return the exit code."""
    with Emulator() as emulator:
        emulator.add_meetings(generate_meetings(MEETINGS))
        os.environ["CLOUDFLARE_BASE_URL"] = emulator.base_url
        os.environ["CLOUDFLARE_API_TOKEN"] = emulator.api_token
        os.environ["CLOUDFLARE_ACCOUNT_ID"] = emulator.account_id
        print(f"The emulator is at {emulator.base_url}\n", flush=True)
        started = time.perf_counter()
        with Client() as client:
            meetings = list(client.meetings.list(emulator.app_id, per_page=PER_PAGE))
        seconds = time.perf_counter() - started
        pages = len(emulator.requests)
        listing = ("meetings", "list", "--app-id", emulator.app_id, "--limit", str(SHOWN), "--quiet")
        code = run([*listing, "-o", "table"])
    statuses = Counter(str(meeting.status or "without a status") for meeting in meetings).most_common()
    print(f"… and {len(meetings) - SHOWN} more\n")
    print(f"{len(meetings)} meetings:", ", ".join(f"{count} {status}" for status, count in statuses))
    print(f"{pages} pages of {PER_PAGE}, read in {seconds:.2f} s over HTTP")
    return code if len(meetings) == MEETINGS else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
