"""One run of `realtimekit doctor`: look at everything, send one request, and say which thing is at fault."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import click
from msgspec import inspect

from realtimekit import Client, errors
from realtimekit_runtime.list_page import read_page

from .clients import log_on_stderr
from .doctor_local import NO_PROXY, PROXY_CURE, Line, client_and_problems, line_name, local_lines
from .exits import USAGE, exit_code
from .settings import take_settings
from .text import one_line

if TYPE_CHECKING:
    from realtimekit_runtime.operations import Operation

__all__ = ["examine"]


def examine(tag: str, method: str, operation: Operation, values: dict[str, Any]) -> int:
    """Check everything, print a line for each thing, and return the exit code.

    Args:
        tag: The attribute of the client.
        method: The method of that attribute.
        operation: The list whose smallest page is asked for, from the contract.
        values: The values of the command's options.
    """
    # One request in all, and an item that breaks the contract is nothing that a user can cure.
    settings = take_settings(values)._replace(max_retries=0, invalid_items="skip")
    with log_on_stderr(settings.log_level):
        client, problems = client_and_problems(settings)
        with client:
            lines = local_lines(client, problems, operation, values, settings.profile)
            code = USAGE
            if all(line.is_ok is not False for line in lines.values()):
                error, answered = _ask(client, tag, method, operation, values)
                lines = _judged(lines, error, answered, operation)
                code = 0 if error is None else exit_code(error)
    width = max(map(len, lines))
    for name, line in lines.items():
        word = {True: "ok", False: "error", None: "-"}[line.is_ok]
        click.echo(f"{word:<5}  {name:<{width}}  {one_line(line.text)}")
    return code


def _ask(
    client: Client, tag: str, method: str, operation: Operation, values: dict[str, Any]
) -> tuple[errors.RealtimeKitError | None, str]:
    """Send one request. Return its error, and what is to be said if there is none about the service."""
    started = time.monotonic()
    total = None
    error = None
    try:
        page = getattr(getattr(client, tag), method)(**values, **_smallest(operation)).first_page()
        if operation.pagination is not None:
            total = read_page(page, operation.pagination, 1, None).total
    except errors.RealtimeKitError as exc:
        error = exc
    answered = f"responded after {time.monotonic() - started:.2f} s"
    return error, answered if total is None else f"{answered}: the list has {total:,} items"


def _smallest(operation: Operation) -> dict[str, Any]:
    """The arguments for the smallest page that is not empty."""
    size = operation.pagination and operation.pagination.size
    sizes = (parameter for parameter in operation.parameters if parameter.name == size)
    return {parameter.python_name: _least(inspect.type_info(parameter.type())) for parameter in sizes}


def _least(info: inspect.Type) -> int:
    least, above = getattr(info, "ge", None), getattr(info, "gt", None)
    return max(1, math.ceil(least or 1), math.floor(above or 0) + 1)


def _judged(
    lines: dict[str, Line], error: errors.RealtimeKitError | None, answered: str, operation: Operation
) -> dict[str, Line]:
    """The lines after the request: what stands before the one at fault works, and nobody knows about the rest."""
    names = list(lines)
    at_fault = None if error is None else _at_fault(error, operation, lines["proxy"])
    place = len(names) if at_fault is None else names.index(at_fault)
    if place > names.index("service"):
        lines["service"] = Line(answered)
    judged = {name: lines[name]._replace(is_ok=True) for name in names[:place]}
    if error is not None and at_fault is not None:
        told = "" if at_fault == "service" else f"{lines[at_fault].text}: "
        judged[at_fault] = Line(f"{told}{error.describe(None)}{_cure(error, at_fault)}", is_ok=False)
    return judged | {name: lines[name]._replace(is_ok=None) for name in names[place + 1 :]}


def _at_fault(error: errors.RealtimeKitError, operation: Operation, proxy: Line) -> str:
    if isinstance(error, errors.ConfigurationError):
        # All other settings were checked before; this proxy needs a package.
        return "proxy"
    if isinstance(error, errors.ConnectError):
        if error.at_fault == "certificate":
            return "certificates"
        if error.at_fault == "proxy" or (error.is_unsent and proxy.text != NO_PROXY):
            return "proxy"
    if isinstance(error, errors.AuthenticationError):
        return "token"
    if isinstance(error, errors.PermissionDeniedError) and operation.permissions:
        return "permission"
    if isinstance(error, errors.NotFoundError) and error.errors:
        identifiers = [line_name(parameter) for parameter in operation.parameters if parameter.location == "path"]
        return identifiers[-1] if identifiers else "base URL"
    # Something responded that is not the API.
    if isinstance(error, errors.NotFoundError | errors.ResponseError):
        return "base URL"
    return "service"


def _cure(error: errors.RealtimeKitError, at_fault: str) -> str:
    """What to do, where the error does not say it."""
    if at_fault == "base URL":
        return f"; the contract's base URL is {Client._base_url}"
    if at_fault == "proxy" and isinstance(error, errors.TransportError):
        return f"; {PROXY_CURE}"
    if isinstance(error, errors.RateLimitError):
        return "" if error.retry_after is None else f"; try again in {error.retry_after:.0f} s"
    if isinstance(error, errors.ServerError):
        return "; try again later"
    if isinstance(error, errors.TransportError) and at_fault == "service":
        return "; check the base URL and the network, and whether HTTPS_PROXY has to name a proxy"
    return ""
