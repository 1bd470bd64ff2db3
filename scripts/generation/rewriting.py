"""The operations of a contract, in the words that openapi-python-client's parser reads right.

What the parser misreads without a warning is said in another way, or refused with its line; `schemas` does the same for
schemas. What references to parameters, responses and bodies point to stands in their place. Responses that are errors
are left out: the runtime has the exceptions that they become.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .contract import Contract, Location, pointer
from .schemas import Schemas

__all__ = ["Rewriting", "Source"]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# The specification says to ignore these as parameters: the transport sets them.
_TRANSPORT_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
# What components of these kinds are called, as a part of the name of a class.
_SHARED: Final = {"responses": "response", "requestBodies": "body"}
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True)
class Source:
    """An operation as the contract has it."""

    path: str
    raw: dict[str, Any]
    location: Location
    # By their names and places (path, query, …).
    parameters: dict[tuple[str, str], Location]


class Rewriting:
    """Writes a contract anew.

    Attributes:
        operations: The operations as the contract has them, by the JSON pointers to where they stand.
    """

    def __init__(self, contract: Contract) -> None:
        self.operations: dict[str, Source] = {}
        self._contract = contract
        self._schemas = Schemas(contract, self._sent_schemas())

    def document(self) -> dict[str, Any]:
        """The new document: its operations, and the schemas that they need."""
        info = self._contract.document["info"]
        paths = {path: self._path_item(path) for path in self._contract.document["paths"] if not path.startswith("x-")}
        return {
            "openapi": "3.1.0",
            "info": {"title": info["title"], "version": info["version"]},
            "paths": paths,
            "components": {"schemas": self._schemas.components},
        }

    def _path_item(self, path: str) -> dict[str, Any]:
        raw, location = self._contract.document["paths"][path], ("paths", path)
        if "$ref" in raw:
            raise self._contract.error("a path by `$ref` is not supported; write its operations here", location)
        self._refuse_servers(raw, location)
        shared: dict[tuple[str, str], Location] = {}
        found: dict[str, Any] = {"parameters": list(self._parameters(raw, location, shared))}
        for method in _METHODS:
            if method in raw:
                found[method] = self._operation(path, raw[method], (*location, method), shared)
        return found

    def _operation(
        self, path: str, raw: dict[str, Any], location: Location, shared: dict[tuple[str, str], Location]
    ) -> dict[str, Any]:
        if not raw.get("operationId"):
            raise self._contract.error(
                "an operation needs an `operationId` such as list_meetings: its method is named after it", location
            )
        self._refuse_servers(raw, location)
        own: dict[tuple[str, str], Location] = {}
        found = {
            "operationId": raw["operationId"],
            "tags": (raw.get("tags") or ["default"])[:1],
            "description": pointer(location),
            "parameters": list(self._parameters(raw, location, own)),
            "responses": self._responses(raw, location),
        }
        if "requestBody" in raw:
            found["requestBody"] = self._body(raw, location)
        self.operations[pointer(location)] = Source(path, raw, location, shared | own)
        return found

    def _refuse_servers(self, raw: dict[str, Any], location: Location) -> None:
        if "servers" in raw:
            raise self._contract.error(
                "`servers` are read at the top of the document only; remove these", (*location, "servers")
            )

    def _parameters(
        self, raw: dict[str, Any], location: Location, found: dict[tuple[str, str], Location]
    ) -> Iterator[dict[str, Any]]:
        for at, entry in enumerate(raw.get("parameters") or []):
            parameter, here = self._contract.component(entry, (*location, "parameters", at), "parameters")
            name, place = parameter["name"], parameter["in"]
            if place == "header" and name.lower() in _TRANSPORT_HEADERS:
                continue
            if "schema" not in parameter:
                raise self._contract.error(f"the parameter {name!r} needs a `schema`; no other form is read", here)
            found[name, place] = here
            self._check_style(parameter, here)
            schema = self._schemas.rewrite(parameter["schema"], (*here, "schema"), name)
            yield {"name": name, "in": place, "required": parameter.get("required", False), "schema": schema}

    def _check_style(self, parameter: dict[str, Any], location: Location) -> None:
        name, place, style = parameter["name"], parameter["in"], parameter.get("style")
        facts = self._contract.facts(parameter["schema"])
        is_object = facts.get("type") == "object" or "properties" in facts
        if style == "deepObject" and not is_object:
            raise self._contract.error(
                f"`style: deepObject` is for objects, and {name!r} is none; remove it, or give the parameter "
                "`type: object`",
                (*location, "style"),
            )
        if is_object and (place, style) != ("query", "deepObject"):
            raise self._contract.error(
                f"{name!r} is an object: it has to be `in: query` with `style: deepObject`, the one form that is sent",
                location,
            )
        if not is_object and style not in (None, _STYLES[place]):
            raise self._contract.error(
                f"`style: {style}` is not sent; {name!r} in the {place} needs `style: {_STYLES[place]}`, or none",
                (*location, "style"),
            )

    def _body(self, raw: dict[str, Any], location: Location) -> dict[str, Any]:
        body, here = self._contract.component(raw["requestBody"], (*location, "requestBody"), "requestBodies")
        content = self._preferred(body.get("content") or {}, (*here, "content"), f"{raw['operationId']}_body")
        return {"required": body.get("required", False), "content": content}

    def _responses(self, raw: dict[str, Any], location: Location) -> dict[str, Any]:
        """The responses of success; the others become exceptions, which the runtime has."""
        statuses = [status for status in raw["responses"] if status.startswith("2")]
        if not statuses and "default" in raw["responses"]:
            statuses = ["default"]
        found = {}
        for status in statuses:
            response, here = self._contract.component(
                raw["responses"][status], (*location, "responses", status), "responses"
            )
            name = f"{raw['operationId']}_response_{status}"
            content = self._preferred(response.get("content") or {}, (*here, "content"), name)
            found[status.replace("xx", "XX")] = {
                "description": pointer(here),
                "content": content,
            }
        return found

    def _preferred(self, content: dict[str, Any], location: Location, name: str) -> dict[str, Any]:
        """JSON where it is offered, else the first form that is."""
        if not content:
            return {}
        media_type = min(content, key=lambda key: "json" not in key)
        media, here = content[media_type], (*location, media_type, "schema")
        if "schema" not in media:
            return {media_type: {}}
        schema = self._schemas.rewrite(media["schema"], here, name)
        if location[1] in _SHARED and "properties" in schema:
            # One class for all the operations that share it.
            schema = self._schemas.name(f"{location[2]}_{_SHARED[location[1]]}", schema, here)
        return {media_type: {"schema": schema}}

    def _sent_schemas(self) -> set[Location]:
        """The components that request bodies are made of."""
        found: set[Location] = set()
        todo: list[tuple[Any, Location]] = [
            (item[method]["requestBody"], ("paths", path, method, "requestBody"))
            for path, item in self._contract.document["paths"].items()
            for method in _METHODS
            if method in item and "requestBody" in item[method]
        ]
        while todo:
            value, location = todo.pop()
            if isinstance(value, dict):
                if isinstance(value.get("$ref"), str):
                    target = self._contract.follow(value["$ref"], location)
                    if target[1] not in found:
                        found.add(target[1])
                        todo.append(target)
                todo += [(item, (*location, key)) for key, item in value.items() if key not in ("example", "examples")]
            elif isinstance(value, list):
                todo += [(item, (*location, at)) for at, item in enumerate(value)]
        return found
