"""Where something is written in the contract, and why the contract differs there from the vendor's document."""

from __future__ import annotations

from typing import Any

from .redocly import ComparisonError
from .spelling import Node, Steps, resolve, split

__all__ = ["locate"]


def locate(contract: Node, steps: Steps, *, is_only_ours: bool) -> tuple[Steps, str]:
    """Find where something is written, and the reason that an `x-departure` gives for it.

    Args:
        contract: The contract as written, with references.
        steps: The keys that lead to it, as in `Difference`.
        is_only_ours: Whether the vendor has nothing there.

    Returns:
        The keys that lead to where it is written, or would be. And the reason; empty if there is none.

    Raises:
        ComparisonError: If an `x-departure` does not map keywords to reasons.
    """
    place: Steps = ()
    node: Any = contract
    for number, step in enumerate(steps):
        rest = steps[number:]
        if isinstance(node, list):
            # The parameters of an operation.
            node = {_parameter_name(contract, parameter): parameter for parameter in node}
        else:
            place, node = _holder(contract, place, node, step)
        reasons = node.get("x-departure", {})
        if not (isinstance(reasons, dict) and all(isinstance(reason, str) for reason in reasons.values())):
            raise ComparisonError(f"x-departure in {'.'.join(place)} must map keywords to reasons")
        reason = reasons.get(step)
        if reason and (len(rest) == 1 or (len(rest) == 2 and is_only_ours)):
            return (*place, *rest), reason
        if step not in node:
            return (*place, *rest), ""
        place, node = (*place, step), node[step]
    return place, ""


def _holder(contract: Node, place: Steps, node: Node, key: str) -> tuple[Steps, Node]:
    """The object that has a key: the node, what it refers to, or a member of its unions; the node if none has it."""
    while "$ref" in node:
        place, node = split(node["$ref"]), resolve(contract, node["$ref"])
    for union in ("allOf", "anyOf", "oneOf") if key not in node else ():
        for number, member in enumerate(node.get(union, ())):
            found = _holder(contract, (*place, union, str(number)), member, key)
            if key in found[1]:
                return found
    return place, node


def _parameter_name(contract: Node, parameter: Node) -> str:
    _, found = _holder(contract, (), parameter, "name")
    return f"{found['in']} {found['name']}"
