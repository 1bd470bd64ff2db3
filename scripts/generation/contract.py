"""A contract as written: read from YAML or JSON, with the line of everything in it, and its references."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from openapi_python_client.schema.openapi_schema_pydantic import OpenAPI
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

__all__ = ["Contract", "ContractError", "Location", "pointer", "read_mapping"]

Location = tuple[str | int, ...]
"""Where something stands in a document: the keys and indexes that lead to it."""

_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")


class ContractError(Exception):
    """Something about the input that stops the generation: where, what, and what to do about it."""

    def __init__(self, message: str, *, file: Path | str, line: int | None = None) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {message}")


class Contract:
    """A document, and how to find one's way in it.

    Attributes:
        original: The document.
        document: The same without the keys that have nothing behind them, such as an empty `description:`.
    """

    def __init__(self, file: Path, document: dict[str, Any], root: Node | None) -> None:
        self.file = file
        self.original = document
        self.document: dict[str, Any] = _without_empty_keys(document)
        self._root = root

    @classmethod
    def read(cls, file: Path) -> Contract:
        """Read a contract.

        Raises:
            ContractError: There is no such file, or it is no YAML, no JSON or no OpenAPI 3 document.
        """
        contract = cls(file, *read_mapping(file))
        contract._check_structure()
        return contract

    def _check_structure(self) -> None:
        version = self.document.get("openapi")
        if not re.match(r"3\.[01]\.", str(version)):
            found = "it has no `openapi` key" if version is None else f"its `openapi` is {version!r}"
            raise self.error(f"not an OpenAPI 3 document: {found}; write a version such as 3.1.0", ("openapi",))
        info = self.document.get("info")
        version = info.get("version") if isinstance(info, dict) else ""
        if version is not None and version != "" and not _VERSION.fullmatch(str(version)):
            raise self.error(
                f"`info.version` must be three numbers such as 1.2.3, not {version!r}: it is the package's version too",
                ("info", "version"),
            )
        try:
            OpenAPI.model_validate(self.document)
        except ValidationError as exc:
            problem = exc.errors()[0]
        else:
            return
        location, value = self._nearest(problem["loc"])
        if problem["type"] == "missing":
            raise self.error(f"`{problem['loc'][-1]}` is missing here", location)
        # The library's message names its own classes, and calls a mapping a dictionary.
        reason = re.sub(r" or instance of \w+", "", problem["msg"]).replace("dictionary", "mapping")
        reason = reason.replace("Input should", "should").removeprefix("Value error, ")
        raise self.error(f"`{location[-1]}` {reason}, not {_shown(value)}", location)

    def _nearest(self, path: tuple[str | int, ...]) -> tuple[Location, Any]:
        """The location that a path of the checking library means; it has the names of types between the keys."""
        value: Any = self.document
        location: list[str | int] = []
        for key in path:
            there = key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int)
            if there:
                location.append(key)
                value = self.at(tuple(location))
        return tuple(location), value

    def error(self, message: str, location: Location = ()) -> ContractError:
        """An error about something in the document."""
        if self._root is None:
            # JSON is YAML as well, only slower to read: its lines are looked up when one is needed.
            with suppress(OSError, YAMLError, RecursionError):
                self._root = YAML(typ="safe", pure=True).compose(self.file.read_text(encoding="utf-8-sig"))
        shown = f" (at {pointer(location)})" if location else ""
        return ContractError(message + shown, file=self.file, line=self.line(location))

    def line(self, location: Location) -> int | None:
        """The line where something stands, or the nearest thing around it that is there."""
        node = self._root
        if node is None:
            return None
        line: int = node.start_mark.line + 1
        for key in location:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line

    def follow(self, reference: str, location: Location = ()) -> tuple[Any, Location]:
        """What a `$ref` points to, and where that stands; references to references are followed.

        Args:
            reference: The reference.
            location: Where it stands.
        """
        seen = [reference]
        while True:
            target, target_location = self._look_up(reference, location)
            if not (isinstance(target, dict) and "$ref" in target and len(target) == 1):
                return target, target_location
            reference = target["$ref"]
            if reference in seen:
                raise self.error(f"$ref {reference!r} leads back to itself", location)
            seen.append(reference)

    def _look_up(self, reference: str, location: Location) -> tuple[Any, Location]:
        if not reference.startswith("#/"):
            raise self.error(
                f"$ref {reference!r} leads out of this file; put what it means under `components`", location
            )
        value: Any = self.document
        found: list[str | int] = []
        for part in reference[2:].split("/"):
            key: str | int = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and str(key).isdecimal() and int(key) < len(value):
                key = int(key)
            elif not (isinstance(value, dict) and key in value):
                raise self.error(f"$ref {reference!r} leads nowhere: there is no {key!r}", location)
            found.append(key)
            value = self.at(tuple(found))
        return value, tuple(found)

    def at(self, location: Location) -> Any:
        """What stands at a location."""
        value: Any = self.document
        for key in location:
            value = value[key]
        return value

    def component(self, raw: dict[str, Any], location: Location, kind: str) -> tuple[dict[str, Any], Location]:
        """A part of the contract, or the component that it refers to, and where that stands.

        Args:
            raw: The part as written.
            location: Where it stands.
            kind: What kind of component it is: `schemas`, `parameters`, …
        """
        if "$ref" not in raw:
            return raw, location
        target, found = self.follow(raw["$ref"], location)
        if found[:2] != ("components", kind) or len(found) != 3:
            raise self.error(
                f"$ref {raw['$ref']!r} does not lead into components/{kind}; move its target there", location
            )
        return target, found

    def facts(self, raw: dict[str, Any]) -> dict[str, Any]:
        """What a schema says, with what the one schema says that it refers to; its own words count more."""
        found = self.facts(self.follow(raw["$ref"])[0]) if "$ref" in raw else {}
        for key in ("allOf", "anyOf", "oneOf"):
            real = [member for member in raw.get(key, ()) if member.get("type") != "null"]
            if len(real) == 1:
                found |= self.facts(real[0])
        return found | raw

    def facts_at(self, place: str) -> dict[str, Any]:
        """The facts of the schema that a JSON pointer points to."""
        return self.facts(self.follow(place)[0])


def pointer(location: Location) -> str:
    """A location as people write it: `#/paths/~1things/get`."""
    return "#/" + "/".join(str(key).replace("~", "~0").replace("/", "~1").replace("%", "%25") for key in location)


def read_mapping(file: Path) -> tuple[dict[str, Any], Node | None]:
    """Read a YAML or JSON file whose top is a mapping, with the nodes that know their lines.

    Raises:
        ContractError: The file cannot be read or is something else.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise ContractError(f"cannot be read: {reason}", file=file) from None
    root: Node | None = None
    try:
        if file.suffix == ".json":
            value = json.loads(text)
        else:
            yaml = YAML(typ="safe", pure=True)
            yaml.Constructor = _Constructor
            root = yaml.compose(text)
            value = _json_value(yaml.constructor.construct_document(root)) if root is not None else None
    except json.JSONDecodeError as exc:
        raise ContractError(f"no JSON: {exc.msg}", file=file, line=exc.lineno) from None
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else None
        raise ContractError(f"no YAML: {exc.problem or exc.context}", file=file, line=line) from None
    except YAMLError as exc:
        raise ContractError(f"no YAML: {' '.join(str(exc).split())}", file=file) from None
    except RecursionError:
        raise ContractError("nested too deeply, or an alias contains itself", file=file) from None
    if not isinstance(value, dict):
        raise ContractError("the top of the file must be a mapping", file=file)
    return value, root


class _Constructor(SafeConstructor):
    """Reads times as texts, since JSON has no type for them."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _json_value(value: Any) -> Any:
    """A value of YAML as one of JSON: keys are texts, and so are numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _without_empty_keys(value: Any) -> Any:
    if isinstance(value, dict):
        # `default: null` says something.
        return {key: _without_empty_keys(item) for key, item in value.items() if item is not None or key == "default"}
    return [_without_empty_keys(item) for item in value] if isinstance(value, list) else value


def _child(node: Node, key: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line + 1, item
    return None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
