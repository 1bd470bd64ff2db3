"""The parts that changes of a contract are made of."""

from __future__ import annotations

from copy import deepcopy
from textwrap import dedent
from typing import Any

import yaml

Document = dict[str, Any]
APP = "/accounts/{account_id}/realtime/kit/{app_id}"
PATH = f"{APP}/meetings"
COMET = {"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "minutes": 30}
PAGING = {"start_offset": 1, "end_offset": 1, "total_count": 1}


def meeting_fields(contract: Document) -> Document:
    found: Document = contract["components"]["schemas"]["Meeting"]["properties"]
    return found


def add_schemas(contract: Document, text: str) -> None:
    """Add schemas that are written in YAML."""
    contract["components"]["schemas"] |= yaml.safe_load(dedent(text))


def reference(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def parameters(*names: str) -> list[Document]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def query(name: str, schema: Document, **more: Any) -> Document:
    return {"name": name, "in": "query", "description": f"Only meetings with this {name}.", **more, "schema": schema}


def operation(
    contract: Document,
    operation_id: str,
    tag: str,
    schema: Document | None,
    example: Any = None,
    *,
    given: Document | None = None,
    **more: Any,
) -> Document:
    """An operation whose headers and errors are those of the list of meetings; the contract gets its tag.

    `schema` and `example` are of its response, which has no body without them. `given` is the schema of its body.
    """
    if all(known["name"] != tag for known in contract["tags"]):
        contract["tags"].append({"name": tag, "description": f"Operations of {tag}."})
        contract["tags"].sort(key=lambda known: known["name"])
    listed = deepcopy(contract["paths"][PATH]["get"]["responses"])
    success = {"description": "Done.", "headers": listed["200"]["headers"]}
    if schema is not None:
        success["content"] = {"application/json": {"schema": schema, "example": example}}
    made: Document = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": operation_id,
        "description": f"Made up for the tests: {operation_id}.",
        "responses": {"204" if schema is None else "200": success}
        | {status: response for status, response in listed.items() if not status.startswith("2")},
        **more,
    }
    if given is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": given}}}
    return made


def add_list(contract: Document, plural: str, *, tag: str, inner: str = "") -> None:
    """Add a list of things like comets. With `inner`, `data` is not the list itself, but has it in that field."""
    model = plural.title().removesuffix("s")
    add_schemas(
        contract,
        f"""
        {model}:
          type: object
          description: Something that comes by.
          required: [id]
          properties: {{ id: {{ type: string, format: uuid }}, minutes: {{ type: integer }} }}
        """,
    )
    items: Document = {"type": "array", "items": reference(model)}
    data: Any = [COMET]
    if inner:
        items = {"type": "object", "required": [inner], "properties": {inner: items}}
        data = {inner: data}
    contract["components"]["schemas"][f"{model}Page"] = {
        "type": "object",
        "description": "One page.",
        "required": ["data", "paging"],
        "properties": {"data": items, "paging": reference("Paging")},
    }
    pagination = {"page": "page_no", "size": "per_page", "items": f"data.{inner}".rstrip("."), "key": "id"}
    listed = operation(
        contract,
        f"list_{plural}",
        tag,
        reference(f"{model}Page"),
        {"data": data, "paging": PAGING},
        parameters=parameters("account_id", "app_id", "page_no", "per_page"),
        **{"x-pagination": pagination | {"total": "paging.total_count"}},
    )
    contract["paths"][f"{APP}/{plural}"] = {"get": listed}
