"""An export that is killed again and again, and goes on each time: the file has all that was there before, once each.

Most of the deaths are made up inside this process: some call of the operating system is the last one, and what was not
synced by then may be lost. Some are a real `kill -9`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from realtimekit_emulator import Emulator

from .conftest import COMMAND, Cli
from .exports import EXPORT, FORMATS, ids, read_back, spool

APPS = ("first", "second")


class Killed(BaseException):
    """The process is dead."""


class Machine:
    """Runs the command until some call of the operating system, of which only a part is done.

    Attributes:
        between: Is called before each call.
    """

    def __init__(self, seed: int, between: Callable[[], None]) -> None:
        self.random = random.Random(seed)
        self.between = between
        self._left = 0
        self._thread = threading.get_ident()
        # How many bytes of each file, by its number, are on the disk for certain.
        self._synced: dict[int, int] = {}
        self._is_rename_synced = self._is_write_synced = True

    @contextmanager
    def running(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Kill what runs inside sooner or later, if it does not end before."""
        self._left = self.random.randint(1, 40)
        self._is_write_synced = True
        with monkeypatch.context() as patch:
            for name in ("write", "fsync", "ftruncate", "replace", "unlink"):
                patch.setattr(os, name, self._mortal(name, getattr(os, name)))
            yield

    def _mortal(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if threading.get_ident() != self._thread:
                return real(*args)
            self._left -= 1
            if self._left < 0:
                raise Killed
            if self._left == 0:
                if name == "write":
                    file, data = args
                    real(file, data[: self.random.randint(0, len(data))])
                elif name != "fsync" and self.random.random() < 0.5:
                    real(*args)
                raise Killed
            self.between()
            return self._fsync(*args) if name == "fsync" else self._checked(name, real, args)

        return call

    def _fsync(self, file: int) -> None:
        # The disk of the tests need not be slow.
        status = os.fstat(file)
        self._synced[status.st_ino] = status.st_size
        self._is_rename_synced = self._is_write_synced = True

    def _checked(self, name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if name == "write":
            assert self._is_write_synced, "a page is written before the last one is on the disk"
            self._is_write_synced = False
        if name == "replace":
            status = Path(args[0]).stat()
            assert self._synced[status.st_ino] == status.st_size, "a file gets its name before it is on the disk"
            self._is_rename_synced = False
        if name == "unlink":
            assert self._is_rename_synced, "the spool goes before the output is on the disk"
        return real(*args)

    def lose_power(self, file: Path) -> None:
        """Lose a part of what was not synced."""
        if not file.exists():
            return
        data = bytearray(file.read_bytes())
        synced = min(self._synced.get(file.stat().st_ino, 0), len(data))
        end = self.random.randint(synced, len(data))
        if self.random.random() < 0.5:
            # Later blocks were written, and earlier ones were not.
            data[synced:end] = bytes(end - synced)
        else:
            del data[end:]
        with file.open("r+b") as place:
            place.write(data)
            place.truncate()


@pytest.mark.parametrize("seed", range(30))
def test_what_was_there_before_is_in_the_file_once_each(
    cli: Cli, realtimekit_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    apps = APPS[: chance.choice([1, 2])]
    out = tmp_path / f"out.{chance.choice(FORMATS)}"
    before = []
    for app in apps:
        realtimekit_emulator.add_app(app)
        added = realtimekit_emulator.add_meetings(chance.randint(0, 60), app_id=app)
        before += [(app, meeting["id"]) for meeting in added]

    def change() -> None:
        """Let something happen on the server, now and then."""
        if chance.random() < 0.1:
            realtimekit_emulator.add_meetings(chance.randint(1, 12), app_id=chance.choice(apps))
        if chance.random() < 0.1:
            realtimekit_emulator.max_per_page = chance.choice([3, 5, 8, 100])
        if chance.random() < 0.1:
            realtimekit_emulator.fail_next(status=chance.choice([429, 500, 503, 520]), retry_after=0)

    machine = Machine(seed, change)
    options = [option for app in apps for option in ("--app-id", app)]
    for _ in range(200):
        change()
        try:
            with machine.running(monkeypatch):
                retries = str(chance.choice([0, 4]))
                code = cli(*EXPORT, str(out), *options, "--resume", "--max-retries", retries).code
        except Killed:
            if chance.random() < 0.5:
                machine.lose_power(spool(out))
            if out.exists() and not spool(out).exists():
                # All was done.
                break
            continue
        assert out.exists() == (code == 0)
        if code == 0:
            break
        assert code in (6, 8)
    assert list(tmp_path.iterdir()) == [out]
    found = [(row.get("app_id", apps[0]), row["id"]) for row in read_back(out)]
    assert len(found) == len(set(found))
    assert set(before) <= set(found)


@pytest.mark.parametrize("name", ["out.ndjson", "out.parquet"])
def test_kill_9(
    cli: Cli, environment: dict[str, str], realtimekit_emulator: Emulator, tmp_path: Path, name: str
) -> None:
    before = [meeting["id"] for meeting in realtimekit_emulator.add_meetings(60)]
    out = tmp_path / name
    command = [*COMMAND, *EXPORT, str(out), "--per-page", "3", "--resume"]
    for kill in range(1, 4):
        # The rate limit keeps it from ending before it is killed.
        realtimekit_emulator.rate_limit = (4 * kill, 290)
        with subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.PIPE) as process:
            while _marks(spool(out)) < 4 * kill:
                with suppress(subprocess.TimeoutExpired):
                    pytest.fail(f"it ended with exit code {process.wait(timeout=0.05)}")
            process.kill()
        assert process.returncode == -signal.SIGKILL
        realtimekit_emulator.add_meetings(2)
    realtimekit_emulator.rate_limit = None
    assert not out.exists()
    assert cli(*EXPORT, str(out), "--per-page", "3", "--resume").code == 0
    found = ids(out)
    assert len(found) == len(set(found)) == 66
    assert set(before) <= set(found)


def _marks(file: Path) -> int:
    return file.read_bytes().count(b"\n#{") if file.exists() else 0
