"""What the page of the endpoint shows of the contract; its template is docs/reference/endpoint.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.contract import Contract
from generation.operations import Operation

from realtimekit_runtime.operations import Operation as Call
from realtimekit_runtime.responses import Response, api_error
from realtimekit_runtime.settings import Secret

__all__ = ["EndpointPage", "Field"]

# Which exception a status becomes depends on no operation.
_ANY_CALL = Call("any", "GET", "/", response=lambda: None)


@dataclass(frozen=True)
class Field:
    """A field of an object, with the fields that it has itself."""

    schema: dict[str, Any]
    is_required: bool
    fields: dict[str, Field]


class EndpointPage:
    """Finds in a contract what its operations send, receive and raise."""

    def __init__(self, file: Path) -> None:
        self._contract = Contract(file)
        # With what is null in its examples.
        self._contract.document = self._contract.original
        self.facts = self._contract.facts

    def kind(self, schema: dict[str, Any]) -> str:
        """The type of a schema in words, such as "array of object" or "string (date-time)"."""
        facts = self.facts(schema)
        variants = [variant for key in ("anyOf", "oneOf") for variant in facts.get(key, ())]
        if "const" in facts or "enum" in facts:
            words = " or ".join(json.dumps(value) for value in facts.get("enum", [facts.get("const")]))
        elif len(variants) > 1:
            words = " or ".join(self.kind(variant) for variant in variants)
        elif facts.get("type") == "array":
            words = f"array of {self.kind(facts.get('items', {}))}"
        else:
            stated = facts.get("type", "object" if "properties" in facts else "anything")
            words = " or ".join(stated) if isinstance(stated, list) else stated
        return f"{words} ({facts['format']})" if "format" in facts else words

    def fields(self, schema: dict[str, Any], around: tuple[int, ...] = ()) -> dict[str, Field]:
        """The fields of an object, or of the objects in an array, by name. An object inside of itself has none."""
        facts = self.facts(schema)
        if facts.get("type") == "array":
            return self.fields(facts.get("items", {}), around)
        properties = facts.get("properties", {})
        if id(properties) in around:
            return {}
        around = (*around, id(properties))
        found: dict[str, Field] = {}
        for member in (member for key in ("allOf", "anyOf", "oneOf") for member in facts.get(key, ())):
            found |= self.fields(member, around)
        for name, inner in properties.items():
            found[name] = Field(inner, name in facts.get("required", ()), self.fields(inner, around))
        return found

    def security(self, operation: Operation) -> list[str]:
        """The descriptions of the security schemes that the operation names, or else the whole contract."""
        named = operation.raw.get("security", self._contract.document.get("security", []))
        schemes = self._contract.document["components"]["securitySchemes"]
        return [schemes[name].get("description", name) for scheme in named for name in scheme]

    def body(self, operation: Operation) -> dict[str, Any]:
        """The schema of the body that the operation sends."""
        raw = self._contract.at(operation.location)["requestBody"]
        body, _ = self._contract.component(raw, (), "requestBodies")
        found: dict[str, Any] = next(iter(body["content"].values())).get("schema", {})
        return found

    def responses(self, operation: Operation, *, are_errors: bool) -> dict[str, dict[str, Any]]:
        """The responses by status; what the contract says of their JSON stands beside their description."""
        found = {}
        for status, raw in self._contract.at(operation.location)["responses"].items():
            if status.startswith("2") != are_errors:
                response, _ = self._contract.component(raw, (), "responses")
                found[status] = response | response.get("content", {}).get("application/json", {})
        return found

    def headers(self, operation: Operation) -> dict[str, dict[str, Any]]:
        """The headers of all responses, by name."""
        responses = self.responses(operation, are_errors=False) | self.responses(operation, are_errors=True)
        headers = {name: raw for response in responses.values() for name, raw in response.get("headers", {}).items()}
        return {name: self._contract.component(raw, (), "headers")[0] for name, raw in headers.items()}

    def error_shapes(self, operation: Operation) -> list[dict[str, Any]]:
        """The schemas of the bodies of the errors, each once."""
        found: list[dict[str, Any]] = []
        for response in self.responses(operation, are_errors=True).values():
            body = response.get("schema", {})
            found += [shape for shape in self.facts(body).get("anyOf", [body]) if shape and shape not in found]
        return found

    def error(self, status: str) -> str:
        """The name of the exception that a status such as 404 or 5XX becomes."""
        if status == "default":
            return "APIError"
        response = Response(int(status.replace("X", "0")), {}, b"")
        return type(api_error(response, _ANY_CALL, Secret(""))).__name__
