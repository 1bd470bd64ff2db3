"""The exit codes, and what they mean.

    0    success
    1    any other failure, such as a request refused with 400
    2    usage: an option, a value or a setting is missing or wrong; nothing was sent
    3    authentication: the token is unknown or expired (401)
    4    permission: the token lacks the permission or the account (403)
    5    not found: an identifier is wrong (404)
    6    rate limit: the quota is used up (429)
    7    network: no complete response arrived
    8    server: it failed (5xx), or its response cannot be used
    130  interrupted with Ctrl-C
    141  the program that reads the output stopped reading, as `head` does

After a failure a part of the output may be written; the message then says how many items, and how to continue.
"""

from __future__ import annotations

__all__ = ["CLOSED_PIPE", "FAILED", "INTERRUPTED", "MEANINGS", "USAGE", "exit_code"]

FAILED = 1
USAGE = 2
INTERRUPTED = 130
CLOSED_PIPE = 141  # 128 + SIGPIPE: what a shell reports for other programs in this case.

MEANINGS = "".join(line for line in (__doc__ or "").splitlines(keepends=True) if line[:4] == "    ")


def exit_code(error: Exception) -> int:
    """The exit code for an error of the SDK."""
    from realtimekit import errors

    codes: tuple[tuple[type[Exception], int], ...] = (
        (errors.ArgumentError, USAGE),
        (errors.ConfigurationError, USAGE),
        (errors.AuthenticationError, 3),
        (errors.PermissionDeniedError, 4),
        (errors.NotFoundError, 5),
        (errors.RateLimitError, 6),
        (errors.TransportError, 7),
        (errors.ServerError, 8),
        (errors.UnsuccessfulError, 8),
        (errors.ResponseError, 8),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), FAILED)
