"""The operations of a contract: what they are called in Python, what they take and what they answer.

openapi-python-client's parser refuses many a parameter and drops the operation with it, and it hands on neither limits
nor extensions. These facts are read beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.schema import UntrustedString

from .contract import Place
from .forms import Schema
from .names import CLIENT_ATTRIBUTES, Names, constant_name, identifier, method_names
from .pagination import Pagination, read_pagination
from .parameters import Parameter, Parameters
from .responses import Body, Responses
from .source import Source, text_of

__all__ = ["Operation", "read_operations"]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass
class Operation:
    """An operation."""

    id: str
    method: str
    path: str
    # As stated, until all are known; then the name of the client's attribute.
    tag: str
    stated_tag: str
    summary: str
    description: str
    deprecated: bool
    permissions: tuple[str, ...]
    place: Place
    parameters: list[Parameter]
    body: Body | None = None
    # None where no response has a body.
    response: Schema | None = None
    pagination: Pagination | None = None
    statuses: tuple[str, ...] = ()
    name: str = ""
    constant: str = ""


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._parameters = Parameters(source)
        self._responses = Responses(source)

    def operations(self) -> Iterator[Operation]:
        for path, raw_item in self._source.contract.document["paths"].items():
            if path.startswith("x-"):
                continue
            item, place = self._source.mapping(raw_item, ("paths", path))
            if "servers" in item:
                self._source.warn("servers of a single path are not used", place)
            for method in _METHODS:
                if method in item:
                    yield self._operation(path, method, item, place)

    def _operation(self, path: str, method: str, item: dict[str, Any], item_place: Place) -> Operation:
        place: Place = (*item_place, method)
        raw, _ = self._source.mapping(item[method], place)
        stated = raw.get("operationId")
        if stated is not None and (not isinstance(stated, str) or not stated):
            raise self._source.contract.error(f"`operationId` must be a text, not {stated!r}", (*place, "operationId"))
        operation_id = stated or generate_operation_id(path=UntrustedString(path), method=method, prefix="operation_")
        tags = raw.get("tags") or ["default"]
        if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
            raise self._source.contract.error("`tags` must be a list of names", (*place, "tags"))
        if "servers" in raw:
            self._source.warn("servers of a single operation are not used", place)
        operation = Operation(
            id=operation_id,
            method=method.upper(),
            path=path,
            tag=tags[0],
            stated_tag=tags[0],
            summary=text_of(raw.get("summary")),
            description=text_of(raw.get("description")),
            deprecated=raw.get("deprecated") is True,
            permissions=self._permissions(raw, place),
            place=place,
            parameters=self._parameters.of(path, (raw, place), (item, item_place)),
            body=self._responses.body(raw, place, operation_id),
            response=self._responses.response(raw, method.upper(), place, operation_id),
            statuses=tuple(self._responses.responses(raw, place)),
        )
        operation.pagination = read_pagination(
            self._source,
            raw.get("x-pagination"),
            (*place, "x-pagination"),
            queries=[parameter.name for parameter in operation.parameters if parameter.location == "query"],
            response=operation.response,
        )
        return operation

    def _permissions(self, raw: dict[str, Any], place: Place) -> tuple[str, ...]:
        groups = raw.get("x-api-token-group") or []
        groups = [groups] if isinstance(groups, str) else groups
        if not (isinstance(groups, list) and all(isinstance(group, str) for group in groups)):
            self._source.warn("`x-api-token-group` is no list of names and is left out", (*place, "x-api-token-group"))
            return ()
        return tuple(groups)


def read_operations(source: Source) -> list[Operation]:
    """Read the operations of a contract, in its order, with names that no two of them share."""
    operations = list(_Reader(source).operations())
    by_id: dict[str, Operation] = {}
    for operation in operations:
        if operation.id in by_id:
            other = by_id[operation.id]
            line = source.contract.line((*other.place, "operationId"))
            raise source.contract.error(
                f"the operationId {operation.id!r} stands here and at line {line or '?'}; give each its own",
                (*operation.place, "operationId"),
            )
        by_id[operation.id] = operation
    source.schemas.relax_bodies([operation.body.schema for operation in operations if operation.body])
    _name_operations(operations)
    return operations


def _name_operations(operations: list[Operation]) -> None:
    tags: dict[str, list[Operation]] = {}
    for operation in operations:
        # The name of the client's attribute; the parser groups by it.
        attribute = identifier(operation.tag, "tag")
        attribute = f"{attribute}_api" if attribute in CLIENT_ATTRIBUTES else attribute
        tags.setdefault(attribute, []).append(operation)
    for attribute, members in tags.items():
        constants = Names()
        for operation, name in zip(
            members, method_names([member.id for member in members], members[0].tag), strict=True
        ):
            operation.name = name
            operation.constant = constants.take(constant_name(operation.id))
            operation.tag = attribute
