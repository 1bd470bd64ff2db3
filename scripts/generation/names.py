"""The names that openapi-python-client does not give: those of methods, and those that are taken."""

from __future__ import annotations

import builtins
import keyword
import re
from typing import Final

from openapi_python_client.strings import PythonIdentifier, snake_case

__all__ = ["CLIENT_ATTRIBUTES", "MODEL_ATTRIBUTES", "identifier", "method_names", "taken_class_names"]

# Public names of the runtime's clients, which a resource would hide.
CLIENT_ATTRIBUTES: Final = frozenset({"aclose", "close", "request"})
# Public names of the runtime's `Model`, which a field would hide.
MODEL_ATTRIBUTES: Final = frozenset({"additional_properties", "from_dict", "invalid", "to_dict"})
# Names in annotations, which a method of the same class would hide.
_IN_SIGNATURES: Final = frozenset({"builtins", "date", "datetime", "models"})
# Names that the modules of models import.
_IMPORTED: Final = frozenset({"Annotated", "Any", "AwareDatetime", "Literal", "Meta", "Model", "UUID"})


def taken_class_names(public: list[str]) -> frozenset[str]:
    """Names that no class of the contract can have.

    Args:
        public: The public names of the package that do not come from the contract.
    """
    return _IMPORTED | set(public)


def identifier(text: str) -> str:
    """The name of a method: snake_case. It may be that of a builtin, since it stands behind a dot."""
    name = str(PythonIdentifier(text, "operation_"))
    bare = name.removesuffix("_")
    if bare in _IN_SIGNATURES:
        return f"{bare}_"
    return bare if hasattr(builtins, bare) and not keyword.iskeyword(bare) else name


def method_names(ids: list[str], tag: str) -> list[str]:
    """Names of the methods under a tag: the operation ids without the tag's words.

    `list_meetings` under `meetings` is `list`, `create_meeting` is `create`; an id without those words stays whole. So
    does one that would be left empty, or would take another's name.
    """
    whole = [identifier(operation_id) for operation_id in ids]
    short = ["_".join(_without(_words(operation_id), _words(tag))) for operation_id in ids]
    short = [identifier(name) if name else "" for name in short]
    return [
        name if name and short.count(name) == 1 and name not in {*whole} - {whole[at]} else whole[at]
        for at, name in enumerate(short)
    ]


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"\W|_", snake_case(re.sub(r"\W", "_", text))) if word]


def _without(words: list[str], tag: list[str]) -> list[str]:
    """The words without those of the tag, in the plural or with its last word in the singular, once."""
    for form in _forms(tag):
        for start in range(len(words) - len(form) + 1):
            if form and words[start : start + len(form)] == form:
                return words[:start] + words[start + len(form) :]
    return words


def _forms(tag: list[str]) -> list[list[str]]:
    if not tag:
        return []
    *head, last = tag
    lasts = [last]
    if last.endswith("ies"):
        lasts.append(last[:-3] + "y")
    if re.search(r"(s|x|z|ch|sh)es$", last):
        lasts.append(last[:-2])
    if last.endswith("s") and not last.endswith("ss"):
        lasts.append(last[:-1])
    if not last.endswith("s"):
        lasts.append(last + "s")
    return [[*head, form] for form in lasts]
