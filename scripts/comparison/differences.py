"""What the contract and the vendor's document say differently about the contract's operations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .redocly import ComparisonError, list_changes
from .spelling import Node, Operation, Steps, resolve, spelled, split

__all__ = ["MISSING", "Difference", "differences"]

# Stands for what a document does not have; None is the null of JSON.
MISSING: Final[Any] = ...
_PERMISSIONS: Final = "x-api-token-group"
_WORDS: Final = ("description", "summary", "title")


@dataclass(frozen=True)
class Difference:
    """Something that the two documents say differently.

    Attributes:
        impact: How much the version rises if the contract follows: major, minor or patch.
        steps: The keys that lead to it, from `paths` on. References are followed; a parameter's key is as in
            `query page_no`.
        ours: What the contract has there, or `MISSING`.
        theirs: What the vendor has there, or `MISSING`.
    """

    impact: str
    steps: Steps
    ours: Any
    theirs: Any


def differences(
    contract: Node, vendor: Node, pairs: Mapping[Operation, Operation | None], folder: Path
) -> Iterator[Difference]:
    """Compare operations of two documents.

    Args:
        contract: The contract.
        vendor: The vendor's document.
        pairs: The contract's operations, each with the vendor's; None if the vendor does not have it.
        folder: A folder for the files that Redocly compares.

    Raises:
        ComparisonError: If the operations are not described as OpenAPI says, or a reference in them leads nowhere.
    """
    try:
        ours = {one: spelled(contract, one) for one in pairs}
        theirs = {one: spelled(vendor, other) for one, other in pairs.items() if other}
    except (AttributeError, KeyError, TypeError) as error:
        # The rest of the vendor's document may have errors: only what is compared has to be right.
        raise ComparisonError(f"one of the operations is not described as OpenAPI says: {error!r}") from error
    shared: dict[Operation, list[str]] = {operation: [] for operation in pairs}
    for operation, there in theirs.items():
        here = ours[operation]
        shared[operation] = [name for name in here["parameters"] if name in there["parameters"]]
        yield from _parameters_of_one_side(operation, here["parameters"], there["parameters"])
        yield from _permissions(operation, here, there)
    documents = _document(ours, shared), _document(theirs, shared)
    files = folder / "ours.json", folder / "theirs.json"
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document), "utf-8")
    yield from _changes(list_changes(*files), *documents)


def _parameters_of_one_side(operation: Operation, ours: Node, theirs: Node) -> Iterator[Difference]:
    """The parameters that one side lacks. Redocly would take one for a new name of another."""
    for name in [*theirs, *ours]:
        if (name in ours) != (name in theirs):
            breaks_callers = name in ours or theirs[name].get("required", False)
            steps = ("paths", *operation, "parameters", name)
            impact = "major" if breaks_callers else "minor"
            yield Difference(impact, steps, ours.get(name, MISSING), theirs.get(name, MISSING))


def _permissions(operation: Operation, ours: Node, theirs: Node) -> Iterator[Difference]:
    """The permissions: a token needs one of them. Redocly does not compare lists in extensions."""
    before, after = (set(node.get(_PERMISSIONS, ())) for node in (ours, theirs))
    if before != after:
        values = (node.get(_PERMISSIONS, MISSING) for node in (ours, theirs))
        yield Difference("minor" if before <= after else "major", ("paths", *operation, _PERMISSIONS), *values)


def _document(side: Mapping[Operation, Node], shared: Mapping[Operation, list[str]]) -> Node:
    """A document with these operations and with the parameters that both sides have.

    Redocly pairs the items of two lists by how much they look alike. References look alike if they name the same
    component, so each parameter is one, with the same key on both sides.
    """
    paths: Node = {}
    parameters: Node = {}
    for number, (operation, names) in enumerate(shared.items()):
        if operation in side:
            node = side[operation]
            keys = {f"{number}.{index}": name for index, name in enumerate(names)}
            parameters |= {key: node["parameters"][name] for key, name in keys.items()}
            references = [{"$ref": f"#/components/parameters/{key}"} for key in keys]
            paths.setdefault(operation.path, {})[operation.method] = {**node, "parameters": references}
    head = {"openapi": "3.1.0", "info": {"title": "", "version": "1.0.0"}}
    return {**head, "paths": paths, "components": {"parameters": parameters}}


def _changes(changes: list[Node], ours: Node, theirs: Node) -> Iterator[Difference]:
    """The changes that Redocly reports, without those that do not count here."""
    renamed = tuple(f"{change['path']}/" for change in changes if change.get("property") == "key")
    for change in changes:
        impact, path, keyword = change["impact"], change["path"], change.get("property")
        base, revision = change.get("base", {}), change.get("revision", {})
        before, after = base.get("value", MISSING), revision.get("value", MISSING)
        steps = _steps(path, theirs if revision else ours)
        if keyword == "key":
            # Redocly takes a field that only one side has for a new name of one that only the other side has.
            yield Difference(impact, (*steps[:-1], before), resolve(ours, base["pointer"]), MISSING)
            yield Difference(impact, (*steps[:-1], after), MISSING, resolve(theirs, revision["pointer"]))
        elif not (
            path.startswith(("#/components/", *renamed))
            or f"{path}/" in renamed
            or keyword in _WORDS
            or _is_same(before, after)
        ):
            yield Difference(impact, (*steps, keyword) if keyword else steps, before, after)


def _steps(pointer: str, document: Node) -> Steps:
    """The keys that a pointer names, with the name of a parameter in the place of its number."""
    steps = split(pointer)
    if "parameters" in steps[3:4] and len(steps) > 4:
        _, path, method, _, number, *rest = steps
        parameter = resolve(document, document["paths"][path][method]["parameters"][int(number)]["$ref"])
        return (*steps[:4], f"{parameter['in']} {parameter['name']}", *rest)
    return steps


def _is_same(one: Any, other: Any) -> bool:
    """Whether two lists, such as those of `required` and `enum`, differ in their order only."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return False
    return sorted(map(json.dumps, one)) == sorted(map(json.dumps, other))
