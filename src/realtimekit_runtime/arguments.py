"""Makes a request from the arguments of a call. What breaks the contract is refused before anything is sent.

This module is imported with the client, so it stays light; what checks the values is imported with the first call.
"""

from __future__ import annotations

from urllib.parse import quote

from .errors import ArgumentError, ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .operations import Operation

__all__ = ["Request", "build_request"]


class Request:
    """One request, ready to be sent. The token is added later."""

    __slots__ = ("content", "headers", "method", "operation", "query", "target")

    def __init__(
        self,
        operation: Operation,
        target: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        content: bytes | None,
    ) -> None:
        self.operation = operation
        self.method = operation.method
        self.target = target
        self.query = query
        self.headers = headers
        self.content = content

    def url(self, base_url: str) -> str:
        """The absolute URL."""
        query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in self.query)
        return f"{base_url}{self.target}" + (f"?{query}" if query else "")


def build_request(
    operation: Operation,
    arguments: Mapping[str, Any],
    *,
    account_id: str | None = None,
    body: Any = None,
) -> Request:
    """Check the arguments of a call against the contract and build its request.

    Args:
        operation: The operation to call.
        arguments: The values by Python name; None means "not given".
        account_id: The client's account, for calls that do not name one.
        body: The body of the request, or None.

    Raises:
        ArgumentError: A value breaks the contract.
        ConfigurationError: Neither the call nor the client names an account.
    """
    from .parameter_values import sent_pairs

    target = operation.path
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    for parameter in operation.parameters:
        value = arguments.get(parameter.python_name)
        if value is None and parameter.location == "path" and parameter.name == "account_id":
            value = account_id
            if value is None:
                raise ConfigurationError(
                    "No account: pass account_id=… to the call or the client, or set CLOUDFLARE_ACCOUNT_ID"
                )
        if value is None:
            if parameter.required:
                raise ArgumentError(f"{parameter.python_name} is required")
            continue
        for name, text in sent_pairs(parameter, value):
            if parameter.location == "path":
                target = target.replace("{" + name + "}", quote(text, safe=""))
            elif parameter.location == "query":
                query.append((name, text))
            else:
                headers[name] = text
    content = None
    if operation.body is not None:
        from .bodies import body_content

        content = body_content(operation.body, body)
        if content is not None:
            headers["Content-Type"] = operation.body.media_type
    return Request(operation, target, query, headers, content)
