"""How the generated code describes an operation of the contract: plain data, no behaviour.

This module imports nothing heavy, so that a client starts fast.
"""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    Location = Literal["path", "query", "header"]

__all__ = ["NO_DEFAULT", "Body", "Operation", "Pagination", "Parameter"]

# None, False and 0 are defaults that a contract can have.
NO_DEFAULT: Any = object()


class Parameter(NamedTuple):
    """One parameter of an operation.

    `type` returns the Python type of the parameter's values, with the limits of the contract: for example
    `Annotated[int, types.Meta(ge=0)]`. It is a function, so that the libraries behind the types are imported when the
    first value is checked and not before. An enum, or a `Literal`, lists the allowed values.
    `renamed` is its name in Python, if that differs from `name`.
    `default` is the value that the service uses when the parameter is left out.
    `explode` says whether each item of a list is sent as a parameter of its own; otherwise commas join them.
    """

    name: str
    location: Location
    type: Callable[[], Any]
    renamed: str = ""
    required: bool = False
    description: str = ""
    default: Any = NO_DEFAULT
    explode: bool = True

    @property
    def python_name(self) -> str:
        """Its name among the arguments of a call."""
        return self.renamed or self.name


class Body(NamedTuple):
    """The JSON body of an operation's requests: its media type, and a function that returns its Python type."""

    media_type: str
    type: Callable[[], Any]
    required: bool = False


class Pagination(NamedTuple):
    """How the pages of a list are read: the contract's `x-pagination`.

    `page` and `size` name parameters. `items`, `total` and `end` are paths in the response: wire names, joined by dots.
    `key` is the field that identifies an item.
    """

    page: str
    items: str
    size: str | None = None
    total: str | None = None
    end: str | None = None
    key: str | None = None


class Operation(NamedTuple):
    """One operation of the contract.

    `response` returns the Python type of a successful response, or None if it has no body. It is a function, so that
    the models are imported when the first response is read and not before.
    """

    id: str
    method: str
    path: str
    response: Callable[[], Any]
    summary: str = ""
    description: str = ""
    permissions: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    pagination: Pagination | None = None
