"""The error classes: the tree is as its drawing shows, every class is public, and errors can be copied."""

from __future__ import annotations

import copy
import inspect
import pickle
import re

import pytest

import realtimekit.errors
from realtimekit import APIError, RealtimeKitError, ServerError
from realtimekit_runtime import errors
from realtimekit_runtime.errors import ErrorDetail

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, RealtimeKitError)
}


def drawn() -> dict[str, tuple[str | None, str]]:
    """Parent and other base of every class in the docstring's tree."""
    tree: dict[str, tuple[str | None, str]] = {}
    parents: list[tuple[int, str]] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        if found := re.fullmatch(r"    ([│├└─ ]*)(\w+Error)(?: \((\w+)\))?(?:  .*)?", line):
            depth = len(found[1])
            while parents and parents[-1][0] >= depth:
                parents.pop()
            tree[found[2]] = (parents[-1][1] if parents else None, found[3] or "")
            parents.append((depth, found[2]))
    return tree


def test_the_tree_is_as_the_docstring_draws_it() -> None:
    tree = {}
    for name, cls in CLASSES.items():
        bases = [base.__name__ for base in cls.__bases__]
        own = [base for base in bases if base in CLASSES]
        other = [base for base in bases if base not in CLASSES and base != "Exception"]
        tree[name] = (own[0] if own else None, "".join(other))
    assert drawn() == tree


def test_every_class_is_public_and_sorted() -> None:
    assert sorted(errors.__all__) == errors.__all__ == sorted(CLASSES)
    assert sorted(realtimekit.errors.__all__) == sorted(CLASSES)
    for name, cls in CLASSES.items():
        assert getattr(realtimekit, name) is getattr(realtimekit.errors, name) is cls
        assert name in realtimekit.__all__


@pytest.mark.parametrize("cls", CLASSES.values())
@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_copied_errors_keep_everything(cls: type[RealtimeKitError], copied: object) -> None:
    error = cls("What happened", status=429, request_id="8f1-AMS", attempts=3, body=b"{}", next_page=7)
    if isinstance(error, APIError):
        error.errors = (ErrorDetail(1, "no", "/x"),)
    again = copied(error)  # type: ignore[operator]
    assert type(again) is cls
    assert vars(again) == vars(error)
    assert again.args == error.args
    assert str(again) == str(error)


def test_the_text_of_an_error_has_the_facts_that_are_known() -> None:
    assert str(RealtimeKitError("No")) == "No"
    assert str(RealtimeKitError("No", status=520, attempts=1)) == "No (status 520)"
    error = RealtimeKitError("No", status=520, request_id="8f1-AMS", attempts=5, next_page=7)
    assert str(error).startswith("No (status 520, request id 8f1-AMS, 5 attempts)")
    assert "go on from page 7" in str(error)


def test_a_repr_shows_what_is_needed_to_act_on_the_error() -> None:
    error = ServerError("The service failed", status=502, request_id="8f2", next_page=3)
    assert repr(error) == "ServerError('The service failed', status=502, request_id='8f2', next_page=3)"
    assert repr(ServerError("The service failed")) == "ServerError('The service failed')"
