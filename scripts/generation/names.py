"""The names that openapi-python-client does not give: those of methods, and those that are taken."""

from __future__ import annotations

import keyword
import re
from typing import Final

from openapi_python_client.strings import PythonIdentifier

from realtimekit_runtime.client import AsyncClient, SyncClient
from realtimekit_runtime.models import Model

__all__ = ["CLIENT_ATTRIBUTES", "IMPORTED", "MODEL_ATTRIBUTES", "method_names"]


def _public(*classes: type) -> frozenset[str]:
    return frozenset(name for cls in classes for name in dir(cls) if not name.startswith("_"))


# A tag must not hide an attribute of the clients, a field none of the models.
CLIENT_ATTRIBUTES: Final = _public(SyncClient, AsyncClient)
MODEL_ATTRIBUTES: Final = _public(Model)
# Names that the modules of models import, which a class would hide.
IMPORTED: Final = frozenset({"Annotated", "Any", "AwareDatetime", "Literal", "Meta", "Model", "UUID"})
# Names in annotations, which a method of the same class would hide.
_IN_SIGNATURES: Final = frozenset({"builtins", "date", "datetime", "models"})


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
