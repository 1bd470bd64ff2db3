"""What a spool keeps, whatever the end of its file looks like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from realtimekit_cli.spool import Head, Mark, Spool
from realtimekit_runtime.walk import Checkpoint

HEAD = Head(operation="list", version="1", base_url="https://api", arguments={}, typed={}, lists=[{"app_id": "a"}])
PAGES = [[b'{"id":1}\n', b'{"id":2}\n'], [], [b'{"id":3}\n']]
MORE = [b'{"id":4}\n']


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda file: None)


def _mark(page: int) -> Mark:
    return Mark(index=page, checkpoint=Checkpoint(page, 20, None, is_doubted=False), left_out=["x"])


def _kept(path: Path) -> list[list[bytes]]:
    """The pages that a new process reads; it goes on with one more."""
    with Spool(path) as spool:
        assert spool.head() == HEAD
        kept = []
        for mark, lines in spool.pages():
            kept.append(lines)
            assert (mark.index, mark.checkpoint, mark.items) == (len(kept), _mark(len(kept)).checkpoint, len(lines))
        spool.cut(spool.end)
        assert path.stat().st_size == spool.end
        spool.add(_mark(len(kept) + 1), MORE)
    return kept


def test_whole_pages_are_kept_wherever_the_file_ends(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    ends = []
    with Spool(path) as spool:
        spool.begin(HEAD)
        ends.append(path.stat().st_size)
        for number, lines in enumerate(PAGES, 1):
            spool.add(_mark(number), lines)
            ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        # Nothing follows, or what was not written, or a mark that does not fit.
        for rest in (b"", b"\0" * 50, *([b'#{"items":9}\n' + whole[size:]] if size >= ends[0] else [])):
            path.write_bytes(whole[:size] + rest)
            with Spool(path) as spool:
                if spool.head() is None:
                    assert size < ends[0]
                    spool.begin(HEAD)
            count = sum(end <= size for end in ends[1:])
            assert _kept(path) == PAGES[:count]
            assert _kept(path) == [*PAGES[:count], MORE]


def test_a_byte_that_was_changed_ends_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    with Spool(path) as spool:
        spool.begin(HEAD)
        spool.add(_mark(1), PAGES[0])
        spool.add(_mark(2), PAGES[2])
    path.write_bytes(path.read_bytes().replace(b'{"id":3}', b'{"id":5}'))
    assert _kept(path) == PAGES[:1]
