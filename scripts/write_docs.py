"""Write the pages of docs/ to build/docs, with the README, the contract and the commands filled in.

A page is a Jinja template. What the README, the contract, the docstrings or the command line say already, it shows from
there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import click
import jinja2
from endpoint_page import EndpointPage
from generation.contract import Contract
from generation.limits import in_words
from generation.output import read

import realtimekit
from realtimekit_cli.app import realtimekit as command_line

__all__ = ["BLOCK", "pages", "section"]

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "docs"
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
"""A block of code in Markdown: its language and its text."""


def main() -> None:
    """Write the pages, and what stands beside them."""
    texts = pages()
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(DOCS, BUILD)
    for name, text in texts.items():
        (BUILD / name).write_text(text, encoding="utf-8")


@cache
def pages() -> dict[str, str]:
    """The text of every page, by its path in docs/."""
    contract = ROOT / "openapi.yaml"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([DOCS, ROOT / "templates"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # the pages are Markdown, in which a description may be written too
    )
    project = read(Contract.read(contract), ROOT / "generator-config.yml", ROOT)
    environment.filters |= project.env.filters | {
        "first_block": first_block,
        "json": partial(json.dumps, indent=2, ensure_ascii=False),
        "limits": in_words,
    }
    environment.globals |= project.env.globals | {
        "before": before,
        "commands": {context.command_path: context for context in commands(command_line, None)},
        "endpoint": EndpointPage(contract),
        "package": realtimekit,
        "section": section,
    }
    names = sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))
    return {name: environment.get_template(name).render() for name in names}


def before(file: str, heading: str) -> str:
    """What stands before a heading in a file of this repository."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return text[: text.index(f"\n## {heading}\n")].strip()


def section(file: str, heading: str) -> str:
    """What stands under a heading in a file of this repository, up to the next one."""
    text = (ROOT / file).read_text(encoding="utf-8").removeprefix(before(file, heading)).strip()
    return text.removeprefix(f"## {heading}\n").partition("\n## ")[0].strip()


def first_block(text: str) -> str:
    """The first block of code in a text."""
    return next(BLOCK.finditer(text))[0]


def commands(command: click.Command, parent: click.Context | None) -> Iterator[click.Context]:
    """A command and all commands below it, as contexts, which know their full names."""
    context = click.Context(command, info_name=command.name, parent=parent)
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) is not None:
                yield from commands(below, context)


if __name__ == "__main__":
    main()
