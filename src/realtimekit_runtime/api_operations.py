"""The operations of a generated package, imported when somebody asks for them.

The package is an argument, `realtimekit.api` as a rule, since this one knows no endpoint.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from .operations import Operation

__all__ = ["all_operations", "operations_of"]


def operations_of(api: ModuleType, tag: str) -> dict[str, Operation]:
    """The operations of one tag, by the names of their methods."""
    operations: dict[str, Operation] = import_module(f"{api.__name__}.{tag}").OPERATIONS
    return operations


def all_operations(api: ModuleType) -> Iterator[tuple[str, str, Operation]]:
    """Every operation: its tag, which is the client's attribute, the name of its method, and what is generated."""
    for tag in api.TAGS:
        for method, operation in operations_of(api, tag).items():
            yield tag, method, operation
