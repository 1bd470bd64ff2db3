"""An OpenAPI document as the emulator uses it: its paths, and the parameters and responses of each operation.

Nothing here knows an endpoint. Any OpenAPI 3.0 or 3.1 document works if its references stay inside it. Of requests,
only what the SDK can send is read: path, query and header parameters that are not objects, and JSON bodies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import jsonschema_rs

from .errors import EmulatorError
from .identity import Identity
from .schemas import json_pointer, modernized
from .times import is_time

__all__ = ["Body", "Contract", "Operation", "Parameter", "Route", "load_contract"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# OpenAPI ignores header parameters with these names, since other parts of a contract describe them.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
# Without a style, the location gives one of the two.
_STYLES = (None, "form", "simple")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_MAX_CACHED_PATH = 512


@dataclass(frozen=True)
class Parameter:
    """One documented parameter."""

    name: str
    location: str
    required: bool
    schema: Any
    explode: bool
    """Whether each item of a list is a parameter of its own; otherwise all are in one, with commas between them."""

    @property
    def pointer(self) -> str:
        """Where an error about this parameter points, as a JSON pointer."""
        return json_pointer(self.location, self.name)


@dataclass(frozen=True)
class Body:
    """A documented request body in JSON."""

    required: bool
    schema: Any


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
        self.document: dict[str, Any] = document
        try:
            # A reference from a schema to itself stays as it is; only a validator can follow it.
            self._document: dict[str, Any] = modernized(jsonschema_rs.dereference(document, offline=True))
            self.base_path = self._read_base_path()
            routes = [Route(path, self._read_operations(item)) for path, item in self._document["paths"].items()]
        except (AttributeError, KeyError, TypeError, ValueError, jsonschema_rs.ReferencingError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise EmulatorError(f"{source} is not a valid OpenAPI document: {reason}. Correct it there.") from error
        self.routes = sorted(routes, key=lambda route: route.rank)
        self._match_short = lru_cache(maxsize=1024)(self._match)

    def match(self, raw_path: bytes) -> tuple[Route, dict[str, str]] | None:
        """Find the route of a percent-encoded path, and the path's parameters, decoded."""
        find = self._match_short if len(raw_path) <= _MAX_CACHED_PATH else self._match
        return find(raw_path)

    def operations(self) -> Iterator[Operation]:
        """All operations."""
        for route in self.routes:
            yield from route.operations.values()

    def validator(self, schema: Any, where: str) -> jsonschema_rs.Draft202012Validator:
        """Compile a schema of the document; `where` names it in the error.

        Raises:
            EmulatorError: If it is not a schema, or a pattern in it is broken.
        """
        try:
            return jsonschema_rs.Draft202012Validator(
                # A schema that contains itself has references to the components.
                {"$schema": _DIALECT, "allOf": [schema], "components": self._document.get("components", {})},
                validate_formats=True,
                formats={"date-time": is_time},
            )
        except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).split("\n", 1)[0]
            raise EmulatorError(f"The contract's schema of {where} is broken: {reason}. Correct it there.") from error

    def check_permissions(self, names: Iterable[str]) -> frozenset[str]:
        """The names of permissions as a set.

        Raises:
            EmulatorError: If no operation asks for one of them, and no token has it by default.
        """
        found, known = frozenset(names), self.permissions
        if found <= known:
            return found
        raise EmulatorError(
            f"Unknown permissions: {', '.join(sorted(found - known))}. Known are: {', '.join(sorted(known))}."
        )

    @property
    def permissions(self) -> frozenset[str]:
        """The permissions that a token can have: those that an operation asks for, and those of the default token."""
        return Identity.PERMISSIONS.union(*(operation.permissions for operation in self.operations()))

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
        server: dict[str, Any] = next(iter(self._document.get("servers", ())), {})
        return urlsplit(str(server.get("url", ""))).path.rstrip("/")

    def _read_operations(self, item: dict[str, Any]) -> dict[str, Operation]:
        shared = item.get("parameters", [])
        return {method.upper(): self._read_operation(item[method], shared) for method in _METHODS if method in item}

    def _read_operation(self, node: dict[str, Any], shared: list[Any]) -> Operation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for raw in (*shared, *node.get("parameters", [])):
            name, location = raw["name"], raw["in"]
            is_other = location == "cookie" or "schema" not in raw or raw.get("style") not in _STYLES
            if is_other or (location == "header" and name.lower() in _IGNORED_HEADERS):
                continue
            parameters[location, name] = Parameter(
                name=name,
                location=location,
                required=bool(raw.get("required")),
                schema=raw["schema"],
                explode=location == "query" and raw.get("explode", True),
            )
        body = node.get("requestBody", {})
        json_body = next((media for name, media in body.get("content", {}).items() if "json" in name), None)
        security = node.get("security", self._document.get("security", []))
        return Operation(
            id=node.get("operationId", ""),
            parameters=tuple(parameters.values()),
            body=None if json_body is None else Body(bool(body.get("required")), json_body.get("schema", {})),
            responses=node.get("responses", {}),
            permissions=frozenset(node.get("x-api-token-group", ())),
            # An empty requirement ({}) among several makes authentication optional.
            is_secured=bool(security) and all(security),
        )


def load_contract(path: str | Path | None = None) -> Contract:
    """Read a contract: the one that ships with this package, or a JSON or YAML file.

    Raises:
        EmulatorError: If it cannot be read or is not an OpenAPI 3 document.
    """
    file = resources.files("realtimekit").joinpath("openapi.json") if path is None else Path(path)
    source = f"The contract {file}"
    try:
        text = file.read_text(encoding="utf-8")
        document = _parse_yaml(text) if source.lower().endswith((".yaml", ".yml")) else json.loads(text)
    except OSError as error:
        raise EmulatorError(f"{source} cannot be read: {error.strerror}. Name a readable JSON or YAML file.") from error
    except ModuleNotFoundError as error:
        raise EmulatorError(
            f"{source} is YAML, and the package PyYAML that reads it is not installed: "
            "run `pip install pyyaml`, or name a JSON file."
        ) from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise EmulatorError(f"{source} is not valid JSON or YAML in UTF-8: {reason}. Correct it there.") from error
    return Contract(document, source)


def _parse_yaml(text: str) -> Any:
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    # YAML may have times, and keys that are numbers.
    return json.loads(json.dumps(document, default=lambda time: time.isoformat()))
