"""An OpenAPI document as the emulator uses it: its paths, and the parameters and responses of each operation.

Nothing here knows an endpoint. Any OpenAPI 3.0 or 3.1 document works whose references stay inside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from .errors import EmulatorError
from .identity import Identity
from .schemas import Schemas, json_pointer

__all__ = ["Body", "Contract", "Operation", "Parameter", "Route", "load_contract"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# OpenAPI ignores header parameters with these names, since other parts of a contract describe them.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_MAX_CACHED_PATH = 512


@dataclass(frozen=True)
class Parameter:
    """One documented parameter."""

    name: str
    location: str
    required: bool
    schema: Any
    style: str
    explode: bool
    is_json: bool

    @property
    def pointer(self) -> str:
        """Where an error about this parameter points, as a JSON pointer."""
        return json_pointer(self.location, self.name)


@dataclass(frozen=True)
class Body:
    """A documented request body, with its schema for each media type."""

    required: bool
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One documented operation."""

    id: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, dict[str, Any]]
    permissions: frozenset[str]
    is_secured: bool


class Route:
    """One documented path and its operations."""

    def __init__(self, template: str, operations: Mapping[str, Operation]) -> None:
        """Prepare a path template such as `/accounts/{account_id}`."""
        self.operations = operations
        self.allow = ", ".join(sorted(operations))
        self.is_secured = any(operation.is_secured for operation in operations.values())
        parts = _PLACEHOLDER.split(template.removeprefix("/"))
        self._names = parts[1::2]
        self._pattern = re.compile("([^/]+)".join(re.escape(quote(text)) for text in parts[::2]))
        # A literal segment goes before a template, from left to right (OpenAPI, "Path Templating Matching").
        self.rank = [0 if "{" not in text else 2 if _PLACEHOLDER.fullmatch(text) else 1 for text in template.split("/")]

    def match(self, path: str) -> dict[str, str] | None:
        """The path parameters if this is the route of a path, which has to be in canonical percent-encoding."""
        found = self._pattern.fullmatch(path)
        return found and {name: unquote(text) for name, text in zip(self._names, found.groups(), strict=True)}


