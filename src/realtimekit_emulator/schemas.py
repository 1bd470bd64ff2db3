"""JSON schemas of the contract: references, validators, and the rewriting of OpenAPI 3.0's own keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from .errors import EmulatorError
from .times import is_time

__all__ = ["Schemas", "errors_of", "json_pointer"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAX_MESSAGE = 300
# The keys of these are chosen names: a property called `nullable` or `default` is not a keyword.
_NAMED = frozenset(
    {"$defs", "headers", "parameters", "paths", "patternProperties", "properties", "responses", "schemas"}
)


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take an OpenAPI 3.0 or 3.1 document as it was read."""
        self.document: dict[str, Any] = _modernized(document)
        """The document, with its schemas as JSON Schema 2020-12."""
        self._shared = {key: self.document[key] for key in ("components", "paths") if key in self.document}

    def resolve(self, node: Any) -> Any:
        """Follow `$ref` to the end; keywords beside a `$ref` are added to what it names.

        Raises:
            EmulatorError: If a reference leads nowhere, in a circle, or out of the document.
        """
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            reference = node["$ref"]
            if not isinstance(reference, str) or not reference.startswith("#") or reference in seen:
                raise EmulatorError(
                    f"The contract's reference {reference!r} cannot be followed: "
                    "use references inside the document (#/…) that do not lead back to themselves."
                )
            seen.add(reference)
            target: Any = self.document
            for part in unquote(reference[1:]).split("/")[1:]:
                key = part.replace("~1", "/").replace("~0", "~")
                try:
                    target = target[int(key) if isinstance(target, list) else key]
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    raise EmulatorError(
                        f"The contract's reference {reference!r} leads nowhere: add what it names."
                    ) from error
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = {**target, **beside} if isinstance(target, dict) else target
        return node

    def branches(self, schema: Any) -> Iterator[dict[str, Any]]:
        """A schema and the schemas that it combines (`allOf`, `anyOf`, `oneOf`), references resolved."""
        schema = self.resolve(schema)
        if isinstance(schema, dict):
            yield schema
            for keyword in ("allOf", "anyOf", "oneOf"):
                for part in schema.get(keyword, ()):
                    yield from self.branches(part)

    def validator(self, schema: Any, where: str) -> jsonschema_rs.Draft202012Validator:
        """Compile a schema; `where` names it in the error.

        Raises:
            EmulatorError: If it is not a schema, or a pattern or reference in it is broken.
        """
        try:
            return jsonschema_rs.Draft202012Validator(
                {"$schema": _DIALECT, "allOf": [schema], **self._shared},
                validate_formats=True,
                formats={"date-time": is_time},
            )
        except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).split("\n", 1)[0]
            raise EmulatorError(f"The contract's schema of {where} is broken: {reason}. Correct it there.") from error


def errors_of(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Iterator[tuple[str, str, bool]]:
    """What a validator finds wrong with a value.

    Yields:
        The place in the value as a JSON pointer, the message, and whether the value has the wrong type.
    """
    try:
        for error in validator.iter_errors(value):
            yield json_pointer(*error.instance_path), error.message[:_MAX_MESSAGE], error.schema_path[-1:] == ["type"]
    except UnicodeEncodeError:
        yield "", "holds half a surrogate pair, which is not valid Unicode text", False


def json_pointer(*parts: str | int) -> str:
    """A place in a JSON value (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _modernized(node: Any, *, names: bool = False) -> Any:
    """Rewrite OpenAPI 3.0's `nullable` and boolean exclusive limits as JSON Schema 2020-12 has them.

    Args:
        node: Any part of the document.
        names: Whether the keys of `node` are chosen names, and not keywords.
    """
    if isinstance(node, list):
        return [_modernized(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {}
    for key, value in node.items():
        is_data = not names and key in ("example", "default", "enum", "const")
        made[key] = value if is_data else _modernized(value, names=not names and key in _NAMED)
    if names:
        return made
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and limit in made:
            made[exclusive] = made.pop(limit)
    if isinstance(made.get("nullable"), bool) and made.pop("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made
