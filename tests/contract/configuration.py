"""schemathesis.toml as these tests use it: the settings of the command line, with what a test asks for instead.

`schema.parametrize()` gives all operations of a schema the same test id, and pytest-xdist, with `--dist loadfile`, runs
one test for each id. So `one_test_each` makes a test function for each operation.
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
    likely: Mapping[str, Sequence[Any]] | None = None,
    scheme: str = "api_token",
) -> schemathesis.Config:
    """The project's settings.

    Args:
        max_examples: How many examples the fuzzing phase makes up.
        base_url: Used instead of the one in the environment.
        token: Used instead of the one in the environment; without one, requests have no `Authorization`.
        likely: Values that parameters such as `query.page_no` have most of the time.
        scheme: The name of the token's security scheme.
    """
    settings: dict[str, Any] = tomllib.loads((ROOT / "schemathesis.toml").read_text(encoding="utf-8"))
    settings["generation"]["max-examples"] = max_examples
    del settings["base-url"], settings["auth"]
    if base_url is not None:
        settings["base-url"] = base_url
    if token is None:
        settings["generation"]["with-security-parameters"] = False
    else:
        settings["auth"] = {"openapi": {scheme: {"bearer": token}}}
    # A name in a table of its own has no dots.
    lists = {name: name.replace(".", "-") for name in likely or {}}
    settings["dictionaries"] = {lists[name]: {"values": list(values)} for name, values in (likely or {}).items()}
    settings["parameters"] = {name: {"dictionary": list_name, "probability": 0.8} for name, list_name in lists.items()}
    return schemathesis.Config.from_dict(settings)


def one_test_each(schemas: Mapping[str, schemathesis.BaseSchema]) -> Callable[[Callable[..., None]], None]:
    """Replace a test of one case by a test function for each schema; the keys are what the names of these end with."""

    def replace(test: Callable[..., None]) -> None:
        for name, schema in schemas.items():
            test.__globals__[f"{test.__name__}__{name}"] = schema.parametrize()(test)

    return replace