class Contract:
    """An OpenAPI document: its routes and schemas."""

    def __init__(self, document: Any, source: str = "contract") -> None:
        """Read a document; `source` names it in errors.

        Raises:
            EmulatorError: If it is not an OpenAPI 3 document, or a reference in it leads nowhere.
        """
        version = document.get("openapi") if isinstance(document, dict) else None
        if not isinstance(version, str) or not version.startswith("3."):
            raise EmulatorError(f"{source} is not an OpenAPI 3 document: its field `openapi` must be 3.0 or 3.1.")
        if not isinstance(document.get("paths"), dict):
            raise EmulatorError(f"{source} has no `paths`: describe at least one operation there.")
        self.schemas = Schemas(document)
        self._document = self.schemas.document
        self.base_path = self._read_base_path()
        try:
            paths: dict[str, Any] = self._document["paths"]
            routes = [Route(template, self._read_operations(item)) for template, item in paths.items()]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EmulatorError(f"{source} is not a valid OpenAPI document: {error!r}. Correct it there.") from error
        self.routes = sorted(routes, key=lambda route: route.rank)
        self._match_short = lru_cache(maxsize=1024)(self._match)

    def match(self, raw_path: bytes) -> tuple[Route, dict[str, str]] | None:
        """Find the route of a percent-encoded path, and the path's parameters, decoded."""
        find = self._match_short if len(raw_path) <= _MAX_CACHED_PATH else self._match
        return find(raw_path)

    def operation(self, operation_id: str) -> Operation | None:
        """The operation of that id, if the contract has it."""
        for route in self.routes:
            for operation in route.operations.values():
                if operation.id == operation_id:
                    return operation
        return None

    def check_permissions(self, names: Iterable[str]) -> frozenset[str]:
        """The names of permissions as a set.

        Raises:
            EmulatorError: If no operation asks for one of them, and no token has it by default.
        """
        found = frozenset(names)
        operations = (operation for route in self.routes for operation in route.operations.values())
        known = Identity.PERMISSIONS.union(*(operation.permissions for operation in operations))
        if found <= known:
            return found
        raise EmulatorError(
            f"Unknown permissions: {', '.join(sorted(found - known))}. Known are: {', '.join(sorted(known))}."
        )

    def _match(self, raw_path: bytes) -> tuple[Route, dict[str, str]] | None:
        path = raw_path.decode("latin-1")
        base = self.base_path
        if not path.startswith(base + "/"):
            return None
        # Canonical: "%6d" becomes "m". An encoded slash is part of its segment and stays encoded.
        canonical = "/".join(quote(unquote(segment), safe="") for segment in path[len(base) + 1 :].split("/"))
        for route in self.routes:
            values = route.match(canonical)
            if values is not None:
                return route, values
        return None

    def _read_base_path(self) -> str:
        servers = self._document.get("servers")
        server: dict[str, Any] = servers[0] if servers else {}
        url = str(server.get("url", "/"))
        for name, variable in server.get("variables", {}).items():
            url = url.replace("{" + name + "}", str(variable.get("default", "")))
        return urlsplit(url).path.rstrip("/")

    def _read_operations(self, item: Any) -> dict[str, Operation]:
        item = self.schemas.resolve(item)
        shared = item.get("parameters", [])
        return {
            method.upper(): self._read_operation(self.schemas.resolve(item[method]), shared)
            for method in _METHODS
            if method in item
        }

    def _read_operation(self, node: dict[str, Any], shared: list[Any]) -> Operation:
        resolve = self.schemas.resolve
        parameters: dict[tuple[str, str], Parameter] = {}
        for raw in (*shared, *node.get("parameters", [])):
            parameter = self._read_parameter(resolve(raw))
            if parameter.location == "header" and parameter.name.lower() in _IGNORED_HEADERS:
                continue
            parameters[parameter.location, parameter.name] = parameter
        body = resolve(node["requestBody"]) if "requestBody" in node else None
        security = node.get("security", self._document.get("security", []))
        return Operation(
            id=node.get("operationId", ""),
            parameters=tuple(parameters.values()),
            body=Body(
                required=bool(body.get("required")),
                content={
                    media.lower(): resolve(content).get("schema", {}) for media, content in body["content"].items()
                },
            )
            if body
            else None,
            responses={str(status): resolve(response) for status, response in node.get("responses", {}).items()},
            permissions=frozenset(node.get("x-api-token-group", ())),
            # An empty requirement ({}) among several makes authentication optional.
            is_secured=bool(security) and all(security),
        )

    def _read_parameter(self, node: dict[str, Any]) -> Parameter:
        location = node["in"]
        style = node.get("style", "form" if location in ("query", "cookie") else "simple")
        content = node.get("content")
        holder: dict[str, Any] = next(iter(content.values())) if content else node
        return Parameter(
            name=node["name"],
            location=location,
            required=bool(node.get("required")),
            schema=holder.get("schema", {}),
            style=style,
            explode=bool(node.get("explode", style == "form")),
            is_json=bool(content),
        )


def load_contract(path: str | Path | None = None) -> Contract:
    """Read a contract: the one that ships with this package, or a JSON or YAML file.

    Raises:
        EmulatorError: If it cannot be read or is not an OpenAPI 3 document.
    """
    if path is None:
        try:
            text = resources.files("realtimekit").joinpath("openapi.json").read_text(encoding="utf-8")
        except (ModuleNotFoundError, OSError) as error:
            raise EmulatorError(
                "The contract (openapi.json in the package realtimekit) is missing: install realtimekit again, "
                "or name a contract file."
            ) from error
        return Contract(json.loads(text), "The contract of realtimekit")
    source = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise EmulatorError(
            f"Cannot read the contract {source}: {reason}. Name a readable JSON or YAML file."
        ) from error
    return Contract(_parse(text, source), source)


def _parse(text: str, source: str) -> Any:
    if not source.lower().endswith((".yaml", ".yml")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise EmulatorError(f"The contract {source} is not valid JSON: {error}. Correct it there.") from error
    try:
        import yaml
    except ModuleNotFoundError as error:
        raise EmulatorError(
            f"The contract {source} is YAML, and the package PyYAML that reads it is not installed: "
            "run `pip install pyyaml`, or name a JSON file."
        ) from error

    class Loader(yaml.SafeLoader):
        """Reads timestamps as text, as they are in JSON."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - how PyYAML is configured
            key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        return yaml.load(text, Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise EmulatorError(f"The contract {source} is not valid YAML: {reason}. Correct it there.") from error
