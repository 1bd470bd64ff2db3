"""The profile: a section of a file of the user, with settings that neither an option nor the environment has.

Only the command line reads it. The SDK takes nothing from files.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from realtimekit import api
from realtimekit_runtime.api_operations import all_operations
from realtimekit_runtime.settings import Secret

from .options import variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["VARIABLES", "Profile", "profile_option"]

VARIABLES = {
    "api_token": "CLOUDFLARE_API_TOKEN",
    "base_url": "CLOUDFLARE_BASE_URL",
    "allow_http": "REALTIMEKIT_ALLOW_HTTP",
}
"""The settings of a client that no option has, and the variables for them, which beat the profile."""

_DEFAULT = "default"


class Profile(NamedTuple):
    """The chosen section of the file.

    Attributes:
        path: The file.
        name: The name of the section; None if there is none, and none was asked for.
        values: What is in it. The token is a `Secret`.
        problem: What is wrong with it, and what to do; then it has no values.
    """

    path: Path
    name: str | None = None
    values: Mapping[str, str | bool | Secret] = {}
    problem: str | None = None

    def source(self, setting: str) -> str | None:
        """Where one of `VARIABLES` comes from, as the user knows it; None if it is set nowhere."""
        if os.environ.get(VARIABLES[setting]):
            return VARIABLES[setting]
        return self.spelled(setting) if setting in self.values else None

    def spelled(self, name: str) -> str:
        """One of the values, as messages call it."""
        return f"{name} of the profile {self.name!r}"

    def arguments(self) -> dict[str, Any]:
        """The arguments of a client that come from here."""
        names = {name for name, variable in VARIABLES.items() if name in self.values and not os.environ.get(variable)}
        if "base_url" not in names:
            # What is allowed for one address is not allowed for another.
            names.discard("allow_http")
        found = {name: self.values[name] for name in names}
        return {name: value.reveal() if isinstance(value, Secret) else value for name, value in found.items()}


def profile_option(spelled: Sequence[str]) -> click.Option:
    """The option that chooses a profile. Its value is the `Profile`, whose `problem` the command has to look at."""

    def read(context: click.Context, _option: click.Parameter, name: str | None) -> Profile:
        profile = _load(name)
        # What may stand in the environment may stand in the profile.
        options = [option for option in context.command.get_params(context) if option.envvar and option.name]
        context.default_map = {
            str(option.name): [value] if option.multiple else value
            for option in options
            if (value := profile.values.get(str(option.name).strip("_"))) is not None
        }
        return profile

    return click.Option(
        spelled,
        metavar="NAME",
        envvar="REALTIMEKIT_PROFILE",
        show_envvar=True,
        # Read before the options whose values it may have.
        is_eager=True,
        callback=read,
        help=f"The section of ~/.config/realtimekit.toml to take settings from. Default: [{_DEFAULT}], if it is there.",
    )


def _path() -> Path:
    """The file. A folder that is not absolute does not count, as the XDG specification says."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    # Path.home() raises an error for a user who has none.
    return Path(folder if os.path.isabs(folder) else os.path.expanduser("~/.config"), "realtimekit.toml")  # noqa: PTH111, PTH117


def _load(chosen: str | None) -> Profile:
    """Read the file and choose a section."""
    path = _path()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read()
    except OSError as exc:
        if chosen is None and isinstance(exc, FileNotFoundError | NotADirectoryError | PermissionError):
            # Nobody asked for it.
            return Profile(path)
        return Profile(path, chosen, problem=f"The profiles in {path} cannot be read: {exc.strerror}")
    # Most users have no such file.
    import tomllib

    try:
        tree = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as exc:
        return Profile(path, chosen, problem=f"{path} is no TOML in UTF-8: {exc}")
    name = _DEFAULT if chosen is None and _DEFAULT in tree else chosen
    problem = _problem(path, mode, tree, name)
    if problem is not None or name is None:
        return Profile(path, name, problem=problem)
    section = tree[name]
    if "api_token" in section:
        section["api_token"] = Secret(section["api_token"])
    return Profile(path, name, section)


def _problem(path: Path, mode: int, tree: dict[str, Any], name: str | None) -> str | None:
    sections = {key: value for key, value in tree.items() if isinstance(value, dict)}
    if any("api_token" in section for section in (tree, *sections.values())) and (cure := _cure(path, mode)):
        return cure
    if outside := tree.keys() - sections.keys():
        return f"{', '.join(sorted(outside))} in {path} must stand in a section, such as [{_DEFAULT}]"
    if name is None:
        return None
    if name not in sections:
        return f"There is no profile {name!r} in {path}; it has {', '.join(sections) or 'none'}"
    kinds: dict[str, type] = dict.fromkeys((*VARIABLES, *_identifiers()), str) | {"allow_http": bool}
    for key, value in sections[name].items():
        if key not in kinds:
            return f"[{name}] in {path} has {key!r}, which is no setting; the settings are {', '.join(kinds)}"
        if not isinstance(value, kinds[key]) or value == "":
            kind = "a text in quotes" if kinds[key] is str else "true or false"
            return f"{key} of [{name}] in {path} must be {kind}"
    return None


def _cure(path: Path, mode: int) -> str | None:
    """What to do about a file that has a token; None if only its owner can read it."""
    if sys.platform == "win32":
        return f"Windows does not say who can read {path}: set CLOUDFLARE_API_TOKEN instead of the api_token there"
    if mode & 0o077:
        return f"Others can read {path}, which has an api_token: run `chmod 600 {shlex.quote(str(path))}`"
    return None


def _identifiers() -> dict[str, None]:
    """The names of the parameters that may stand in the environment."""
    parameters = (parameter for _, _, operation in all_operations(api) for parameter in operation.parameters)
    return {parameter.python_name.strip("_"): None for parameter in parameters if variable(parameter)}
