"""From a parameter of the contract to an option of the command."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from realtimekit_runtime.operations import Body, Operation, Parameter

    Converter = Callable[[str], Any]

__all__ = ["body_option", "flag", "parameter_option"]

_METAVARS = {"date-time": "TIME", "date": "DATE", "any": "JSON"}


def flag(parameter: Parameter) -> str:
    """How a parameter is spelled on the command line: `page_no` is `--page-no`."""
    return "--" + parameter.python_name.strip("_").replace("_", "-")


def parameter_option(parameter: Parameter, operation: Operation) -> click.Option:
    """The option for a parameter. Left out, it is None."""
    item = parameter.items or parameter if parameter.kind == "array" else parameter
    spelled = flag(parameter)
    more: dict[str, Any] = {}
    if parameter.kind == "boolean" and parameter.enum is None and not parameter.required:
        spelled = f"{spelled}/--no-{spelled[2:]}"
        # Or else it would be False.
        more["default"] = None
    variable = _variable(parameter)
    return click.Option(
        [parameter.python_name, spelled],
        type=_type(item),
        metavar=_METAVARS.get(item.kind),
        multiple=parameter.kind == "array",
        required=parameter.required,
        envvar=variable,
        show_envvar=variable is not None,
        callback=_callback(item),
        help=_help(parameter, item, operation),
        **more,
    )


def body_option(body: Body) -> click.Option:
    """The option for the body of a request."""

    def read(_context: object, _option: object, value: str | None) -> Any:
        return None if value is None else _read_body(body, value)

    return click.Option(
        ["body", "--body"],
        metavar="JSON|@FILE|-",
        required=body.required,
        callback=read,
        help=f"The body ({body.media_type}): itself, the name of a file behind @, or - for stdin.",
    )


def _variable(parameter: Parameter) -> str | None:
    """Identifiers in the path stay the same from call to call, so they may stand in the environment."""
    if parameter.location != "path":
        return None
    vendor = "CLOUDFLARE" if parameter.name == "account_id" else "REALTIMEKIT"
    return f"{vendor}_{parameter.python_name.strip('_').upper()}"


def _type(item: Parameter) -> Any:
    if item.enum is not None:
        return click.Choice([_spelled(value) for value in item.enum])
    if item.kind == "boolean":
        return click.BOOL
    if item.kind == "uuid":
        return click.UUID
    if item.kind not in ("integer", "number"):
        return click.STRING
    low, high = _first(item.minimum, item.exclusive_minimum), _first(item.maximum, item.exclusive_maximum)
    if low is None and high is None:
        return click.INT if item.kind == "integer" else click.FLOAT
    kind = click.IntRange if item.kind == "integer" else click.FloatRange
    return kind(
        min=low,  # type: ignore[arg-type]  # any number is compared with an int rightly
        max=high,  # type: ignore[arg-type]
        min_open=item.minimum is None and low is not None,
        max_open=item.maximum is None and high is not None,
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _callback(item: Parameter) -> Callable[[click.Context, click.Parameter, Any], Any]:
    convert = _converter(item)

    def read(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
        try:
            if isinstance(value, tuple):
                return [convert(entry) for entry in value] or None
            return None if value is None else convert(value)
        except ValueError as exc:
            raise click.BadParameter(str(exc)) from None

    return read


def _converter(item: Parameter) -> Converter:
    """What turns the value that click has read into the one that the operation takes."""
    if item.enum is not None:
        values = {_spelled(value): value for value in item.enum}
        return values.__getitem__
    if item.kind == "date-time":
        # Imported with the first time that somebody types, not for the help.
        return lambda text: _times().parse_time(text)
    if item.kind == "date":
        return lambda text: _times().parse_date(text)
    if item.kind == "any":
        return _json_or_text
    return lambda value: value


def _times() -> Any:
    from . import times

    return times


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _help(parameter: Parameter, item: Parameter, operation: Operation) -> str:
    parts = [parameter.description]
    unit = "items" if parameter.kind == "array" else "characters"
    if parameter.min_length is not None:
        parts.append(f"At least {parameter.min_length} {unit}")
    if parameter.max_length is not None:
        parts.append(f"At most {parameter.max_length} {unit}")
    if item.pattern is not None:
        parts.append(f"Must match {item.pattern}")
    if item.multiple_of is not None:
        parts.append(f"A multiple of {item.multiple_of:g}")
    if parameter.default is not None:
        parts.append(f"The service takes {_spelled(parameter.default)} where it is left out")
    if operation.pagination is not None and operation.pagination.page == parameter.name:
        parts.append("Where to start: every later page is read too")
    if item.kind in ("date-time", "date"):
        from .times import HELP

        parts.append(HELP)
    if parameter.kind == "array":
        parts.append("Repeatable")
    return " ".join(_sentence(part) for part in parts if part.strip())


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text[-1] in ".!?" else f"{text}."


def _read_body(body: Body, value: str) -> Any:
    data: str | bytes = value
    if value == "-":
        data = sys.stdin.buffer.read()
    elif value.startswith("@"):
        try:
            data = Path(value[1:]).read_bytes()
        except OSError as exc:
            raise click.BadParameter(f"{value[1:]!r} cannot be read: {exc.strerror}") from None
    if body.media_type.startswith("text/"):
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    if "json" not in body.media_type and not body.media_type.startswith(("multipart/", "application/x-www-form")):
        return data if isinstance(data, bytes) else data.encode()
    try:
        return json.loads(data)
    except ValueError as exc:
        raise click.BadParameter(f"no JSON: {exc}") from None
