"""What the options of a read mean, and which are refused."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from pyspark_realtimekit.reads import read_of
from realtimekit import ArgumentError, ConfigurationError
from realtimekit_emulator import Emulator


def test_options_are_the_names_of_the_contract_and_settings() -> None:
    options = {
        "app_ids": "one, two,,one",
        "account_id": "account",
        "start_time": "2024-01-01T00:00:00Z",
        "per_page": "50",
        "timeout": "2.5",
        "max_retries": "0",
        "invalid_items": "skip",
        "show_secrets": "true",
    }
    read = read_of(options)
    assert read.lists == [{"app_id": "one"}, {"app_id": "two"}]
    assert read.arguments == {
        "account_id": "account",
        "start_time": datetime(2024, 1, 1, tzinfo=UTC),
        "per_page": 50,
    }
    assert read.settings == {"timeout": 2.5, "max_retries": 0, "prefetch": 1, "invalid_items": "skip"}
    assert read.show_secrets
    assert pickle.loads(pickle.dumps(read)) == read == read_of({**options, "operation": "list_meetings"})


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, ConfigurationError, "Missing options: app_ids"),
        ({"app_ids": " , "}, ConfigurationError, "app_ids must name at least one"),
        ({"app_ids": "a,.."}, ArgumentError, "app_id must be more than dots"),
        ({"app_ids": "a", "start_time": "2024-01-01"}, ArgumentError, r"start_time must be .* \(Invalid RFC3339"),
        ({"app_ids": "a", "start_time": "2024-01-01T00:00:00"}, ArgumentError, "timezone"),
        ({"app_ids": "a", "per_page": "-1"}, ArgumentError, "per_page .* >= 0"),
        ({"app_ids": "a", "page_no": "2"}, ConfigurationError, "no option page_no; the options are .*per_page"),
        ({"app_ids": "a", "path": "x"}, ConfigurationError, "no option path"),
        ({"app_ids": "a", "timeout": "soon"}, ConfigurationError, "timeout cannot be 'soon'"),
        ({"app_ids": "a", "timeout": "0"}, ConfigurationError, "timeout="),
        ({"app_ids": "a", "show_secrets": "perhaps"}, ConfigurationError, "show_secrets"),
        ({"app_ids": "a", "operation": "none"}, ConfigurationError, "one of the lists list_meetings"),
        *(
            ({"app_ids": "a", name: "Sn3lZJTBX6kkg7Odc"}, ConfigurationError, f"{name} would put a secret")
            for name in ("api_token", "cloudflare_api_token", "authorization", "token")
        ),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        read_of(options)
    assert "Sn3l" not in f"{caught.value!r} {caught.value}"


@pytest.fixture
def emulator(realtimekit_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """What the environment names."""
    for name in ("api_token", "account_id", "base_url"):
        monkeypatch.setenv(f"CLOUDFLARE_{name.upper()}", getattr(realtimekit_emulator, name))
    return realtimekit_emulator


def test_a_request_that_other_tasks_crowd_out_waits_for_its_turn(emulator: Emulator) -> None:
    emulator.add_meetings(3)
    emulator.fail_next(status=429, retry_after=0, times=15)
    (batch,) = read_of({"app_ids": emulator.app_id}).batches(0)
    assert batch.num_rows == 3


@pytest.mark.parametrize("shown", [False, True])
def test_secrets_are_read_only_where_the_option_says_so(emulator: Emulator, shown: bool) -> None:
    storage: dict[str, Any] = {"type": "aws", "secret": "hidden"}
    emulator.add_meetings([{"recording_config": {"storage_config": storage}}])
    options = {"app_ids": emulator.app_id, "show_secrets": str(shown).lower()}
    (batch,) = read_of(options).batches(0)
    (row,) = batch.to_pylist()
    assert row["recording_config"]["storage_config"]["secret"] == ("hidden" if shown else "[redacted]")
