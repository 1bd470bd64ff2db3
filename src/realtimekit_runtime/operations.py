"""How the generated code describes an operation of the contract: plain data, no behaviour.

This module imports nothing heavy, so that a client starts fast.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    Location = Literal["path", "query", "header"]

__all__ = ["NO_DEFAULT", "Body", "Operation", "Pagination", "Parameter"]

# None, False and 0 are defaults that a contract can have.
NO_DEFAULT: Any = object()


class Parameter:
    """One parameter of an operation.

    `type` returns the Python type of the parameter's values, with the limits of the contract: for example
    `Annotated[int, types.Meta(ge=0)]`. It is a function, so that the libraries behind the types are imported when the
    first value is checked and not before. An enum, or a `Literal`, lists the allowed values.
    `default` is the value that the service uses when the parameter is left out.
    `explode` says whether each item of a list is sent as a parameter of its own; otherwise commas join them.
    """

    __slots__ = ("default", "description", "explode", "location", "name", "python_name", "required", "type")

    def __init__(
        self,
        name: str,
        location: Location,
        type: Callable[[], Any],  # noqa: A002  # the contract's word
        *,
        python_name: str | None = None,
        required: bool = False,
        description: str = "",
        default: Any = NO_DEFAULT,
        explode: bool = True,
    ) -> None:
        self.name = name
        self.location = location
        self.type = type
        self.python_name = python_name or name
        self.required = required
        self.description = description
        self.default = default
        self.explode = explode

    def __repr__(self) -> str:
        return f"Parameter({self.name!r}, {self.location!r})"


class Body:
    """The JSON body of an operation's requests: its media type, and a function that returns its Python type."""

    __slots__ = ("media_type", "required", "type")

    def __init__(self, media_type: str, type: Callable[[], Any], *, required: bool = False) -> None:  # noqa: A002
        self.media_type = media_type
        self.type = type
        self.required = required


class Pagination:
    """How the pages of a list are read: the contract's `x-pagination`.

    `page` and `size` name parameters. `items`, `total` and `end` are paths in the response: wire names, joined by dots.
    `key` is the field that identifies an item.
    """

    __slots__ = ("end", "items", "key", "page", "size", "total")

    def __init__(
        self,
        *,
        page: str,
        items: str,
        size: str | None = None,
        total: str | None = None,
        end: str | None = None,
        key: str | None = None,
    ) -> None:
        self.page = page
        self.size = size
        self.items = items
        self.total = total
        self.end = end
        self.key = key


class Operation:
    """One operation of the contract.

    `response` returns the Python type of a successful response, or None if it has no body. It is a function, so that
    the models are imported when the first response is read and not before.
    """

    __slots__ = (
        "body",
        "description",
        "id",
        "method",
        "pagination",
        "parameters",
        "path",
        "permissions",
        "response",
        "summary",
    )

    def __init__(
        self,
        id: str,  # noqa: A002  # its name in the contract
        method: str,
        path: str,
        *,
        response: Callable[[], Any],
        summary: str = "",
        description: str = "",
        permissions: tuple[str, ...] = (),
        parameters: tuple[Parameter, ...] = (),
        body: Body | None = None,
        pagination: Pagination | None = None,
    ) -> None:
        self.id = id
        self.method = method
        self.path = path
        self.response = response
        self.summary = summary
        self.description = description
        self.permissions = permissions
        self.parameters = parameters
        self.body = body
        self.pagination = pagination

    def __repr__(self) -> str:
        return f"Operation({self.id!r}, {self.method!r}, {self.path!r})"
