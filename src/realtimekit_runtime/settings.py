"""The settings of a client: from its arguments, else from the environment, else the contract's defaults."""

from __future__ import annotations

import logging
import os
import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, NoReturn

    InvalidItems = Literal["raise", "skip"]

__all__ = ["Secret", "Settings"]

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


class Settings(NamedTuple):
    """The settings of a client. Its arguments say what each of them means."""

    user_agent: str
    api_token: Secret
    account_id: str | None
    base_url: str
    timeout: float
    max_retries: int
    max_retry_after: float
    prefetch: int
    max_response_bytes: int
    invalid_items: InvalidItems

    @property
    def is_loopback(self) -> bool:
        """Whether the base URL is this machine, over plain http."""
        return _is_local_http(self.base_url)

    def checked(self) -> Settings:
        """These settings, if those that a call depends on can be used.

        Raises:
            ConfigurationError: One of them cannot.
        """
        if self.invalid_items not in ("raise", "skip"):
            raise ConfigurationError(f"invalid_items must be 'raise' or 'skip', not {self.invalid_items!r}")
        return self._replace(
            timeout=_checked_seconds("timeout", self.timeout, minimum=0.001),
            max_retries=_checked_count("max_retries", self.max_retries, minimum=0),
            max_retry_after=_checked_seconds("max_retry_after", self.max_retry_after, minimum=0),
            prefetch=_checked_count("prefetch", self.prefetch, minimum=1),
            max_response_bytes=_checked_count("max_response_bytes", self.max_response_bytes, minimum=1),
        )


def find(argument: str | None, variable: str) -> str | None:
    """A setting from the argument, else from the environment. There, an empty text counts as none."""
    return (os.environ.get(variable) or None) if argument is None else argument


def find_secret(argument: str | None, variable: str) -> Secret | None:
    """The same for the token, and for a base URL, which may hold it or a password by mistake.

    It is not checked yet: no error may be raised while a variable holds it, because tracebacks can show variables.
    """
    text = find(argument, variable)
    return None if text is None else Secret(text)


def checked_token(token: Secret | None) -> Secret:
    """The token, if it can be one."""
    if token is None:
        raise ConfigurationError(
            "There is no API token: set one that has the permission to read meetings", setting="api_token"
        )
    if not isinstance(token.reveal(), str):
        raise ConfigurationError(
            f"The API token must be a str, not {type(token.reveal()).__name__}", setting="api_token"
        )
    if not token.reveal() or not all("!" <= character <= "~" for character in token.reveal()):
        # The token itself is not shown, even if it is broken.
        raise ConfigurationError(
            "The API token is empty or has white space, control or non-ASCII characters in it: set the token alone",
            setting="api_token",
        )
    return token


def checked_base_url(text: Secret, token: Secret, *, allow_http: bool) -> str:
    """The base URL, if the token may be sent there."""
    problem = _problem_of(text, token)
    if problem is not None:
        raise ConfigurationError(problem, setting="base_url")
    url = text.reveal().rstrip("/")
    if url.lower().startswith("http:") and not _is_local_http(url):
        if not allow_http and os.environ.get("REALTIMEKIT_ALLOW_HTTP") != "1":
            raise ConfigurationError(
                f"The base URL {url!r} would send the token unencrypted: use https, or allow http where you trust the "
                "network",
                setting="allow_http",
            )
        _LOG.warning("The token is sent unencrypted to %s: plain http is allowed for this client", url)
    return url


def _problem_of(text: Secret, token: Secret) -> str | None:
    """What is wrong with a base URL, in words that do not show a secret. Does not raise: see `find_secret`."""
    url: Any = text.reveal()
    if not isinstance(url, str):
        return f"The base URL must be a str, not {type(url).__name__}"
    if not url:
        return "There is no base URL, and the contract names no server"
    if "@" in url:
        return "The base URL must not carry a user name or password"
    if token.redact(url) != url:
        return "The base URL must not carry the API token, which is sent in a header"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        _check_host(host or "")
    except ValueError:
        return f"The base URL is not a URL: {url!r}"
    if parts.scheme not in ("https", "http") or not host:
        return f"The base URL must start with https:// and name a host: {url!r}"
    if "?" in url or "#" in url or "\\" in url or not url.isprintable() or " " in url:
        return f"The base URL must have no query, fragment, backslash or spaces: {url!r}"
    if any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        return f"The base URL must have no dot segments, which would lead to another path: {url!r}"
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


def _checked_seconds(setting: str, value: float, *, minimum: float) -> float:
    """A number of seconds that a system can wait."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not minimum <= value <= _MAX_SECONDS:
        raise ConfigurationError(
            f"The seconds must be a number from {minimum} to {_MAX_SECONDS:.0f}, not {value!r}", setting=setting
        )
    return float(value)


def _checked_count(setting: str, value: int, *, minimum: int) -> int:
    """A number of things."""
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise ConfigurationError(f"The number must be an int >= {minimum}, not {value!r}", setting=setting)
    return value
