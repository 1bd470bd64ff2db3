"""Profiles: what a section of the user's file is good for, and which file is refused."""

from __future__ import annotations

import os
import subprocess
import types
from pathlib import Path
from typing import Any

import pytest

from realtimekit import Client, ConfigurationError
from realtimekit_cli import exits
from realtimekit_emulator import Emulator

from .conftest import Cli

LIST = ("meetings", "list")
VARIABLES = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_BASE_URL", "REALTIMEKIT_APP_ID")


def _write(file: Path, **sections: dict[str, Any]) -> None:
    lines = [
        line
        for name, values in sections.items()
        for line in (f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items()))
    ]
    file.write_text("\n".join(lines))
    file.chmod(0o600)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _everything(emulator: Emulator) -> dict[str, Any]:
    names = ("api_token", "account_id", "base_url", "app_id")
    return {name: getattr(emulator, name) for name in names}


@pytest.fixture
def nothing_set(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command, where the environment has no settings."""
    for name in VARIABLES:
        monkeypatch.delenv(name)
    return cli


@pytest.mark.parametrize(
    ("arguments", "variable"), [((), ""), (("--profile", "default"), "other"), ((), "default")], ids=str
)
def test_a_profile_has_what_nothing_else_has(
    nothing_set: Cli,
    realtimekit_emulator: Emulator,
    profiles: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    variable: str,
) -> None:
    realtimekit_emulator.add_meetings(3)
    _write(profiles, other={"app_id": "other"}, default=_everything(realtimekit_emulator))
    monkeypatch.setenv("REALTIMEKIT_PROFILE", variable)
    result = nothing_set(*LIST, *arguments)
    assert (result.code, len(result.items), result.err) == (0, 3, "")


def test_no_profile_is_taken_that_is_not_asked_for(nothing_set: Cli, profiles: Path) -> None:
    _write(profiles, other={"app_id": "a", "account_id": "b", "api_token": "c"})
    result = nothing_set(*LIST)
    assert result.code == exits.USAGE
    assert "Missing settings: use --account-id" in result.err


def test_an_option_beats_the_environment_which_beats_the_profile(
    cli: Cli, realtimekit_emulator: Emulator, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(
        profiles, default={"app_id": "profile", "base_url": "http://127.0.0.1:1", "api_token": "another-token-of-mine"}
    )
    cli(*LIST, "--app-id", "option")
    monkeypatch.setenv("REALTIMEKIT_APP_ID", "environment")
    cli(*LIST)
    monkeypatch.delenv("REALTIMEKIT_APP_ID")
    cli(*LIST)
    # Each got past the token: the app is what is wrong.
    assert [request.status for request in realtimekit_emulator.requests] == [404] * 3
    apps = [request.path.split("/")[-2] for request in realtimekit_emulator.requests]
    assert apps == ["option", "environment", "profile"]


def test_http_is_allowed_for_the_address_of_the_profile_alone(
    cli: Cli, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(profiles, default={"base_url": "http://profile.invalid", "allow_http": True})
    # So that nothing looks for the names.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    once = ("--max-retries", "0")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://environment.invalid")
    refused = cli(*LIST, *once)
    assert refused.code == exits.USAGE
    assert "unencrypted" in refused.err
    monkeypatch.delenv("CLOUDFLARE_BASE_URL")
    sent = cli(*LIST, *once)
    assert sent.code == 7
    assert "warning: The token is sent unencrypted to http://profile.invalid" in sent.err


def test_an_export_takes_its_app_from_the_profile_unless_others_are_named(
    cli: Cli, realtimekit_emulator: Emulator, profiles: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REALTIMEKIT_APP_ID")
    app = realtimekit_emulator.app_id
    _write(profiles, default={"app_id": app})
    realtimekit_emulator.add_meetings(3)
    realtimekit_emulator.add_app("another-app")
    assert cli("meetings", "export", "one.ndjson").code == 0
    assert app not in Path("one.ndjson").read_text()
    Path("apps").write_text("another-app\n")
    assert cli("meetings", "export", "other.ndjson", "--app-ids", "apps").code == 0
    assert Path("other.ndjson").read_text() == ""


def test_errors_say_which_setting_of_which_profile_is_wrong(
    nothing_set: Cli, realtimekit_emulator: Emulator, profiles: Path
) -> None:
    _write(profiles, mine=_everything(realtimekit_emulator) | {"api_token": "not-the-token"})
    refused = nothing_set(*LIST, "--profile", "mine")
    assert refused.code == 3
    assert "(api_token of the profile 'mine', status 401" in refused.err
    assert "not-the-token" not in refused.err
    _write(profiles, mine=_everything(realtimekit_emulator) | {"base_url": "ftp://x"})
    assert "(base_url of the profile 'mine')" in nothing_set(*LIST, "--profile", "mine").err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[default]\napp = 1\n", ("[default]", "'app'", "api_token, base_url, allow_http, account_id, app_id")),
        ("[default]\napp_id = 1\n", ("app_id of [default]", "a text in quotes")),
        ("[default]\napp_id = ''\n", ("app_id of [default]", "a text in quotes")),
        ("[default]\nallow_http = 'yes'\n", ("allow_http of [default]", "true or false")),
        ("app_id = 'x'\n", ("app_id in", "must stand in a section, such as [default]")),
        ("[default\n", ("is no TOML", "line 1")),
        ("[default]\ntitle = 'caf\udce9'\n", ("is no TOML in UTF-8",)),
    ],
)
def test_a_profile_that_cannot_be_used_is_named(
    cli: Cli, realtimekit_emulator: Emulator, profiles: Path, text: str, words: tuple[str, ...]
) -> None:
    profiles.write_bytes(text.encode(errors="surrogateescape"))
    result = cli(*LIST)
    assert result.code == exits.USAGE
    assert (result.out, result.err.count("\n")) == ("", 1)
    for word in (*words, str(profiles)):
        assert word in result.err
    assert not realtimekit_emulator.requests


def test_a_profile_that_is_not_there_is_named(cli: Cli, profiles: Path) -> None:
    assert f"{profiles} cannot be read: No such file" in cli(*LIST, "--profile", "x").err
    _write(profiles, a={}, b={})
    result = cli(*LIST, "--profile", "x")
    assert result.code == exits.USAGE
    assert f"There is no profile 'x' in {profiles}; it has a, b" in result.err


def test_a_folder_for_profiles_that_is_none_is_no_error(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert cli(*LIST).code == 0
    # One that is not absolute does not count.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "realtimekit.toml").write_text("nonsense")
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cli(*LIST).code == 0
    (tmp_path / "home" / ".config").mkdir(parents=True)
    (tmp_path / "home" / ".config" / "realtimekit.toml").write_text("nonsense")
    assert cli(*LIST).code == exits.USAGE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_token_may_not_stand_where_others_can_read_it_and_the_error_has_the_cure(
    nothing_set: Cli, realtimekit_emulator: Emulator, profiles: Path, mode: int
) -> None:
    # Also in a section that is not asked for.
    _write(profiles, other=_everything(realtimekit_emulator), default={"app_id": "x"})
    profiles.chmod(mode)
    refused = nothing_set(*LIST, "--profile", "other")
    assert refused.code == exits.USAGE
    assert refused == nothing_set(*LIST)
    subprocess.run(["sh", "-c", refused.err.split("`")[1]], check=True)
    assert nothing_set(*LIST, "--profile", "other").code == 0


def test_a_file_without_a_token_may_be_read_by_others(cli: Cli, realtimekit_emulator: Emulator, profiles: Path) -> None:
    _write(profiles, default={"app_id": realtimekit_emulator.app_id})
    profiles.chmod(0o644)
    assert cli(*LIST).code == 0


def test_windows_has_no_token_in_a_profile(cli: Cli, profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtimekit_cli.profiles.sys", types.SimpleNamespace(platform="win32"))
    _write(profiles, default={"api_token": "some-token"})
    assert "set CLOUDFLARE_API_TOKEN instead" in cli(*LIST).err


def test_the_sdk_itself_reads_no_profile(nothing_set: Cli, realtimekit_emulator: Emulator, profiles: Path) -> None:
    _write(profiles, default=_everything(realtimekit_emulator))
    assert nothing_set(*LIST).code == 0
    assert not any(name in os.environ for name in VARIABLES)
    with pytest.raises(ConfigurationError):
        Client()
