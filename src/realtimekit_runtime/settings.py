"""The settings of a client: from its arguments, else from the environment, else the contract's defaults."""

from __future__ import annotations

import math
import os

from .errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["Secret", "Settings", "find_token"]

DEFAULT_TIMEOUT = 30.0
DEFAULT_MAX_RETRIES = 4
DEFAULT_MAX_RETRY_AFTER = 300.0
DEFAULT_PREFETCH = 10
DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024

# The service's tokens have 40 characters. Redacting one of two or three would spoil every message.
_MIN_REDACTABLE_LENGTH = 6

# A week. Some systems cannot wait longer than 24 days at a time.
_MAX_SECONDS = 604_800.0


class Secret:
    """A text that is never shown in a repr, a log, a traceback or a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Do not keep it in a local variable: tracebacks can show those."""
        return self._text

    def redact(self, text: str) -> str:
        """`text` without the secret."""
        return text.replace(self._text, "[redacted]") if self._is_redactable else text

    def redact_bytes(self, data: bytes) -> bytes:
        """`data` without the secret."""
        return data.replace(self._text.encode(), b"[redacted]") if self._is_redactable else data

    @property
    def _is_redactable(self) -> bool:
        return len(self._text) >= _MIN_REDACTABLE_LENGTH

    def __repr__(self) -> str:
        return "Secret([redacted])"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled or copied; make a new client where you need one")


class Settings:
    """The settings of a client, checked."""

    __slots__ = (
        "account_id",
        "api_token",
        "base_url",
        "max_response_bytes",
        "max_retries",
        "max_retry_after",
        "prefetch",
        "timeout",
    )

    def __init__(
        self,
        *,
        default_base_url: str,
        api_token: Secret | None,
        account_id: str | None,
        base_url: str | None,
        timeout: float,
        max_retries: int,
        max_retry_after: float,
        prefetch: int,
        max_response_bytes: int,
    ) -> None:
        self.api_token = _checked(api_token)
        self.account_id = os.environ.get("CLOUDFLARE_ACCOUNT_ID") or None if account_id is None else account_id
        if base_url is None:
            base_url = os.environ.get("CLOUDFLARE_BASE_URL") or default_base_url
        self.base_url = _base_url(base_url)
        self.timeout = _seconds("timeout", timeout, minimum=0.001)
        self.max_retry_after = _seconds("max_retry_after", max_retry_after, minimum=0)
        self.max_retries = _count("max_retries", max_retries, minimum=0)
        self.prefetch = _count("prefetch", prefetch, minimum=1)
        self.max_response_bytes = _count("max_response_bytes", max_response_bytes, minimum=1)

    @property
    def is_loopback(self) -> bool:
        """Whether the base URL is this machine, over plain http."""
        return self.base_url.lower().startswith("http:")


def find_token(argument: str | None) -> Secret | None:
    """The token, not yet checked: no error may be raised while a variable holds it, because tracebacks can show it."""
    text = (os.environ.get("CLOUDFLARE_API_TOKEN") or None) if argument is None else argument
    return None if text is None else Secret(text)


def _checked(token: Secret | None) -> Secret:
    if token is None:
        raise ConfigurationError(
            "No API token: pass api_token=… or set CLOUDFLARE_API_TOKEN to a token with the permission to read meetings"
        )
    if not isinstance(token.reveal(), str):
        raise ConfigurationError(f"api_token must be a str, not {type(token.reveal()).__name__}")
    if not token.reveal() or not all("!" <= character <= "~" for character in token.reveal()):
        # The token itself is not shown, even if it is broken.
        raise ConfigurationError(
            "The token in api_token or CLOUDFLARE_API_TOKEN is empty or has white space, control or non-ASCII "
            "characters in it: pass the token alone"
        )
    return token


def _base_url(text: str) -> str:
    from urllib.parse import urlsplit

    if not text:
        raise ConfigurationError(
            "No base URL: pass base_url=… or set CLOUDFLARE_BASE_URL; the contract names no server"
        )
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, AttributeError, TypeError):
        raise ConfigurationError(f"base_url is not a URL: {text!r}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("base_url must not have a user name or password in it")
    if parts.scheme not in ("https", "http") or not host:
        raise ConfigurationError(f"base_url must start with https:// and have a host: {text!r}")
    if parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise ConfigurationError(f"base_url must have no query, fragment or spaces: {text!r}")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(
            f"base_url {text!r} would send the token unencrypted: use https (http works with this machine only)"
        )
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(name: str, value: float, *, minimum: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(f"{name} must be a number of seconds, not {value!r}")
    if not math.isfinite(value) or not minimum <= value <= _MAX_SECONDS:
        raise ConfigurationError(f"{name} must be from {minimum} to {_MAX_SECONDS:.0f} seconds, not {value!r}")
    return float(value)


def _count(name: str, value: int, *, minimum: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise ConfigurationError(f"{name} must be an int >= {minimum}, not {value!r}")
    return value
