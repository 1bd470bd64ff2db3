"""Text from a contract, as docstrings and comments. Nothing of it may become code."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from typing import Any, Final

from .limits import in_words

__all__ = ["comment", "described", "docstring", "entry", "literal", "sentence", "wrapped"]

# The columns between the quotes of a docstring on a line of 100.
_WIDTH: Final = 94
# Lines whose layout has a meaning: lists, code, tables, headings, quotes.
_LAID_OUT: Final = re.compile(r"^( *([-*+•] |\d+[.)] |[|#>])| {4,})", re.MULTILINE)


def literal(value: Any) -> str:
    """A value of JSON as Python code, in printable ASCII where it holds anything odd."""
    if isinstance(value, str) and not value.isprintable():
        return ascii(value)
    return repr(value)


def comment(text: str) -> str:
    """Text that stays on its line behind a `#`."""
    return " ".join(_clean(text).split())


def sentence(text: str) -> str:
    """Text that ends like a sentence."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", ":", "`", ">", ")", "|")) else f"{text}."


def described(facts: dict[str, Any], *more: str | None) -> str:
    """What the contract says about a field or an argument: what it is, its limits, more sentences, and its default."""
    words = [sentence(facts.get("description", "")), in_words(facts), *more]
    if "default" in facts:
        value = facts["default"]
        shown = value if isinstance(value, str) and value else json.dumps(value)
        words.append(f"The service's default: {shown}.")
    if facts.get("deprecated"):
        words.append("Deprecated.")
    return " ".join(filter(None, words))


def docstring(text: str, indent: int = 0) -> str:
    """Lines that are laid out already, as the lines of a docstring at an indent."""
    text = re.sub(r"\n{3,}", "\n\n", text.strip())
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    if "\n" in text:
        text += "\n"
    return textwrap.indent(f'"""{text}"""', " " * indent)


def entry(name: str, text: str) -> str:
    """An entry of an `Args:` or `Raises:` section."""
    return textwrap.fill(
        f"{name}: {comment(text)}",
        _WIDTH - 4,
        initial_indent="    ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def wrapped(text: str, indent: int = 0) -> str:
    """Paragraphs, in Markdown or plain, with lines that fit into a docstring at an indent."""
    text = _clean(text).strip()
    if "```" in text or "~~~" in text:
        return text
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n\n".join(
        paragraph
        if _LAID_OUT.search(paragraph)
        else textwrap.fill(" ".join(paragraph.split()), _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        for paragraph in paragraphs
    )


def _clean(text: str) -> str:
    """Text without what source code cannot hold: control characters, half surrogate pairs, strange line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(
        character
        for character in re.sub("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs", "Cf", "Co")
    )
