# Generated from openapi.yaml by `make generate`; do not edit.
"""The models of the API: what its responses are read into, and what its bodies are made of."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .meeting import Meeting
    from .meeting_page import MeetingPage
    from .meeting_status import MeetingStatus
    from .paging import Paging

__all__: list[str] = [
    "Meeting",
    "MeetingPage",
    "MeetingStatus",
    "Paging",
]

_MODULES: dict[str, str] = {
    "Meeting": ".meeting",
    "MeetingPage": ".meeting_page",
    "MeetingStatus": ".meeting_status",
    "Paging": ".paging",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
