"""Text from elsewhere, made fit for a terminal."""

from __future__ import annotations

__all__ = ["one_line", "printable"]

# Zero-width joiners hold emoji together.
_KEPT = "\u200d"


def printable(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    return "".join(
        character if character.isprintable() or character in _KEPT else _shown(character) for character in text
    )


def one_line(text: str) -> str:
    """A message on one line: line breaks and runs of space become one space."""
    return printable(" ".join(text.split()))


def _shown(character: str) -> str:
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
