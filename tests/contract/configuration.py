"""schemathesis.toml as these tests use it: the settings of the command line, with the examples that a test asks for.

`schema.parametrize()` gives all operations of a schema the same test id, and pytest-xdist runs one test for each id. So
`one_test_each` makes a test function for each operation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import schemathesis

from .contract import ROOT

__all__ = ["configuration", "one_test_each"]


def configuration(
    *,
    max_examples: int,
    base_url: str | None = None,
    token: str | None = None,
    parameters: Mapping[str, str] | None = None,
    likely: Mapping[str, Sequence[int]] | None = None,
) -> schemathesis.Config:
    """The project's settings.

    Args:
        max_examples: How many examples the fuzzing phase makes up.
        base_url: Used instead of the one in the environment.
        token: Used instead of the one in the environment; without one, requests have no `Authorization`.
        parameters: The values of some parameters, such as `path.app_id`.
        likely: Values that parameters such as `query.page_no` have most of the time.
    """
    settings: dict[str, Any] = tomllib.loads((ROOT / "schemathesis.toml").read_text(encoding="utf-8"))
    settings["generation"]["max-examples"] = max_examples
    settings["base-url"] = base_url
    if base_url is None:
        del settings["base-url"]
    if token is None:
        del settings["auth"]
        settings["generation"]["with-security-parameters"] = False
    else:
        for scheme in settings["auth"]["openapi"].values():
            scheme["bearer"] = token
    known: dict[str, Any] = dict(parameters or {})
    settings["parameters"] = known
    settings["dictionaries"] = {
        name.replace(".", "-"): {"values": list(values)} for name, values in (likely or {}).items()
    }
    for name in likely or {}:
        known[name] = {"dictionary": name.replace(".", "-"), "probability": 0.8}
    return schemathesis.Config.from_dict(settings)


def one_test_each(schema: schemathesis.BaseSchema, paths: Mapping[str, str]) -> Callable[[Callable[..., None]], None]:
    """Replace a test of one case by a test function for each path of a schema, in the same module.

    Args:
        schema: The schema.
        paths: Its paths, each with what the name of its test ends with.
    """

    def replace(test: Callable[..., None]) -> None:
        for path, name in paths.items():
            test.__globals__[f"{test.__name__}__{name}"] = schema.include(path=path).parametrize()(test)

    return replace
