"""The operations of a contract, in the words that openapi-python-client's parser reads right.

What the parser misreads without a warning is said in another way, or refused with its line; `schemas` does the same for
schemas. What references to parameters, responses and bodies point to stands in their place. Responses that are errors
are left out: the runtime has the exceptions that they become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from .contract import Contract, Location
from .schemas import Schemas, place_as_text

__all__ = ["Rewriting"]

_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
# The specification says to ignore these as parameters: the transport sets them.
_TRANSPORT_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
# What components of these kinds are called, as a part of the name of a class.
_SHARED: Final = {"responses": "response", "requestBodies": "body"}
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple"}
# The media types that the parser takes for JSON.
_JSON: Final = re.compile(r"application/(json|.+\+json) *(;.*)?")


class Rewriting:
    """Writes a contract anew."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schemas = Schemas(contract)

    def document(self) -> dict[str, Any]:
        """The new document: the operations of the contract, and the schemas that they need."""
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
        self._refuse_misread(raw, location)
        found: dict[str, Any] = {"parameters": list(self._parameters(raw, location))}
        return found | {key: self._operation(raw[key], (*location, key)) for key in raw if key in _METHODS}

    def _operation(self, raw: dict[str, Any], location: Location) -> dict[str, Any]:
        if not raw.get("operationId"):
            raise self._contract.error(
                "an operation needs an `operationId` such as list_meetings: its method is named after it", location
            )
        self._refuse_misread(raw, location)
        found = {
            "operationId": raw["operationId"],
            "tags": (raw.get("tags") or ["default"])[:1],
            "description": place_as_text(location),
            "parameters": list(self._parameters(raw, location)),
            "responses": self._responses(raw, location),
        }
        if "requestBody" in raw:
            body, here = self._contract.component(raw["requestBody"], (*location, "requestBody"), "requestBodies")
            content = self._json(body["content"], (*here, "content"), f"{raw['operationId']}_body")
            found["requestBody"] = {"required": body.get("required", False), "content": content}
        return found

    def _refuse_misread(self, raw: dict[str, Any], location: Location) -> None:
        for key in ("$ref", "servers"):
            if key in raw:
                raise self._contract.error(f"`{key}` is not supported here; remove it", (*location, key))

    def _parameters(self, raw: dict[str, Any], location: Location) -> Iterator[dict[str, Any]]:
        for at, entry in enumerate(raw.get("parameters", [])):
            parameter, here = self._contract.component(entry, (*location, "parameters", at), "parameters")
            name, place = parameter["name"], parameter["in"]
            if place == "header" and name.lower() in _TRANSPORT_HEADERS:
                continue
            if "schema" not in parameter:
                raise self._contract.error(f"the parameter {name!r} needs a `schema`; no other form is read", here)
            if place not in _STYLES or parameter.get("style", _STYLES[place]) != _STYLES[place]:
                raise self._contract.error(
                    f"{name!r} cannot be sent: a parameter is `in: query` with `style: form`, or `in: path` or "
                    "`in: header` with `style: simple`",
                    here,
                )
            schema = self._schemas.rewrite(parameter["schema"], (*here, "schema"), name)
            yield {"name": name, "in": place, "required": parameter.get("required", False), "schema": schema}

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
            content = {"application/json": {"schema": {"type": "null"}}}
            if response.get("content"):
                content = self._json(response["content"], (*here, "content"), name)
            found[status] = {"description": place_as_text(here), "content": content}
        return found

    def _json(self, content: dict[str, Any], location: Location, name: str) -> dict[str, Any]:
        """The JSON among the forms of a body or a response."""
        media_type = next(filter(_JSON.fullmatch, content), None)
        if media_type is None:
            raise self._contract.error("no form of this is JSON, and no other is supported", location)
        here = (*location, media_type, "schema")
        schema = self._schemas.rewrite(content[media_type].get("schema", {}), here, name)
        if location[1] in _SHARED and "properties" in schema:
            # One class for all the operations that share it.
            schema = self._schemas.name(f"{location[2]}_{_SHARED[location[1]]}", schema, here)
        return {media_type: {"schema": schema}}
