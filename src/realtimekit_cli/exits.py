"""The exit codes, and what they mean.

    0    it worked
    1    it failed in a way that has no code of its own, such as a request refused with 400
    2    usage: an option, a value or a setting is missing or wrong; nothing was sent
    3    authentication: the token is unknown or expired (401)
    4    permission: the token lacks the permission or the account (403)
    5    not found: an identifier is wrong (404)
    6    rate limit: the quota is used up (429)
    7    network: no complete response arrived
    8    server: it failed (5xx), or answered what cannot be used
    130  interrupted with Ctrl-C
    141  whoever read the output stopped reading, as in `| head`

Anything but 0 may leave a part of the output behind; the message then says how many items, and how to go on.
"""

from __future__ import annotations

__all__ = ["CLOSED_PIPE", "FAILED", "INTERRUPTED", "MEANINGS", "USAGE", "exit_code"]

FAILED = 1
USAGE = 2
INTERRUPTED = 130
CLOSED_PIPE = 141  # 128 + SIGPIPE: what a shell reports for any other program in this place.

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
