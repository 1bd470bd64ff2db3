"""The pages of docs/ show the whole contract and every command."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .contract.contract import CONTRACT, operations, resolve

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from generation.limits import in_words  # found through the line above
from write_docs import pages, section

PAGES = pages()


def described(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The descriptions in a part of the contract, and where they stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "description" and isinstance(inner, str):
                yield place, " ".join(inner.split())
            else:
                yield from described(inner, (*place, str(key)))


def test_the_endpoint_page_shows_the_whole_contract() -> None:
    page = " ".join(PAGES["reference/endpoint.md"].split())
    for operation in operations():
        assert f"`{operation.method.upper()}`{{ .method }} `{operation.path}`" in page
        assert operation.node["summary"] in page
        assert all(f"**`{status}`**" in page for status in operation.node["responses"])
        assert all(f"**{permission}**" in page for permission in operation.node.get("x-api-token-group", ()))
        for parameter in operation.parameters:
            assert f"**`{parameter['name']}`**" in page
            assert in_words(resolve(parameter["schema"])) in page
    components = CONTRACT["components"]
    for header in components["headers"]:
        assert f"**`{header}`**" in page
    for schema in components["schemas"].values():
        assert " or ".join(map(json.dumps, schema.get("enum", ()))) in page
        for name, field in schema.get("properties", {}).items():
            assert f"**`{name}`**" in page
            assert in_words(field) in page
    # Of a whole schema, the page says what its place says.
    texts = [text for place, text in described(components) if len(place) != 2 or place[0] != "schemas"]
    assert [text for text in texts if text not in page] == []


def test_the_endpoint_page_says_what_python_and_the_command_line_call_a_parameter() -> None:
    page = PAGES["reference/endpoint.md"]
    assert "Python `page_no: int`, command line `--page-no`" in page
    assert "Python `app_id: str`, command line `--app-id` or `REALTIMEKIT_APP_ID`" in page
    assert re.search(r"\*\*`429`\*\* \[`RateLimitError`\]", page)


def test_every_command_has_its_place() -> None:
    page = PAGES["reference/commands.md"]
    for command in ("realtimekit", "realtimekit meetings list", "realtimekit doctor", "realtimekit emulator serve"):
        assert re.search(rf"^#+ {command} \{{", page, re.MULTILINE)
    assert "<code>--max-per-page N</code>" in page


def test_the_figures_of_the_readme_were_measured() -> None:
    figures = [line for line in section("README.md", "Figures").splitlines() if line.startswith("- ")]
    measured = PAGES["benchmarks.md"].splitlines()
    assert figures
    assert [figure for figure in figures if figure not in measured] == []
