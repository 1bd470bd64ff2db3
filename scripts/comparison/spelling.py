"""Operations of an OpenAPI document, spelled one way: two documents that say the same become equal.

- References are replaced by what they refer to; keywords beside a reference come on top.
- The members of `allOf` are merged; of two values for a keyword, the later counts.
- 3.0's `nullable`, and unions with a null type, become a list of types.
- Keywords are left out if the value is what holds without them, such as `required: false`.
- Left out too: examples, links to other documents, and extensions other than those in `_EXTENSIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from .redocly import ComparisonError

__all__ = ["Node", "Operation", "Steps", "operations", "resolve", "spelled", "split"]

Node = dict[str, Any]
Steps = tuple[str, ...]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_EXTENSIONS: Final = ("x-api-token-group", "x-python-type")
# Their values are maps: the keys are names, not keywords.
_MAPS: Final = ("content", "headers", "patternProperties", "properties", "responses")
# Their values are data, not schemas.
_DATA: Final = ("const", "default", "enum", *_EXTENSIONS)
_LEFT_OUT: Final = ("callbacks", "example", "examples", "externalDocs", "links", "xml")
# For most keywords, `false` says the same as no keyword; not for these.
_MEANINGFUL_FALSE: Final = ("additionalProperties", "const", "default", "explode")


class Operation(NamedTuple):
    """One operation of a document.

    Attributes:
        path: Its path, as the document has it.
        method: Its HTTP method, in small letters.
    """

    path: str
    method: str

    @property
    def address(self) -> tuple[str, str]:
        """What two documents have in common about it: the path without the names of its parameters, and the method."""
        return re.sub(r"\{[^{}]*\}", "{}", self.path), self.method

    @property
    def prefix(self) -> str:
        """What the paths of the operations beside it begin with: its own up to its last parameter."""
        return self.address[0].rpartition("{")[0]


def operations(document: Node) -> Iterator[Operation]:
    """Every operation of a document."""
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if isinstance(item, dict) and method in item:
                yield Operation(path, method)


def split(pointer: str) -> Steps:
    """The keys that a JSON pointer such as `#/paths/~1meetings` names."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in unquote(pointer).split("/")[1:])


def resolve(document: Node, reference: str) -> Node:
    """What a reference within a document refers to.

    Raises:
        ComparisonError: If there is nothing.
    """
    found: Any = document
    for step in split(reference):
        if not isinstance(found, dict) or step not in found:
            raise ComparisonError(f"there is nothing at {reference}, to which the document refers")
        found = found[step]
    node: Node = found
    return node


def spelled(document: Node, operation: Operation) -> Node:
    """What is compared of an operation: parameters, those of its path too, bodies, responses and permissions.

    Returns:
        The operation with its parameters in a map; their keys are as in `query page_no`.

    Raises:
        ComparisonError: If a reference leads nowhere.
    """
    item = document["paths"][operation.path]
    own = _plain(document, item[operation.method])
    parameters = {
        f"{parameter['in']} {parameter['name']}": _without_default_style(parameter)
        for parameter in [*_plain(document, item.get("parameters", [])), *own.get("parameters", [])]
    }
    kept = {key: own[key] for key in ("requestBody", "responses", *_EXTENSIONS) if key in own}
    return {"parameters": parameters, **kept}


def _plain(document: Node, node: Any, followed: tuple[str, ...] = ()) -> Any:
    if isinstance(node, list):
        return [_plain(document, item, followed) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        if reference in followed:
            # A schema that contains itself; it ends here.
            return {}
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _plain(document, resolve(document, reference) | beside, (*followed, reference))
    plain: Node = {}
    for key, value in node.items():
        if key in _MAPS:
            plain[key] = {name: _plain(document, inner, followed) for name, inner in value.items()}
        elif key in _DATA:
            plain[key] = value
        elif not _says_nothing(key, value):
            plain[key] = _plain(document, value, followed)
    return _as_3_1(_merged_all(plain))


def _says_nothing(key: str, value: Any) -> bool:
    """Whether a document says the same without a keyword, or the keyword does not count."""
    if key in _LEFT_OUT or key.startswith("x-"):
        return True
    return (value is False and key not in _MEANINGFUL_FALSE) or (key == "additionalProperties" and value in (True, {}))


def _merged_all(schema: Node) -> Node:
    merged: Node = {}
    for member in [*schema.pop("allOf", ()), schema]:
        merged = _merged(merged, member)
    return merged


def _merged(one: Node, other: Node) -> Node:
    result = dict(one)
    for key, value in other.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _merged(old, value)
        elif key == "required" and isinstance(old, list):
            result[key] = [*old, *(name for name in value if name not in old)]
        else:
            result[key] = value
    return result


def _as_3_1(schema: Node) -> Node:
    """A schema in the words of OpenAPI 3.1. What is no schema has none of these keywords."""
    for union in ("anyOf", "oneOf"):
        members = schema.get(union, [])
        others = [member for member in members if member.get("type") != "null"]
        if len(others) == 1:
            del schema[union]
            schema = _merged(others[0], schema) | ({"nullable": True} if len(members) > 1 else {})
    for keyword, kind in (("properties", "object"), ("items", "array")):
        if keyword in schema:
            schema.setdefault("type", kind)
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True:
            schema[exclusive] = schema.pop(limit)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else list(types)
    if schema.pop("nullable", False) and types and "null" not in types:
        types.append("null")
    if "null" in types and None not in schema.get("enum", [None]):
        schema["enum"] = [*schema["enum"], None]
    if types:
        schema["type"] = types[0] if len(types) == 1 else types
    return schema


def _without_default_style(parameter: Node) -> Node:
    """A parameter without a `style` or `explode` that is the default where it stands."""
    style = "form" if parameter["in"] in ("query", "cookie") else "simple"
    defaults = {"style": style, "explode": parameter.get("style", style) == "form"}
    return {key: value for key, value in parameter.items() if (key, value) not in defaults.items()}
