"""The settings of a client: from its arguments, else from the environment, else the contract's defaults."""

from __future__ import annotations

import logging
import math
import os
import re
from urllib.parse import unquote, urlsplit

from .errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, NoReturn

    InvalidItems = Literal["raise", "skip"]

__all__ = ["Secret", "Settings", "find_base_url", "find_token"]

_LOG = logging.getLogger("realtimekit")

DEFAULT_TIMEOUT = 30.0
DEFAULT_MAX_RETRIES = 4
DEFAULT_MAX_RETRY_AFTER = 300.0
DEFAULT_PREFETCH = 10
DEFAULT_MAX_RESPONSE_BYTES = 16 * 1024 * 1024

# The service's tokens have 40 characters. Redacting one of two or three would spoil every message.
_MIN_REDACTABLE_LENGTH = 6

# A week. Some systems cannot wait longer than 24 days at a time.
_MAX_SECONDS = 604_800.0


class Secret:
    """A text that is never shown in a repr, a log, a traceback or a pickle."""

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._pattern: re.Pattern[str] | None = None

    def reveal(self) -> str:
        """The text itself. Do not keep it in a local variable: tracebacks can show those."""
        return self._text

    def redact(self, text: str) -> str:
        """`text` with `[redacted]` in the place of the secret, in upper or lower case.

        Encoded forms (percent signs, Base64, JSON escapes) are not found.
        """
        if not self._is_redactable:
            return text
        if self._pattern is None:
            self._pattern = re.compile(re.escape(self._text), re.IGNORECASE | re.ASCII)
        return self._pattern.sub("[redacted]", text)

    def redact_bytes(self, data: bytes) -> bytes:
        """The same for bytes."""
        return self.redact(data.decode("latin-1")).encode("latin-1") if self._is_redactable else data

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
        "invalid_items",
        "max_response_bytes",
        "max_retries",
        "max_retry_after",
        "prefetch",
        "timeout",
        "user_agent",
    )

    def __init__(
        self,
        *,
        user_agent: str,
        default_base_url: str,
        api_token: Secret | None,
        account_id: str | None,
        base_url: Secret | None,
        allow_http: bool,
        timeout: float,
        max_retries: int,
        max_retry_after: float,
        prefetch: int,
        max_response_bytes: int,
        invalid_items: InvalidItems,
    ) -> None:
        self.user_agent = user_agent
        self.api_token = _checked(api_token)
        self.account_id = os.environ.get("CLOUDFLARE_ACCOUNT_ID") or None if account_id is None else account_id
        self.base_url = _base_url(base_url or Secret(default_base_url), self.api_token, allow_http=allow_http)
        if invalid_items not in ("raise", "skip"):
            raise ConfigurationError(f"invalid_items must be 'raise' or 'skip', not {invalid_items!r}")
        self.invalid_items = invalid_items
        self.timeout = _seconds("timeout", timeout, minimum=0.001)
        self.max_retry_after = _seconds("max_retry_after", max_retry_after, minimum=0)
        self.max_retries = _count("max_retries", max_retries, minimum=0)
        self.prefetch = _count("prefetch", prefetch, minimum=1)
        self.max_response_bytes = _count("max_response_bytes", max_response_bytes, minimum=1)

    @property
    def is_loopback(self) -> bool:
        """Whether the base URL is this machine, over plain http."""
        return _is_local_http(self.base_url)


def find_token(argument: str | None) -> Secret | None:
    """The token, not yet checked: no error may be raised while a variable holds it, because tracebacks can show it."""
    return _find(argument, "CLOUDFLARE_API_TOKEN")


def find_base_url(argument: str | None) -> Secret | None:
    """The base URL, not yet checked: by mistake it may hold a password or the token."""
    return _find(argument, "CLOUDFLARE_BASE_URL")


def _find(argument: str | None, variable: str) -> Secret | None:
    text = (os.environ.get(variable) or None) if argument is None else argument
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


def _base_url(text: Secret, token: Secret, *, allow_http: bool) -> str:
    problem = _problem_of(text, token)
    if problem is not None:
        raise ConfigurationError(problem)
    url = text.reveal().rstrip("/")
    if url.lower().startswith("http:") and not _is_local_http(url):
        if not allow_http and os.environ.get("REALTIMEKIT_ALLOW_HTTP") != "1":
            raise ConfigurationError(
                f"base_url {url!r} would send the token unencrypted: use https. Inside a network that you trust, "
                "allow_http=True or REALTIMEKIT_ALLOW_HTTP=1 permits it"
            )
        _LOG.warning("The token is sent unencrypted to %s: plain http is allowed for this client", url)
    return url


def _problem_of(text: Secret, token: Secret) -> str | None:
    """What is wrong with a base URL, in words that do not show a secret. Does not raise: see `find_token`."""
    url: Any = text.reveal()
    if not isinstance(url, str):
        return f"base_url must be a str, not {type(url).__name__}"
    if not url:
        return "No base URL: pass base_url=… or set CLOUDFLARE_BASE_URL; the contract names no server"
    if "@" in url:
        return "base_url must not carry a user name or password"
    if token.redact(url) != url:
        return "base_url must not carry the API token: it is sent in a header"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        _check_host(host or "")
    except ValueError:
        return f"base_url is not a URL: {url!r}"
    if parts.scheme not in ("https", "http") or not host:
        return f"base_url must start with https:// and name a host: {url!r}"
    if "?" in url or "#" in url or "\\" in url or not url.isprintable() or " " in url:
        return f"base_url must have no query, fragment, backslash or spaces: {url!r}"
    if any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        return f"base_url must have no dot segments, which would lead to another path: {url!r}"
    return None


def _check_host(host: str) -> None:
    host.encode("idna")
    if "xn--" in host:
        import idna

        idna.decode(host)


def _is_local_http(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname == "localhost":
        return parts.scheme == "http"
    from ipaddress import ip_address

    try:
        return ip_address(parts.hostname or "").is_loopback
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
