"""What the scripts ask about URLs."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_loopback"]


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine, so that nobody on the way can read or change what is sent."""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}
