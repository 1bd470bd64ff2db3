"""Python names for whatever a contract calls things.

openapi-python-client knows how to make an identifier of a text; here they are also made unique, kept clear of the names
that generated code needs for itself, and stable: the parser, given one of these names, leaves it as it is.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection
from typing import Final

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

__all__ = ["Names", "class_name", "constant_name", "field_names", "identifier", "member_name", "method_names"]

# Names that the runtime's clients already have.
CLIENT_ATTRIBUTES: Final = frozenset({"aclose", "close", "request"})
# Names that `realtimekit_runtime.models.Model` already has.
MODEL_ATTRIBUTES: Final = frozenset({"additional_properties", "from_dict", "to_dict"})
# Classes that the generated modules import, beside the models or resources that they define.
MODULE_CLASSES: Final = frozenset(
    [
        "Annotated",
        "Any",
        "AsyncClient",
        "AsyncPager",
        "AsyncResource",
        "AwareDatetime",
        "BaseAsyncClient",
        "Body",
        "Client",
        "Literal",
        "Meta",
        "Model",
        "OpenIntEnum",
        "OpenStrEnum",
        "Operation",
        "Pager",
        "Pagination",
        "Parameter",
        "Resource",
        "SyncClient",
        "UUID",
        "UNSET",
        "Unset",
    ]
)
_LONGEST: Final = 80


class Names:
    """Gives every name once: `_2`, `_3`, … follow a name that is taken."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def take(self, name: str, separator: str = "_") -> str:
        """The name itself, or the first free one after it. Case does not tell names apart."""
        number, found = 1, name
        while found.casefold() in self._taken:
            number += 1
            found = f"{name.rstrip('_')}{separator}{number}"
        self._taken.add(found.casefold())
        return found


def identifier(text: str, prefix: str = "field") -> str:
    """A snake_case name. Keywords get an underscore at their end; builtins may be shadowed behind a dot."""
    name = _plain(text)
    for _ in range(9):
        stable = str(PythonIdentifier(name, f"{prefix}_"))[:_LONGEST].rstrip("_") or prefix
        stable = str(PythonIdentifier(stable, f"{prefix}_"))
        if stable == name:
            break
        name = stable
    bare = name.removesuffix("_")
    return name if keyword.iskeyword(bare) or bare == "self" else bare


def field_names(wire_names: list[str]) -> dict[str, str]:
    """Python names of a model's fields. Whoever bears the name already keeps it."""
    names = Names(MODEL_ATTRIBUTES)
    wanted = {wire: identifier(wire) for wire in wire_names}
    wanted = {wire: f"field_{name}" if name in MODEL_ATTRIBUTES else name for wire, name in wanted.items()}
    chosen = {wire: names.take(name) for wire, name in wanted.items() if wire == name}
    return {wire: chosen[wire] if wire in chosen else names.take(wanted[wire]) for wire in wire_names}


def class_name(text: str, suffix: str = "Model") -> str:
    """A PascalCase name that clashes with no builtin and nothing that generated modules import."""
    name = _plain(text)
    for _ in range(9):
        stable = str(ClassName(name[:_LONGEST], "Field")).rstrip("_")
        # Without an upper case letter a class could not be told from its module.
        if not stable.isidentifier() or stable == stable.lower():
            stable = f"{suffix}{stable}"
        if stable in MODULE_CLASSES or str(ClassName(stable, "Field")).endswith("_"):
            stable += suffix
        if stable == name:
            break
        name = stable
    return name


def constant_name(text: str) -> str:
    """An UPPER_CASE name."""
    return identifier(text, "operation").upper().rstrip("_")


def member_name(value: str | int) -> str:
    """The name of an enum's member."""
    if isinstance(value, int):
        return f"VALUE_{value}" if value >= 0 else f"VALUE_NEGATIVE_{-value}"
    name = snake_case(_plain(value)).upper()[:_LONGEST].rstrip("_")
    if not name:
        return "EMPTY" if not value else "VALUE"
    return name if name.isidentifier() else f"VALUE_{name}"


def method_names(ids: list[str], tag: str) -> list[str]:
    """Names of the methods under a tag: the operation ids without the tag's words.

    `list_meetings` under `meetings` is `list`, `create_meeting` is `create`; an id without those words stays whole. So
    does one that would be left empty, or would take another's name.
    """
    whole = [identifier(operation_id, "operation") for operation_id in ids]
    short = ["_".join(_without(_words(operation_id), _words(tag))) for operation_id in ids]
    short = [identifier(name, "operation") if name else "" for name in short]
    chosen = [
        name if name and short.count(name) == 1 and whole.count(name) <= (name == whole[at]) else whole[at]
        for at, name in enumerate(short)
    ]
    names = Names()
    return [names.take(name) for name in chosen]


def _words(text: str) -> list[str]:
    return [word for word in snake_case(_plain(text)).split("_") if word]


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


def _plain(text: str) -> str:
    # Python compares identifiers in this form, and `getattr` does not.
    text = unicodedata.normalize("NFKC", text).replace("'", "")
    return re.sub(r"\W+", "_", text)
