"""What everything that reads the contract has at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .contract import Contract, Place
from .normal import Schemas

__all__ = ["Source", "text_of"]


@dataclass(frozen=True)
class Source:
    """A contract, its schemas, and whom to tell of what cannot be expressed."""

    contract: Contract
    schemas: Schemas
    warn: Callable[[str, Place], None]

    def mapping(self, raw: Any, place: Place) -> tuple[dict[str, Any], Place]:
        """A mapping, or the one that it refers to, and where that stands."""
        if isinstance(raw, dict) and "$ref" in raw:
            raw, place = self.contract.follow(raw["$ref"], place)
        if not isinstance(raw, dict):
            raise self.contract.error(f"a mapping is expected here, not {raw!r}", place)
        return raw, place


def text_of(value: Any) -> str:
    """A text, or nothing where something else stands."""
    return value if isinstance(value, str) else ""
