"""The operations of the contract, as they are generated: imported when a command needs them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from realtimekit.api import TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtimekit_runtime.operations import Operation

__all__ = ["all_operations", "operations_of"]


def operations_of(tag: str) -> dict[str, Operation]:
    """The operations of one tag, by the names of their methods."""
    operations: dict[str, Operation] = import_module(f"realtimekit.api.{tag}").OPERATIONS
    return operations


def all_operations() -> Iterator[tuple[str, str, Operation]]:
    """Every operation: its tag, which is the client's attribute, the name of its method, and what is generated."""
    for tag in TAGS:
        for method, operation in operations_of(tag).items():
            yield tag, method, operation
