"""Text from a response, made safe for a terminal."""

from __future__ import annotations

__all__ = ["one_line", "printable"]

# The zero-width joiner, which emoji are combined with.
_KEPT = "\u200d"


def printable(text: str) -> str:
    """`text` on one line, without control characters."""
    return "".join(
        character if character.isprintable() or character in _KEPT else _shown(character) for character in text
    )


def one_line(text: str) -> str:
    """A message on one line: line breaks and runs of space become one space."""
    return printable(" ".join(text.split()))


def _shown(character: str) -> str:
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
