"""What `realtimekit doctor` can say without a request: a line for each thing that a request needs."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import ssl
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import httpx
from click.core import ParameterSource

from realtimekit import Client, __version__
from realtimekit.errors import ArgumentError, ConfigurationError
from realtimekit_runtime.connections import find_proxy
from realtimekit_runtime.parameter_values import sent_pairs

from .clients import new_client, spelled
from .options import flag, variable
from .profiles import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtimekit_runtime.operations import Operation, Parameter

    from .profiles import Profile
    from .settings import Settings

__all__ = ["NO_PROXY", "PROXY_CURE", "Line", "client_and_problems", "line_name", "local_lines"]

# They stand in for settings that cannot be used, so that the others can be checked.
_STAND_INS = {"api_token": "none", "base_url": Client._base_url}

NO_PROXY = "none"
PROXY_CURE = "correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the host in NO_PROXY"


class Line(NamedTuple):
    """What is known of one thing.

    Attributes:
        text: What it is, or what is wrong and what to do.
        is_ok: None if it is not known, because something else has to work first.
    """

    text: str
    is_ok: bool | None = True


def client_and_problems(settings: Settings) -> tuple[Client, dict[str, str]]:
    """A client, and what is wrong with the settings for which it has a stand-in."""
    problems: dict[str, str] = {}
    while True:
        try:
            return new_client(settings, **{name: _STAND_INS[name] for name in problems}), problems
        except ConfigurationError as exc:
            name = "base_url" if exc.setting == "allow_http" else exc.setting
            exc.setting = spelled(exc.setting, settings.profile)
            if name not in _STAND_INS:
                raise
            problems[name] = exc.describe(exc.setting)


def local_lines(
    client: Client, problems: dict[str, str], operation: Operation, values: dict[str, Any], profile: Profile
) -> dict[str, Line]:
    """A line for each thing, in the order in which a request meets them."""
    lines = {"versions": _versions(), "profile": _profile(profile)}
    if "base_url" in problems:
        lines["base URL"] = Line(problems["base_url"], is_ok=False)
        lines["proxy"] = lines["certificates"] = Line("not known without the base URL", is_ok=None)
    else:
        url = client._settings.base_url
        lines["base URL"] = Line(f"{url}, {_from(profile.source('base_url'), 'base_url', profile)}")
        lines["proxy"] = Line(NO_PROXY) if client._settings.is_loopback else _proxy(url)
        lines["certificates"] = _certificates(url)
    lines["service"] = Line("not reached", is_ok=None)
    source = profile.source("api_token")
    if source is None:
        lines["token"] = _missing(f"set {VARIABLES['api_token']}", f"write api_token into {profile.path}")
    elif "api_token" in problems:
        lines["token"] = Line(problems["api_token"], is_ok=False)
    else:
        lines["token"] = Line(_from(source, "api_token", profile))
    if operation.permissions:
        lines["permission"] = Line(f"one of {', '.join(operation.permissions)}", is_ok=None)
    for parameter in operation.parameters:
        if parameter.required:
            lines[line_name(parameter)] = _identifier(parameter, values[parameter.python_name], profile)
    return lines


def _from(source: str | None, name: str, profile: Profile) -> str:
    is_beaten = name in profile.values and source != profile.spelled(name)
    return f"from {source or 'the contract'}" + (", which beats the profile" if is_beaten else "")


def _missing(*ways: str) -> Line:
    return Line(f"missing: {' or '.join(ways)}", is_ok=False)


def _versions() -> Line:
    old = [
        f"{name} {version(name)} is older than {least}: run `pip install '{name}>={least}'`"
        for name, least in _requirements()
        if _numbers(version(name)) < _numbers(least)
    ]
    if old:
        return Line("; ".join(old), is_ok=False)
    python = f"Python {platform.python_version()} on {platform.system()}"
    return Line(f"realtimekit {__version__}, {python}, httpx {httpx.__version__}, {ssl.OPENSSL_VERSION}")


def _requirements() -> Iterator[tuple[str, str]]:
    """The packages that are installed and that this one needs, and the oldest version that will do."""
    try:
        requirements = requires("realtimekit") or ()
    except PackageNotFoundError:
        # Run from a folder or a zip.
        return
    for requirement in requirements:
        found = re.match(r"([\w.-]+)[^;]*?>=([\w.]+)", requirement)
        if found is not None:
            with contextlib.suppress(PackageNotFoundError):
                version(found[1])
                yield found[1], found[2]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]+", text)[:3]]


def _profile(profile: Profile) -> Line:
    if profile.problem is not None:
        return Line(profile.problem, is_ok=False)
    if profile.name is None:
        return Line(f"none, since there is no [default] in {profile.path}")
    return Line(f"[{profile.name}] in {profile.path}")


def _proxy(base_url: str) -> Line:
    try:
        proxy = find_proxy(base_url)
    except ValueError as exc:
        return Line(f"{exc}; {PROXY_CURE}", is_ok=False)
    # Without the password.
    return Line(NO_PROXY if proxy is None else f"{proxy.url}, from the environment")


def _certificates(base_url: str) -> Line:
    if base_url.lower().startswith("http:"):
        return Line("none for plain http")
    variable = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
    if variable is None:
        return Line("those of certifi, a package")
    text = f"those in {os.environ[variable]}, from {variable}"
    try:
        if variable == "SSL_CERT_DIR":
            # OpenSSL itself takes a folder that is not there for an empty one.
            next(Path(os.environ[variable]).iterdir(), None)
        httpx.create_ssl_context()
    except OSError as exc:
        return Line(f"{text}: {exc.strerror or exc}", is_ok=False)
    return Line(text)


def line_name(parameter: Parameter) -> str:
    """What the line of an identifier is called: `account_id` is the account."""
    return _key(parameter).removesuffix("_id").replace("_", " ")


def _key(parameter: Parameter) -> str:
    """What a parameter is called in a profile."""
    return parameter.python_name.strip("_")


def _identifier(parameter: Parameter, value: Any, profile: Profile) -> Line:
    key = _key(parameter)
    if value is None:
        ways = [f"use {flag(parameter)}"]
        if (found := variable(parameter)) is not None:
            ways += [f"set {found}", f"write {key} into {profile.path}"]
        return _missing(*ways)
    origin = click.get_current_context().get_parameter_source(parameter.python_name)
    source = {
        ParameterSource.COMMANDLINE: flag(parameter),
        ParameterSource.ENVIRONMENT: variable(parameter),
        ParameterSource.DEFAULT_MAP: profile.spelled(key),
    }[origin or ParameterSource.COMMANDLINE]
    text = _from(source, key, profile)
    try:
        sent_pairs(parameter, value)
    except ArgumentError as exc:
        return Line(f"{text}: {exc}", is_ok=False)
    return Line(f"{value}, {text}")
