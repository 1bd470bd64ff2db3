"""A contract as written: read from YAML or JSON, with the line of everything in it, and its references."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["Contract", "ContractError", "Place"]

Place = tuple[str | int, ...]
"""Where something stands in the document: the keys and indexes that lead to it."""

_TAG: Final = "tag:yaml.org,2002:"
_UNFINISHED: Final = object()


class ContractError(Exception):
    """Something about the input that stops the generation: what, where, and what to do about it."""

    def __init__(self, message: str, *, file: Path | str, line: int | None = None) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(f"{where}: {message}")


class Contract:
    """A document, and how to find one's way in it."""

    def __init__(self, file: Path, document: dict[str, Any], root: Node | None) -> None:
        self.file = file
        self.document = document
        self._root = root

    @classmethod
    def read(cls, file: Path) -> Contract:
        """Read a contract.

        Raises:
            ContractError: There is no such file, or it is no YAML, no JSON or no OpenAPI 3 document.
        """
        return cls.of(file, *read_mapping(file))

    @classmethod
    def of(cls, file: Path, document: dict[str, Any], root: Node | None = None) -> Contract:
        """Take a document that has been read for a contract.

        Raises:
            ContractError: It is no OpenAPI 3 document.
        """
        contract = cls(file, document, root)
        version = document.get("openapi")
        if not str(version).startswith(("3.0", "3.1")):
            found = "it has no `openapi` key" if version is None else f"its `openapi` is {version!r}"
            raise contract.error(f"not an OpenAPI 3 document: {found}; 3.0 and 3.1 are read", ("openapi",))
        for key in ("info", "paths"):
            if not isinstance(document.get(key), dict):
                raise contract.error(f"an OpenAPI document needs a mapping `{key}`", (key,))
        for key in ("title", "version"):
            if not isinstance(document["info"].get(key), str | int | float):
                raise contract.error(f"`info` needs a `{key}`", ("info", key))
        return contract

    def error(self, message: str, place: Place = ()) -> ContractError:
        """An error about something in the document."""
        if self._root is None:
            # JSON is YAML as well, only slower to read: its lines are looked up when one is needed.
            with suppress(OSError, YAMLError, RecursionError):
                self._root = YAML(typ="safe", pure=True).compose(self.file.read_text(encoding="utf-8-sig"))
        shown = f" (at {pointer(place)})" if place else ""
        return ContractError(message + shown, file=self.file, line=self.line(place))

    def line(self, place: Place) -> int | None:
        """The line where something stands, or the nearest thing around it that is there."""
        node = self._root
        if node is None:
            return None
        line: int = node.start_mark.line + 1
        for key in place:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line

    def follow(self, reference: object, place: Place) -> tuple[Any, Place]:
        """What a `$ref` points to, and where that stands; references to references are followed."""
        seen = [reference]
        while True:
            target, target_place = self._look_up(reference, place)
            if not (isinstance(target, dict) and "$ref" in target and len(target) == 1):
                return target, target_place
            reference = target["$ref"]
            if reference in seen:
                raise self.error(f"$ref {reference!r} leads back to itself", place)
            seen.append(reference)

    def _look_up(self, reference: object, place: Place) -> tuple[Any, Place]:
        if not isinstance(reference, str):
            raise self.error(f"a $ref must be a text, not {reference!r}", place)
        if not reference.startswith("#/"):
            raise self.error(
                f"$ref {reference!r} leads out of this file; put what it means under `components`",
                place,
            )
        value: Any = self.document
        found: list[str | int] = []
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
                found.append(int(key))
            elif isinstance(value, dict) and key in value:
                value = value[key]
                found.append(key)
            else:
                raise self.error(f"$ref {reference!r} leads nowhere: there is no {key!r}", place)
        return value, tuple(found)


def pointer(place: Place) -> str:
    """A place as people write it: `#/paths/~1things/get`."""
    return "#/" + "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in place)


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
            root = YAML(typ="safe", pure=True).compose(text)
            value = _value(root, {}) if root is not None else None
    except json.JSONDecodeError as exc:
        raise ContractError(f"no JSON: {exc.msg}", file=file, line=exc.lineno) from None
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else None
        raise ContractError(f"no YAML: {exc.problem or exc.context}", file=file, line=line) from None
    except YAMLError as exc:
        raise ContractError(f"no YAML: {' '.join(str(exc).split())}", file=file) from None
    except RecursionError:
        raise ContractError("nested too deeply", file=file) from None
    if not isinstance(value, dict):
        raise ContractError("the top of the file must be a mapping", file=file)
    return value, root


def _child(node: Node, key: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line + 1, item
    return None


def _value(node: Node, made: dict[int, Any]) -> Any:
    """The JSON value of a node: keys are texts, and so is what JSON has no type for, such as a time."""
    if id(node) in made:
        if made[id(node)] is _UNFINISHED:
            raise MarkedYAMLError(problem="an alias contains itself", problem_mark=node.start_mark)
        return made[id(node)]
    if isinstance(node, MappingNode):
        mapping: dict[str, Any] = {}
        made[id(node)] = _UNFINISHED
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == f"{_TAG}merge":
                sources = value.value if isinstance(value, SequenceNode) else [value]
                for source in sources:
                    merged = {**_value(source, made), **merged}
                continue
            if not isinstance(key, ScalarNode):
                raise MarkedYAMLError(problem="a key must be a plain text", problem_mark=key.start_mark)
            if key.value in mapping:
                raise MarkedYAMLError(problem=f"the key {key.value!r} stands here twice", problem_mark=key.start_mark)
            mapping[key.value] = _value(value, made)
        for name, value in merged.items():
            mapping.setdefault(name, value)
        made[id(node)] = mapping
        return mapping
    if isinstance(node, SequenceNode):
        made[id(node)] = _UNFINISHED
        made[id(node)] = [_value(item, made) for item in node.value]
        return made[id(node)]
    return _scalar(node)


def _scalar(node: Node) -> Any:
    text: str = node.value
    try:
        if node.tag == f"{_TAG}null":
            return None
        if node.tag == f"{_TAG}bool":
            return text.lower() == "true"
        if node.tag == f"{_TAG}int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
        if node.tag == f"{_TAG}float":
            number = float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
            return number if abs(number) < float("inf") else text
    except ValueError:
        pass
    return text
