"""Names that openapi-python-client does not give: those of methods, and new ones where a name is taken."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from typing import Final

from openapi_python_client.config import Config
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from realtimekit_runtime.client import AsyncClient, SyncClient
from realtimekit_runtime.models import Model

__all__ = ["CLIENT_ATTRIBUTES", "IMPORTED", "MODEL_ATTRIBUTES", "method_names", "rename_taken", "wire_name"]


# A tag must not hide an attribute of the clients, a field none of the models.
CLIENT_ATTRIBUTES: Final = frozenset([*dir(SyncClient), *dir(AsyncClient)])
MODEL_ATTRIBUTES: Final = frozenset(dir(Model))
# Names that the modules of models import, which a class would hide.
IMPORTED: Final = frozenset({"Annotated", "Any", "AwareDatetime", "Literal", "Meta", "Model", "UUID"})
# Names in annotations, which a method of the same class would hide. A list is written `builtins.list`.
_IN_SIGNATURES: Final = frozenset({"bool", "builtins", "date", "datetime", "dict", "float", "int", "models", "str"})


def method_names(ids: list[str], tag: str) -> list[str]:
    """Names of the methods under a tag: the operation ids without the tag.

    `list_meetings` under `meetings` is `list`, `create_meeting` is `create`; an id without the tag stays whole. So does
    one that would be left empty, or would take another's name.

    Args:
        ids: The operation ids.
        tag: The tag as a name in Python.
    """
    forms = "|".join(map(re.escape, (f"{tag}s", tag, tag.removesuffix("s"))))
    whole = [PythonIdentifier(re.sub(r"\W", "_", text), "operation_").rstrip("_") for text in ids]
    short = [re.sub(rf"(^|_)({forms})(?=_|$)", "", name, count=1).strip("_") for name in whole]
    found = [
        name if name.isidentifier() and short.count(name) == 1 and name not in {*whole} - {whole[at]} else whole[at]
        for at, name in enumerate(short)
    ]
    return [f"{name}_" if keyword.iskeyword(name) or name in _IN_SIGNATURES else name for name in found]


def rename_taken(prop: PropertyProtocol, taken: Collection[str], suffix: str, config: Config) -> None:
    """Give a property another name in Python if the one that it has is taken."""
    if prop.python_name in taken:
        prop.set_python_name(UntrustedString(f"{wire_name(prop)}_{suffix}"), config)


def wire_name(prop: PropertyProtocol) -> str:
    """The name of a parameter or field as the contract has it."""
    return prop.name.get_untrusted_value()
