"""Text from a contract, as docstrings and as words about limits. Nothing of it may become code."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import Any, Final

from .forms import Schema

__all__ = ["arguments", "comment", "docstring", "limits", "literal", "sentence"]

# What fits between the quotes on a line of 100.
_WIDTH: Final = 94
# Lines that are laid out on purpose: lists, code, tables, headings, quotes.
_LAID_OUT: Final = re.compile(r"\s*([-*+•] |\d+[.)] |[|#>]|```|~~~)|\s{4,}")


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


def docstring(*blocks: str, indent: int = 0, laid_out: str = "") -> str:
    """A docstring of paragraphs, wrapped, ready to stand in source code at an indent.

    Args:
        blocks: Text in Markdown or plain; empty blocks are left out.
        indent: Columns to its left.
        laid_out: What follows the blocks and is not wrapped again.
    """
    wrapped = [*(_wrapped(block, _WIDTH - indent) for block in blocks), laid_out]
    text = "\n\n".join(block for block in wrapped if block)
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    if "\n" in text:
        text += "\n"
    return textwrap.indent(f'"""{text}"""', " " * indent).lstrip()


def arguments(entries: list[tuple[str, str]]) -> str:
    """The entries of an `Args:` or `Raises:` section."""
    lines = []
    for name, text in entries:
        filled = textwrap.fill(
            f"{name}: {comment(text)}",
            _WIDTH - 4,
            initial_indent="    ",
            subsequent_indent="        ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines.append(filled)
    return "\n".join(lines)


def _clean(text: str) -> str:
    """Text without what source code cannot hold: control characters, half surrogate pairs, strange line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(
        character
        for character in re.sub("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs", "Cf", "Co")
    )


def _wrapped(block: str, width: int) -> str:
    lines: list[str] = []
    paragraph: list[str] = []

    def flush() -> None:
        if paragraph:
            lines.extend(textwrap.wrap(" ".join(paragraph), width, break_long_words=False, break_on_hyphens=False))
            paragraph.clear()

    fenced = False
    for line in _clean(block).strip().split("\n"):
        fence = line.lstrip().startswith(("```", "~~~"))
        if fence or fenced or not line.strip() or _LAID_OUT.match(line):
            flush()
            lines.append(line.rstrip())
            fenced = fenced != fence
        else:
            paragraph.append(line.strip())
    flush()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def limits(schema: Schema) -> str:
    """The limits of a schema in words: from 60 to 600."""
    if "anyOf" in schema:
        real = [member for member in schema["anyOf"] if member.get("type") != "null"]
        return limits(real[0]) if len(real) == 1 else ""
    said = [*_range(schema), *_lengths(schema)]
    if "multipleOf" in schema:
        said.append(f"A multiple of {schema['multipleOf']}.")
    if "pattern" in schema:
        said.append(f"Matches `{schema['pattern']}`.")
    return " ".join(said)


def _range(schema: Schema) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        said = [f"From {low} to {high}."]
    else:
        said = [f"At least {low}."] if low is not None else []
        said += [f"At most {high}."] if high is not None else []
    said += [f"More than {above}."] if above is not None else []
    said += [f"Less than {below}."] if below is not None else []
    return said


def _lengths(schema: Schema) -> list[str]:
    said = []
    for low_key, high_key, unit in (("minLength", "maxLength", "character"), ("minItems", "maxItems", "item")):
        low, high = schema.get(low_key), schema.get(high_key)
        if low is not None and low == high:
            said.append(f"Exactly {_count(low, unit)}.")
        elif low and high is not None:
            said.append(f"From {low} to {_count(high, unit)}.")
        elif low:
            said.append(f"At least {_count(low, unit)}.")
        elif high is not None:
            said.append(f"At most {_count(high, unit)}.")
    return said


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
