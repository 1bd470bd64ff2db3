"""Makes an option of the command from a parameter of the contract."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import inspect

from realtimekit_runtime.operations import NO_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable

    from realtimekit_runtime.operations import Body, Operation, Parameter

    Converter = Callable[[Any], Any]

__all__ = ["body_option", "flag", "parameter_option", "variable"]

_METAVARS = {inspect.DateTimeType: "TIME", inspect.DateType: "DATE"}


def flag(parameter: Parameter) -> str:
    """How a parameter is spelled on the command line: `page_no` is `--page-no`."""
    return "--" + parameter.python_name.strip("_").replace("_", "-")


def parameter_option(
    parameter: Parameter, operation: Operation, kind: type[click.Option] = click.Option, **more: Any
) -> click.Option:
    """The option for a parameter, with more attributes. When it is left out, its value is None."""
    whole = inspect.type_info(parameter.type())
    is_list = isinstance(whole, inspect.ListType)
    item = whole.item_type if isinstance(whole, inspect.ListType) else whole
    spelled = flag(parameter)
    if isinstance(whole, inspect.BoolType) and not parameter.required:
        spelled = f"{spelled}/--no-{spelled[2:]}"
        # Otherwise click's default is False.
        more["default"] = None
    return kind(
        [parameter.python_name, spelled],
        type=_type(item),
        metavar=_METAVARS.get(type(item)),
        multiple=more.pop("multiple", is_list),
        required=more.pop("required", parameter.required),
        envvar=variable(parameter),
        show_envvar=variable(parameter) is not None,
        callback=_callback(item),
        help=_help(parameter, whole, item, operation),
        **more,
    )


def body_option(body: Body) -> click.Option:
    """The option for the body of a request."""

    def read(_context: object, _option: object, value: str | None) -> Any:
        return None if value is None else _read_body(value)

    return click.Option(
        ["body", "--body"],
        metavar="JSON|@FILE|-",
        required=body.required,
        callback=read,
        help=f"The body ({body.media_type}): JSON, the name of a file behind @, or - for stdin.",
    )


def variable(parameter: Parameter) -> str | None:
    """The variable for a parameter: identifiers in the path stay the same from call to call."""
    if parameter.location != "path":
        return None
    vendor = "CLOUDFLARE" if parameter.name == "account_id" else "REALTIMEKIT"
    return f"{vendor}_{parameter.python_name.strip('_').upper()}"


def _type(item: inspect.Type) -> Any:
    if choices := _choices(item):
        return click.Choice([str(value) for value in choices])
    if isinstance(item, inspect.BoolType):
        return click.BOOL
    if isinstance(item, inspect.UUIDType):
        return click.UUID
    if not isinstance(item, inspect.IntType | inspect.FloatType):
        return click.STRING
    low, high = _first(item.ge, item.gt), _first(item.le, item.lt)
    is_int = isinstance(item, inspect.IntType)
    if low is None and high is None:
        return click.INT if is_int else click.FLOAT
    kind = click.IntRange if is_int else click.FloatRange
    return kind(
        min=low,  # type: ignore[arg-type]  # any number can be compared with an int
        max=high,  # type: ignore[arg-type]
        min_open=item.gt is not None,
        max_open=item.lt is not None,
    )


def _choices(item: inspect.Type) -> list[Any]:
    if isinstance(item, inspect.EnumType):
        return [member.value for member in item.cls]
    return list(item.values) if isinstance(item, inspect.LiteralType) else []


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _callback(item: inspect.Type) -> Callable[[click.Context, click.Parameter, Any], Any]:
    convert = _converter(item)

    def read(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
        try:
            if isinstance(value, tuple):
                return [convert(entry) for entry in value] or None
            return None if value is None else convert(value)
        except ValueError as exc:
            raise click.BadParameter(str(exc)) from None

    return read


def _converter(item: inspect.Type) -> Converter:
    """What turns the value that click has read into the one that the operation takes."""
    if choices := _choices(item):
        return {str(value): value for value in choices}.__getitem__
    if isinstance(item, inspect.DateTimeType):
        # Imported when the first time is read; the help does not need it.
        return lambda text: _times().parse_time(text)
    if isinstance(item, inspect.DateType):
        return lambda text: _times().parse_date(text)
    return lambda value: value


def _times() -> Any:
    from . import times

    return times


def _help(parameter: Parameter, whole: inspect.Type, item: inspect.Type, operation: Operation) -> str:
    parts = [parameter.description, *_lengths(whole)]
    if item is not whole:
        parts += [f"Each: {words}" for words in _lengths(item)]
    if isinstance(item, inspect.StrType) and item.pattern is not None:
        parts.append(f"Must match {item.pattern}")
    if isinstance(item, inspect.IntType | inspect.FloatType) and item.multiple_of is not None:
        parts.append(f"A multiple of {item.multiple_of:g}")
    if parameter.default is not NO_DEFAULT:
        default = parameter.default
        if not isinstance(default, str) or not default:
            default = json.dumps(default)
        parts.append(f"The service's default: {default}")
    if operation.pagination is not None and operation.pagination.page == parameter.name:
        parts.append("Where to start: every later page is read too")
    if isinstance(item, inspect.DateTimeType | inspect.DateType):
        from .times import HELP

        parts.append(HELP)
    if item is not whole:
        parts.append("Repeatable")
    return " ".join(_sentence(part) for part in parts if part.strip())


def _lengths(info: inspect.Type) -> list[str]:
    if not isinstance(info, inspect.StrType | inspect.ListType):
        return []
    unit = "items" if isinstance(info, inspect.ListType) else "characters"
    limits = (("At least", info.min_length), ("At most", info.max_length))
    return [f"{words} {limit} {unit}" for words, limit in limits if limit is not None]


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text[-1] in ".!?" else f"{text}."


def _read_body(value: str) -> Any:
    data: str | bytes = value
    if value == "-":
        data = sys.stdin.buffer.read()
    elif value.startswith("@"):
        try:
            data = Path(value[1:]).read_bytes()
        except OSError as exc:
            raise click.BadParameter(f"{value[1:]!r} cannot be read: {exc.strerror}") from None
    try:
        return json.loads(data)
    except ValueError as exc:
        raise click.BadParameter(f"no JSON: {exc}") from None
