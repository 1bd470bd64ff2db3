"""What operations take as bodies and what they answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from .contract import Place
from .forms import Schema, nullable, union
from .normal import place_name
from .source import Source, text_of

__all__ = ["Body", "Responses"]

_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass
class Body:
    """What an operation takes as its body."""

    media_type: str
    schema: Schema
    required: bool
    description: str


class Responses:
    """Reads the bodies and the responses of operations."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def _content(self, raw: dict[str, Any], place: Place) -> dict[str, Any]:
        content = raw.get("content") or {}
        if not isinstance(content, dict):
            raise self._source.contract.error("`content` must be a mapping", (*place, "content"))
        return content

    def body(self, raw: dict[str, Any], place: Place, operation_id: str) -> Body | None:
        """The body that an operation takes, in the media type that the runtime writes best."""
        if raw.get("requestBody") is None:
            return None
        stated, stated_place = self._source.mapping(raw["requestBody"], (*place, "requestBody"))
        content = self._content(stated, stated_place)
        if not content:
            return None
        media_type = min(content, key=_body_preference)
        if others := [name for name in content if name != media_type]:
            self._source.warn(f"the body is sent as {media_type}; not offered: {', '.join(others)}", stated_place)
        schema = self._media_schema(content[media_type], (*stated_place, "content", media_type), f"{operation_id}_body")
        kind = _bare_media_type(media_type)
        if kind.startswith("text/"):
            schema = {"type": "string"}
        elif not _is_json(kind) and kind not in _FORMS:
            schema = {"type": "string", "format": "binary"}
        return Body(media_type, schema, stated.get("required") is True, text_of(stated.get("description")))

    def _media_schema(self, media: Any, place: Place, hint: str) -> Schema:
        media, place = self._source.mapping(media if media is not None else {}, place)
        if media.get("schema") is None:
            return {}
        if place[0] == "components":
            hint = place_name(place[:3])
        return self._source.schemas.of(media["schema"], (*place, "schema"), hint)

    def response(self, raw: dict[str, Any], method: str, place: Place, operation_id: str) -> Schema | None:
        """What an operation answers when it succeeds; None where no such response has a body."""
        responses = self.responses(raw, place)
        good = sorted(status for status in responses if re.fullmatch(r"2(\d\d|XX)", status, re.IGNORECASE))
        if not good and "default" in responses and not any(status[:1] in ("1", "3") for status in responses):
            good = ["default"]
        found: list[Schema] = []
        empty = False
        for status in good:
            response, response_place = self._source.mapping(responses[status], (*place, "responses", status))
            content = self._content(response, response_place)
            if content and method != "HEAD":
                found.append(self._response(content, response_place, operation_id))
            else:
                empty = True
        if not found:
            return None
        response = union(found)
        return nullable(response) if empty and response else response

    def responses(self, raw: dict[str, Any], place: Place) -> dict[str, Any]:
        """What an operation may answer, by status."""
        responses = raw.get("responses") or {}
        if not isinstance(responses, dict):
            raise self._source.contract.error("`responses` must be a mapping", (*place, "responses"))
        return responses

    def _response(self, content: dict[str, Any], place: Place, operation_id: str) -> Schema:
        media_type = min(content, key=lambda name: not _is_json(_bare_media_type(name)))
        if others := [name for name in content if name != media_type]:
            self._source.warn(f"the response is read as {media_type}, never as {', '.join(others)}", place)
        kind = _bare_media_type(media_type)
        if kind.startswith("text/"):
            return {"type": "string"}
        media_place = (*place, "content", media_type)
        schema = self._media_schema(content[media_type], media_place, f"{operation_id}_response")
        if _is_json(kind) or (kind == "*/*" and schema.get("format") != "binary"):
            return schema
        return {"type": "string", "format": "binary"}


def _bare_media_type(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type.endswith(("/json", "+json"))


def _body_preference(media_type: str) -> int:
    kind = _bare_media_type(media_type)
    if _is_json(kind):
        return 0
    known = (*_FORMS, "application/octet-stream")
    return known.index(kind) + 1 if kind in known else len(known) + 1
