"""Writes docs/benchmarks.md and its charts."""

from __future__ import annotations

import json
import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .figures import Run, shown, spread

__all__ = ["write"]

_PACKAGES = ["realtimekit", "httpx", "msgspec", "openapi-python-client"]


def write(run: Run, folder: Path) -> None:
    """Write the page and its charts."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["svg.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"median": median, "shown": shown, "spread": spread}
    charts = folder / "benchmarks"
    charts.mkdir(parents=True, exist_ok=True)
    for group in run.groups:
        chart = environment.get_template("chart.svg.jinja").render(group=group)
        (charts / f"{group.name}.svg").write_text(chart, "utf-8")
    versions = [f"{name} {version(name)}" for name in (*_PACKAGES, *(["cloudflare"] if run.has_vendor else []))]
    if run.prism:
        package = json.loads((run.prism.parents[1] / "package.json").read_text("utf-8"))
        versions.append(f"Prism {package['version']}")
    measured = {group.name: group.samples for group in run.groups}
    page = environment.get_template("benchmarks.md.jinja")
    text = page.render(run=run, measured=measured, machine=_machine(), versions=versions)
    (folder / "benchmarks.md").write_text(text, "utf-8")


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    processor = found[1] if found else platform.processor() or platform.machine()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}: {processor}, {os.cpu_count()} cores, {platform.system()}, {python}"
