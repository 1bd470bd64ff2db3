"""A contract as written: read from YAML or JSON, with the line of everything in it, and its references."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from openapi_python_client.schema.openapi_schema_pydantic import OpenAPI
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

__all__ = ["Contract", "ContractError", "Location"]

Location = tuple[str | int, ...]
"""Where something stands in a document: the keys and indexes that lead to it."""

_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")
_T = TypeVar("_T")


class ContractError(Exception):
    """Something about the input that stops the generation: where, what, and what to do about it."""

    def __init__(self, message: str, *, file: Path | str, line: int | None = None) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {message}")


class Contract:
    """A document, and how to find something in it.

    Attributes:
        file: Where it was read from.
        original: What it holds.
        document: The same without the keys that have nothing behind them, such as an empty `description:`.
    """

    def __init__(self, file: Path) -> None:
        """Read a file.

        Raises:
            ContractError: The file cannot be read, or it is no mapping in YAML or JSON.
        """
        self.file = file
        self.original = _read_mapping(file)
        self.document: dict[str, Any] = json.loads(json.dumps(self.original), object_pairs_hook=_without_empty_keys)

    @classmethod
    def read(cls, file: Path) -> Contract:
        """Read a contract.

        Raises:
            ContractError: There is no such file, or it is no YAML, no JSON or no OpenAPI 3 document.
        """
        contract = cls(file)
        contract.structure(OpenAPI)
        version = str(contract.document["info"]["version"])
        if not _VERSION.fullmatch(version):
            raise contract.error(
                f"`info.version` must be three numbers such as 1.2.3, not {version!r}: it is the package's version too",
                ("info", "version"),
            )
        return contract

    def structure(self, kind: type[_T], location: Location = ()) -> _T:
        """What stands at a location, as a type that pydantic can read.

        Raises:
            ContractError: It has another structure.
        """
        try:
            return TypeAdapter(kind).validate_python(self.at(location))
        except ValidationError as exc:
            problem = exc.errors()[0]
        # Between the keys, pydantic's path has the names of types.
        for key in problem["loc"]:
            found = self.at(location)
            if key in found if isinstance(found, dict) else isinstance(found, list) and isinstance(key, int):
                location = (*location, key)
        is_missing = problem["type"] == "missing"
        raise self.error(f"`{problem['loc'][-1]}` is missing here" if is_missing else problem["msg"], location)

    def error(self, message: str, location: Location = ()) -> ContractError:
        """An error about something in the document."""
        escaped = (str(key).replace("~", "~0").replace("/", "~1") for key in location)
        shown = f" (at #/{'/'.join(escaped)})" if location else ""
        return ContractError(message + shown, file=self.file, line=self.line(location))

    def line(self, location: Location) -> int:
        """The line where something stands, or the nearest thing around it that is there."""
        node = self._root
        line: int = node.start_mark.line
        for key in location:
            if isinstance(node, MappingNode):
                found = {name.value: (name, value) for name, value in node.value}
                if key not in found:
                    break
                name, node = found[key]
                line = name.start_mark.line
            elif isinstance(node, SequenceNode):
                node = node.value[key]
                line = node.start_mark.line
        return line + 1

    @cached_property
    def _root(self) -> Node:
        """The nodes of YAML, which know their lines; JSON is YAML too. They are read only if a line is needed."""
        root: Node = YAML(typ="safe", pure=True).compose(self.file.read_text(encoding="utf-8-sig"))
        return root

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
        reference = str(raw["$ref"])
        name = reference.removeprefix(f"#/components/{kind}/")
        known = self.document.get("components", {}).get(kind, {})
        if name == reference or name not in known:
            raise self.error(
                f"$ref {reference!r} leads nowhere; it must be '#/components/{kind}/' and a name that stands there",
                location,
            )
        here = ("components", kind, name)
        if "$ref" in known[name] and len(known[name]) > 1:
            raise self.error("a component that is a `$ref` can say nothing else", here)
        return self.component(known[name], here, kind)

    def facts(self, raw: dict[str, Any]) -> dict[str, Any]:
        """What a schema says, and what the one schema says that it refers to. Its own words count first."""
        found = self.facts(self.component(raw, (), "schemas")[0]) if "$ref" in raw else {}
        for key in ("allOf", "anyOf", "oneOf"):
            real = [member for member in raw.get(key, ()) if member.get("type") != "null"]
            if len(real) == 1:
                found |= self.facts(real[0])
        return found | raw


def _read_mapping(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix == ".json":
            value = json.loads(text)
        else:
            yaml = YAML(typ="safe", pure=True)
            yaml.Constructor = _Constructor
            # As JSON has it: keys are texts. An alias that contains itself is a ValueError.
            value = json.loads(json.dumps(yaml.load(text), allow_nan=False))
    except OSError as exc:
        raise ContractError(f"cannot be read: {exc.strerror}", file=file) from None
    except json.JSONDecodeError as exc:
        raise ContractError(f"no JSON: {exc.msg}", file=file, line=exc.lineno) from None
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else None
        raise ContractError(f"no YAML: {exc.problem or exc.context}", file=file, line=line) from None
    except (TypeError, ValueError, RecursionError) as exc:
        raise ContractError(f"cannot be read as JSON: {exc}", file=file) from None
    if not isinstance(value, dict):
        raise ContractError("the top of the file must be a mapping", file=file)
    return value


class _Constructor(SafeConstructor):
    """Reads times as texts, since JSON has no type for them."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _without_empty_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # `default: null` says something.
    return {key: value for key, value in pairs if value is not None or key == "default"}
