"""One read of Spark: which lists its options name, with which arguments and settings, and the rows of each list."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args, get_origin

import msgspec

from realtimekit import Client, api
from realtimekit.errors import ArgumentError, ConfigurationError, RealtimeKitError
from realtimekit_runtime.api_operations import all_operations, operations_of
from realtimekit_runtime.arrow import ArrowRows
from realtimekit_runtime.models import redacted
from realtimekit_runtime.parameter_values import sent_pairs
from realtimekit_runtime.rows import free_name, known_names, row_type, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from realtimekit_runtime.operations import Operation, Parameter

__all__ = ["Read", "read_of"]

# What an option may change besides the arguments: settings of a client, and whether secrets are shown.
_SETTINGS: Final[dict[str, type]] = {
    "show_secrets": bool,
    "timeout": float,
    "max_retries": int,
    "max_retry_after": float,
    "prefetch": int,
    "max_response_bytes": int,
    "invalid_items": str,
}
# Many tasks share the quota of one token. One page at a time from each of them uses it up, and where they are many, a
# request may be refused in several windows before its turn comes.
_DEFAULTS: Final = {"prefetch": 1, "max_retries": 20}
_SECRETS: Final = ("token", "authorization", "secret", "password")


class Read(NamedTuple):
    """A read of one or several lists. It is plain data, which Spark sends to the tasks.

    Attributes:
        tag: The attribute of the client.
        method: The method of that attribute.
        lists: For each list, the arguments that name it.
        arguments: The arguments that they have in common.
        settings: The settings of the clients.
        show_secrets: Whether secrets are read as they are, instead of as `[redacted]`.
    """

    tag: str
    method: str
    lists: list[dict[str, Any]]
    arguments: dict[str, Any]
    settings: dict[str, Any]
    show_secrets: bool

    @property
    def _operation(self) -> Operation:
        return operations_of(api, self.tag)[self.method]

    @property
    def _columns(self) -> dict[str, str]:
        """The columns that tell the lists apart, by the argument that they have."""
        row = row_type(self._operation)
        taken = {*known_names(row), unknown_name(row) or ""}
        names = {parameter.python_name: parameter.name for parameter in self._operation.parameters}
        return {name: free_name(names[name], taken) for name in self.lists[0]}

    def rows(self) -> ArrowRows:
        """What makes the rows.

        Raises:
            ConfigurationError: pyarrow is not installed.
        """
        return ArrowRows(row_type(self._operation), self._columns.values())

    def batches(self, index: int) -> Iterator[pa.RecordBatch]:
        """The rows of a list, a batch for each page.

        Raises:
            RealtimeKitError: The list cannot be read, or is not complete.
        """
        named, rows = self.lists[index], self.rows()
        labels = {self._columns[name]: str(value) for name, value in named.items()}
        try:
            with Client(**self.settings) as client:
                call = getattr(getattr(client, self.tag), self.method)
                for batch in call(**named, **self.arguments).batches():
                    yield rows.batch(batch.items if self.show_secrets else redacted(batch.items), labels)
        except RealtimeKitError as error:
            # Spark starts the list anew, or not at all: no page to go on with.
            error.next_page = None
            where = ", ".join(f"{name} {value}" for name, value in named.items()) or self.method
            error.message = f"{where}: {error.message}"
            raise


def read_of(options: Mapping[str, str]) -> Read:
    """The read that the options of Spark describe, whose names are in lower case.

    Raises:
        ArgumentError: An option breaks the contract.
        ConfigurationError: An option is missing or unknown, or would be a secret in the plan.
    """
    given = dict(options)
    tag, method, operation = _list_operation(given.pop("operation", None))
    naming = [
        parameter
        for parameter in operation.parameters
        if parameter.location == "path" and parameter.name != "account_id"
    ]
    several = {f"{parameter.python_name}s".lower(): parameter for parameter in naming}
    page = operation.pagination and operation.pagination.page
    single = {
        parameter.python_name.lower(): parameter
        for parameter in operation.parameters
        if parameter not in naming and parameter.name != page
    }
    settings = {name: kind for name, kind in _SETTINGS.items() if name not in several | single}
    required = [*several, *(name for name, each in single.items() if each.required and each.name != "account_id")]
    _check_names(given, ["operation", *several, *single, *settings], required)
    values = [
        [_value(parameter, text) for text in dict.fromkeys(map(str.strip, given[name].split(","))) if text]
        for name, parameter in several.items()
    ]
    changed = {name: _setting(name, given[name]) for name in settings if name in given}
    show_secrets = changed.pop("show_secrets", False)
    read = Read(
        tag,
        method,
        [
            {parameter.python_name: value for parameter, value in zip(naming, combination, strict=True)}
            for combination in itertools.product(*values)
        ],
        {single[name].python_name: _value(single[name], text) for name, text in given.items() if name in single},
        _DEFAULTS | changed,
        show_secrets,
    )
    if not read.lists:
        raise ConfigurationError(f"There is nothing to read: {' and '.join(several)} must name at least one list each")
    # Made to check the settings on the driver, which has no token and needs none.
    Client(api_token="unused", base_url="https://localhost", **read.settings).close()  # noqa: S106
    return read


def _list_operation(wanted: str | None) -> tuple[str, str, Operation]:
    """The tag, the method and the operation of a list: the one with this id, or the first."""
    found = {
        operation.id: (tag, method, operation)
        for tag, method, operation in all_operations(api)
        if operation.pagination is not None
    }
    name = next(iter(found), None) if wanted is None else wanted
    if name not in found:
        raise ConfigurationError(f"operation must be one of the lists {', '.join(found)}, not {name!r}")
    return found[name]


def _check_names(given: Mapping[str, str], known: list[str], required: list[str]) -> None:
    for name in given:
        if name in known:
            continue
        # No value is shown: it may be a secret under another name.
        if any(word in name for word in _SECRETS):
            raise ConfigurationError(
                f"The option {name} would put a secret into Spark's plan, for everybody to read: leave it out, and set "
                "CLOUDFLARE_API_TOKEN in the environment of the executors"
            )
        raise ConfigurationError(f"There is no option {name}; the options are {', '.join(known)}")
    missing = [name for name in required if name not in given]
    if missing:
        raise ConfigurationError(f"Missing options: {', '.join(missing)}; several ids have commas between them")


def _value(parameter: Parameter, text: str) -> Any:
    """A value of a parameter, as its text says.

    Raises:
        ArgumentError: It breaks the contract.
    """
    hint = parameter.type()
    inner = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    value: Any = text.split(",") if get_origin(inner) is list else text
    reason = ""
    try:
        value = msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError as exc:
        reason = f" ({exc})"
    try:
        sent_pairs(parameter, value)
    except ArgumentError as exc:
        exc.message = f"The option {exc.message}{reason}"
        raise
    return value


def _setting(name: str, text: str) -> Any:
    try:
        return msgspec.convert(text, _SETTINGS[name], strict=False)
    except msgspec.ValidationError as exc:
        raise ConfigurationError(f"The option {name} cannot be {text!r} ({exc})") from None
