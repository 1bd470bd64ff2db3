"""Compare openapi.yaml with the vendor's own OpenAPI document, and show what either of them lacks.

    python scripts/drift.py UPSTREAM      the vendor's whole document, OpenAPI 3.0 or 3.1: a file or an https URL

Only the contract's operations count: parameters, fields, values, limits and permissions. Descriptions, summaries,
titles, operation ids, tags, servers and security are not compared, and it does not matter how a thing is spelled.

Where the contract differs on purpose, `x-departure` beside it says why. It maps keywords to reasons:

    maxLength: 36
    x-departure:
      maxLength: App ids have 36 characters.

If the keyword has a map, such as `responses`, the reason holds for the entries that only the contract has.

Exit codes: 0 no differences but departures, 1 there are others, 2 the comparison failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import yaml
from comparison.departures import locate
from comparison.differences import MISSING, Difference, differences
from comparison.redocly import ComparisonError, bundle
from comparison.spelling import Node, Steps, operations
from copies import ROOT
from urls import is_loopback

CONTRACT: Final = ROOT / "openapi.yaml"
IMPACTS: Final = ("major", "minor", "patch")
TIMEOUT: Final = 60
SHOWN_CHARACTERS: Final = 80


def main(arguments: list[str] | None = None, contract: Path = CONTRACT) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("upstream", metavar="UPSTREAM", help="a file or an https URL")
    upstream = parser.parse_args(arguments).upstream
    try:
        with TemporaryDirectory(prefix="realtimekit-") as place:
            folder = Path(place)
            vendor = bundle(fetch(upstream, folder), folder / "vendor.json")
            return show_drift(bundle(contract, folder / "contract.json"), vendor, folder)
    except ComparisonError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def show_drift(contract: Node, vendor: Node, folder: Path) -> int:
    """Compare a contract with the vendor's document and print the result; return the exit code.

    Args:
        contract: The contract.
        vendor: The vendor's document.
        folder: A folder for temporary files.

    Raises:
        ComparisonError: If that is not possible.
    """
    theirs = {operation.address: operation for operation in operations(vendor)}
    pairs = {operation: theirs.get(operation.address) for operation in operations(contract)}
    prefixes = tuple({operation.prefix for operation in pairs})
    beside = sum(path.startswith(prefixes) for path, _ in theirs) - sum(map(bool, pairs.values()))
    if not beside and not any(pairs.values()):
        raise ComparisonError(f"UPSTREAM has nothing under {' or '.join(prefixes)}; it must be the whole document")
    found = sorted(differences(contract, vendor, pairs, folder), key=lambda each: IMPACTS.index(each.impact))
    placed = [(each, *locate(contract, each.steps, is_only_ours=each.theirs is MISSING)) for each in found]
    reasons = sorted({reason for *_, reason in placed if reason})
    for reason in reasons:
        print(f"Known: {reason}")
        for each, place, given in placed:
            if given == reason:
                print(f"  {named(contract, place)}: {shown(each.ours)}; the vendor: {shown(each.theirs)}")
    print(f"The vendor has {beside} operations beside ours.")
    drifted = [(each, place) for each, place, reason in placed if not reason]
    if not drifted:
        print("In step: there are no differences but departures.")
        return 0
    print(f"Drifted: to follow the vendor is a {drifted[0][0].impact} change.\n")
    print("| change | where | the contract | the vendor |\n| --- | --- | --- | --- |")
    for each, place in drifted:
        print(f"| {each.impact} | {named(contract, place)} | {shown(each.ours)} | {shown(each.theirs)} |")
    if additions := what_to_paste(contract, drifted):
        print("\nWhat the contract lacks or says otherwise, ready to paste:\n")
        print(yaml.safe_dump(additions, sort_keys=False, allow_unicode=True, width=116), end="")
    return 1


def named(contract: Node, place: Steps) -> str:
    """A place in the contract as text, such as `list_meetings.responses.404`."""
    if place[0] == "paths" and len(place) > 3:
        _, path, method, *rest = place
        place = (contract["paths"][path][method].get("operationId", f"{method} {path}"), *rest)
    return ".".join(place)


def shown(value: Any) -> str:
    """A value as JSON, cut to fit in a table."""
    if value is MISSING:
        return "-"
    return textwrap.shorten(json.dumps(value, ensure_ascii=False), SHOWN_CHARACTERS).replace("|", "\\|")


def what_to_paste(contract: Node, drifted: list[tuple[Difference, Steps]]) -> Node:
    """What the vendor has, at the places where the contract has such things.

    A new parameter becomes a component and a reference to it.
    """
    tree: Node = {}
    for difference, place in drifted:
        if difference.theirs is MISSING:
            continue
        *path, last = place
        if path[3:] == ["parameters"]:
            name = difference.theirs["name"]
            if name in contract.get("components", {}).get("parameters", {}):
                name = last.replace(" ", "_")
            references = _within(tree, path[:3]).setdefault("parameters", [])
            references.append({"$ref": f"#/components/parameters/{name}"})
            path, last = ["components", "parameters"], name
        _within(tree, path)[last] = difference.theirs
    return tree


def _within(tree: Node, keys: Iterable[str]) -> Node:
    """The map that keys lead to; those that are not there are added."""
    for key in keys:
        tree = tree.setdefault(key, {})
    return tree


def fetch(upstream: str, folder: Path) -> Path:
    """The vendor's document as a file; it is fetched into the folder if it is at a URL.

    Raises:
        ComparisonError: If there is no such file, or it cannot be fetched.
    """
    if "://" not in upstream:
        if not Path(upstream).is_file():
            raise ComparisonError(f"there is no file {upstream!r}; UPSTREAM must be a file or an https URL")
        return Path(upstream).resolve()
    file = folder / "upstream.yaml"
    try:
        with httpx.Client(follow_redirects=True, timeout=TIMEOUT, event_hooks={"request": [_check_is_safe]}) as client:
            file.write_bytes(client.get(upstream).raise_for_status().content)
    except httpx.HTTPStatusError as error:
        raise ComparisonError(
            f"cannot fetch UPSTREAM: its server responded with status {error.response.status_code}"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ComparisonError(f"cannot fetch UPSTREAM: {error or type(error).__name__}") from None
    return file


def _check_is_safe(request: httpx.Request) -> None:
    if request.url.scheme != "https" and not is_loopback(str(request.url)):
        raise ComparisonError("UPSTREAM must be a file or an https URL; over http others could change the document")


if __name__ == "__main__":
    sys.exit(main())
