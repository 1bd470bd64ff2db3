"""openapi-python-client's parser reads the contract: what its objects say is what is generated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generation.contract import Contract
from generation.output import ROOT, render
from openapi_python_client.parser import GeneratorData
from openapi_python_client.strings import PythonIdentifier

# The real contract may gain classes of these names, or a second enum.
FROZEN = ROOT / "tests" / "regenerate" / "frozen.yaml"


def make_required(data: Any) -> None:
    (meeting,) = [model for model in data.models if model.class_info.name == "Meeting"]
    for prop in meeting.optional_properties:
        prop.required = prop.python_name == "title"


def rename_class(data: Any) -> None:
    (status,) = data.enums
    status.class_info.name = type(status.class_info.name)("Another", "")


def add_member(data: Any) -> None:
    data.enums[0].values["LATER"] = "LATER"


def rename_parameter(data: Any) -> None:
    (endpoint,) = data.endpoint_collections_by_tag["meetings"].endpoints
    (prop,) = [prop for prop in endpoint.query_parameters if prop.python_name == "per_page"]
    prop.python_name = PythonIdentifier("page_size", "")


def rename_tag(data: Any) -> None:
    tags = data.endpoint_collections_by_tag
    tags["gatherings"] = tags.pop("meetings")


CHANGES: list[tuple[Callable[[Any], None], str, str, str]] = [
    (make_required, "models/meeting.py", "title: str | None | Unset = UNSET", "    title: str\n"),
    (rename_class, "models/meeting_status.py", "class MeetingStatus(", "class Another("),
    (add_member, "models/meeting_status.py", "", 'LATER = "LATER"'),
    (rename_parameter, "api/meetings.py", "        per_page: int | None = None", "page_size: int | None = None"),
    (rename_tag, "client.py", "def meetings(self)", "def gatherings(self)"),
]


def rendered(directory: Path) -> Path:
    return render(Contract.read(FROZEN), ROOT / "generator-config.yml", directory)


@pytest.mark.parametrize(
    ("change", "file", "before", "after"), CHANGES, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_change_of_its_objects_is_a_change_of_the_output(
    change: Callable[[Any], None], file: str, before: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = (rendered(tmp_path / "usual") / file).read_text()
    original = GeneratorData.from_dict

    def changed(document: dict[str, Any], *, config: Any) -> Any:
        data = original(document, config=config)
        change(data)
        return data

    monkeypatch.setattr(GeneratorData, "from_dict", changed)
    found = (rendered(tmp_path / "changed") / file).read_text()
    if before:
        assert before in usual
        assert before not in found
    if after:
        assert after in found
        assert after not in usual or after in before
