"""How the Python interfaces of two revisions differ: what griffe finds broken, and what is new or typed otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import griffe

from .rating import Change, Impact

__all__ = ["PACKAGE", "annotation_change", "compare_interfaces"]

PACKAGE = "realtimekit"
# Where the packages are found in a revision; what users import re-exports much of the runtime.
FOLDERS = ("generated", "src")


def compare_interfaces(base: Path, revision: Path) -> list[Change]:
    """The changes to the public interface from one revision's folder to another's; nothing is imported."""
    old, new = _load(base), _load(revision)
    changes = {_broken(breakage) for breakage in griffe.find_breaking_changes(old, new)}
    before, after = dict(_surface(old)), dict(_surface(new))
    added = after.keys() - before.keys()
    # What is new within something new is not worth a line of its own.
    top = [place for place in added if not any(part in added for part in _parents(place))]
    changes |= {Change(Impact.MINOR, place, "added") for place in top if not _is_found(place, changes)}
    for place in before.keys() & after.keys():
        impact = annotation_change(before[place], after[place], is_argument=place.endswith(")"))
        if impact is not None:
            changes.add(Change(impact, place, f"{before[place] or 'untyped'} -> {after[place] or 'untyped'}"))
    return list(changes)


def annotation_change(old: str, new: str, *, is_argument: bool) -> Impact | None:
    """What another annotation means to callers: an argument may take more than it did, what they get be less."""
    before, after = set(old.split(" | ")), set(new.split(" | "))
    if before == after:
        return None
    asked, given = (after, before) if is_argument else (before, after)
    return Impact.MINOR if given < asked and given != {""} else Impact.MAJOR


def _load(folder: Path) -> griffe.Object | griffe.Alias:
    paths = [folder / name for name in FOLDERS]
    loader = griffe.GriffeLoader(search_paths=paths, allow_inspection=False)
    package = loader.load(PACKAGE)
    if any((path / f"{PACKAGE}_runtime").is_dir() for path in paths):
        loader.load(f"{PACKAGE}_runtime")
    loader.resolve_aliases()
    return package


def _broken(breakage: griffe.Breakage) -> Change:
    place = breakage.obj.path
    if isinstance(breakage.old_value or breakage.new_value, griffe.Parameter):
        place += f"({(breakage.old_value or breakage.new_value).name})"
    return Change(Impact.MAJOR, place, breakage.kind.value.lower())


def _surface(item: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
    """Every public name below this one, with its annotation; an argument is written `function(argument)`."""
    for member in item.all_members.values():
        if not member.is_public:
            continue
        target = _target(member)
        path = f"{item.path}.{member.name}"
        if isinstance(target, griffe.Attribute):
            yield path, str(target.annotation or "")
        elif isinstance(target, griffe.Function):
            yield path, str(target.returns or "")
            for parameter in target.parameters:
                yield f"{path}({parameter.name})", str(parameter.annotation or "")
        else:
            yield path, ""
            # Looked at where it is defined; the runtime's here, since nobody imports it from there.
            reexported = member.is_alias and (target is None or target.path.startswith(f"{PACKAGE}."))
            if not reexported:
                yield from _surface(member)


def _target(member: griffe.Object | griffe.Alias) -> griffe.Object | None:
    try:
        return member.final_target if isinstance(member, griffe.Alias) else member
    except griffe.AliasResolutionError:
        return None  # Of a package that is not looked at; its name counts.


def _parents(place: str) -> Iterator[str]:
    function, bracket, _ = place.partition("(")
    if bracket:
        yield function
    while "." in function:
        function = function.rpartition(".")[0]
        yield function


def _is_found(place: str, changes: set[Change]) -> bool:
    return any(change.place == place for change in changes)
